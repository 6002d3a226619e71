# One npm package's archive as a fixed output: the lock file's `integrity` is its hash. `npm pack`
# asks whichever registry npm is configured for and writes the archive unchanged.
{
  lib,
  nodejs,
  stdenvNoCC,
}:

{
  name,
  version,
  integrity,
}:
stdenvNoCC.mkDerivation {
  name = "${lib.strings.sanitizeDerivationName name}-${version}.tgz";
  nativeBuildInputs = [ nodejs ];
  buildCommand = ''
    export HOME=$NIX_BUILD_TOP
    npm pack --silent --ignore-scripts ${lib.escapeShellArg "${name}@${version}"}
    mv ./*.tgz $out
  '';

  outputHash = integrity;
  outputHashMode = "flat";
  outputHashAlgo = null;
  preferLocalBuild = true;
  impureEnvVars = lib.fetchers.proxyImpureEnvVars ++ [
    "npm_config_registry"
    "NODE_EXTRA_CA_CERTS"
  ];
}
