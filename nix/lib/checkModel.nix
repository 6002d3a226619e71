# The checked layer: a derivation that has every scanner of the spec judge a model. Its output `out` is a
# symlink to the model, `report` holds what was found. A model that was in the store already, or came
# from a binary cache, is judged as well, because whoever uses the model depends on this.
{ toolFor, ... }:

let
  inherit (builtins) substring toJSON;

  # The longest name that leaves room for "-report" below Nix's limit of 211.
  maxLength = 204;
in

{
  name,
  # The derivation of the model as it is fetched.
  raw,
  security,
  # What the report says of the model beside what was found.
  metadata,
  system,
}:
let
  tool = toolFor system;

  # For the commands of `customScanners`. Without nixpkgs only the machine has such programs, which a
  # sandbox hides.
  PATH = tool.shellPrograms or "/run/current-system/sw/bin:/usr/local/bin:/usr/bin:/bin";
in
derivation (
  {
    name = substring 0 maxLength name;
    inherit system;
    inherit (tool.node) builder;
    args = tool.node.arguments ++ [
      tool.program
      "check"
    ];
    outputs = [
      "out"
      "report"
    ];
    # By file: a model may have thousands of files.
    passAsFile = [ "settings" ];
    settings = toJSON {
      inherit security metadata;
      model = raw;
    };

    # Judged where it is used, by the scanner that is used there.
    allowSubstitutes = false;
    preferLocalBuild = true;
  }
  // (if security.customScanners == [ ] && !security.enableModelScan then { } else { inherit PATH; })
)
