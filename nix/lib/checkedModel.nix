# A fetched model with its check: a derivation like any other, but for one thing. Building it builds the
# check; as a string it is the store path of the model itself, and carries the context of both, so
# that nothing can be built from the model, or read of it, before the check has passed.
{ checkModel, ... }:

{
  name,
  raw,
  security,
  metadata,
  system,
}@arguments:
let
  checked = checkModel arguments;
  inherit (checked) report;

  isNeeded = security.enablePickleScan || security.enableModelScan || security.customScanners != [ ];

  model = checked // {
    inherit name;
    # An empty piece of a text keeps the text's context.
    outPath = "${raw}${builtins.substring 0 0 checked.outPath}";
    # Who installs a model means its files, not the report.
    outputs = [ "out" ];
    all = [ model ];
    out = model;
    inherit raw checked report;
  };
in
if isNeeded then model else raw // { inherit raw; }
