# How a model is judged before anyone gets it: the `security` attribute of a spec, checked, with every
# default filled in. Agrees with the core's reading (wasm/spec/security.ts), for which there are tests.
{
  checkAttributes,
  fail,
  normalisePolicy,
  schema,
  withoutNulls,
  ...
}:

let
  inherit (builtins)
    isBool
    isList
    isPath
    isString
    map
    typeOf
    ;

  invalid = message: fail "SPEC_INVALID" { inherit message; };

  checked = checkAttributes {
    path = "security";
    known = schema.attributesOf "security";
  };

  boolean =
    name: value:
    if isBool value then value else invalid "`security.${name}` is ${typeOf value}, neither true nor false";

  # A path of the Nix language is copied into the store, where a build can run it.
  program =
    value:
    if isPath value then
      "${value}"
    else if isString value then
      value
    else
      invalid "`security.modelScan` is no path of a program";

  scanner =
    given:
    let
      attributes = checkAttributes {
        path = "security.customScanners";
        known = schema.attributesOf "customScanner";
      } given;
      text =
        name:
        let
          value = attributes.${name} or "";
        in
        # An empty command would accept everything.
        if isString value && value != "" then
          value
        else
          invalid "An element of `security.customScanners` has no text `${name}`";
    in
    {
      name = text "name";
      command = text "command";
    };

  scanners =
    list:
    if isList list then
      map scanner list
    else
      invalid "`security.customScanners` is no list of scanners, each with `name` and `command`";
in

given:
let
  attributes = checked given;
  enableModelScan = boolean "enableModelScan" (attributes.enableModelScan or false);
in
if enableModelScan && !(attributes ? modelScan) then
  fail "SPEC_INVALID" {
    message = "`security` enables modelscan and does not say where that is";
    remedies = [ ''Give its program: security.modelScan = "''${pkgs.modelscan}/bin/modelscan";'' ];
  }
else
  withoutNulls {
    enablePickleScan = boolean "enablePickleScan" (attributes.enablePickleScan or true);
    failOnScanError = boolean "failOnScanError" (attributes.failOnScanError or true);
    inherit enableModelScan;
    modelScan = if attributes ? modelScan then program attributes.modelScan else null;
    customScanners = scanners (attributes.customScanners or [ ]);
    policy = normalisePolicy (attributes.policy or { });
  }
