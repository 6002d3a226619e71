# The command line and the builder of models, for nixpkgs: the WASM core compiled and the sources
# bundled by the same scripts as in a checkout.
{
  lib,
  callPackage,
  nodejs,
  stdenvNoCC,
}:

let
  inherit (lib) fileset importJSON;

  root = ../..;
  manifest = importJSON (root + "/package.json");
  system = stdenvNoCC.buildPlatform.system;

  # esbuild is a native program; npm has it as one package per platform.
  esbuild =
    {
      x86_64-linux = "@esbuild/linux-x64";
      aarch64-linux = "@esbuild/linux-arm64";
      x86_64-darwin = "@esbuild/darwin-x64";
      aarch64-darwin = "@esbuild/darwin-arm64";
    }
    .${system} or (throw "nix-ai-model cannot be built on ${system}");

  npmPackages = import ./npmClosure.nix {
    packageLock = importJSON (root + "/package-lock.json");
    names = builtins.attrNames manifest.dependencies ++ [
      "assemblyscript"
      "esbuild"
      esbuild
    ];
  };
  fetchNpm = callPackage ./fetchNpm.nix { };
in

stdenvNoCC.mkDerivation {
  pname = "nix-ai-model";
  inherit (manifest) version;

  src = fileset.toSource {
    inherit root;
    fileset = fileset.unions (
      map (name: root + "/${name}") [
        "asconfig.json"
        "package-lock.json"
        "package.json"
        "scripts"
        "src"
        "wasm"
      ]
    );
  };

  nativeBuildInputs = [ nodejs ];
  strictDeps = true;

  configurePhase = ''
    runHook preConfigure
    ${lib.concatMapStrings (package: ''
      mkdir -p node_modules/${package.name}
      tar -xzf ${fetchNpm package} -C node_modules/${package.name} --strip-components=1
    '') npmPackages}
    mkdir node_modules/.bin
    ln -s ../assemblyscript/bin/asc.js node_modules/.bin/asc
    chmod +x node_modules/assemblyscript/bin/asc.js node_modules/${esbuild}/bin/esbuild
    patchShebangs node_modules/assemblyscript/bin
    runHook postConfigure
  '';

  buildPhase = ''
    runHook preBuild
    node scripts/build.mjs generated wasm js
    runHook postBuild
  '';

  installPhase = ''
    runHook preInstall
    mkdir -p $out/bin $out/lib/nix-ai-model
    cp build/js/* package.json $out/lib/nix-ai-model/
    printf '#!%s\nimport("%s");\n' ${lib.getExe nodejs} $out/lib/nix-ai-model/cli.js > $out/bin/nix-ai-model
    chmod +x $out/bin/nix-ai-model
    runHook postInstall
  '';

  doInstallCheck = true;
  installCheckPhase = ''
    runHook preInstallCheck
    $out/bin/nix-ai-model --version
    runHook postInstallCheck
  '';

  meta = {
    inherit (manifest) description;
    license = lib.licenses.mit;
    mainProgram = "nix-ai-model";
    platforms = [
      "x86_64-linux"
      "aarch64-linux"
      "x86_64-darwin"
      "aarch64-darwin"
    ];
  };
}
