# A fixed-output derivation whose builder is `nix-ai-model build`: it resolves the spec, downloads,
# verifies and writes $out, and Nix compares that with `hash`. For a whole model (mode "recursive")
# and for a file that has mirrors ("flat").
{
  impureVariables,
  toolFor,
  ...
}:

{
  name,
  spec,
  hash,
  mode,
  system,
}:
let
  tool = toolFor system;
  source = spec.source or spec.lock.source;

  # git and ssh. Without nixpkgs only the machine has them, which a sandbox hides: the error then
  # says to run `nix-ai-model fetch` first.
  PATH = tool.programs or "/run/current-system/sw/bin:/usr/local/bin:/usr/bin:/bin";
in
derivation (
  {
    inherit name system;
    inherit (tool.node) builder;
    args = tool.node.arguments ++ [
      tool.program
      "build"
    ];
    spec = builtins.toJSON spec;

    outputHashMode = mode;
    outputHashAlgo = hash.algorithm;
    outputHash = hash.digest;

    # The build waits for the network: sending it elsewhere would move the bytes twice.
    preferLocalBuild = true;
    impureEnvVars = impureVariables;
  }
  // (if source ? git-lfs then { inherit PATH; } else { })
)
