# What a scan accepts: `security.policy` of a spec, checked, with every default filled in. Agrees with
# the core's reading (wasm/spec/policy.ts).
{
  checkAttributes,
  fail,
  schema,
  ...
}:

let
  inherit (builtins)
    all
    elem
    isBool
    isList
    isString
    match
    toJSON
    ;

  invalid =
    message: found:
    fail "SPEC_INVALID" {
      inherit message;
      found = toJSON found;
    };

  checked = checkAttributes {
    path = "security.policy";
    known = schema.attributesOf "policy";
  };

  verdicts = [
    "malicious"
    "suspicious"
    "unscannable"
  ];

  texts =
    name: list:
    if isList list && all (text: isString text && text != "") list then
      list
    else
      invalid "`security.policy.${name}` is no list of texts" list;

  globals =
    names:
    if all (name: match "[^*]*" name != null) names then
      names
    else
      invalid "`security.policy.allowGlobals` has a pattern, where exact names stand" names;

  verdictsOf =
    list:
    if all (verdict: elem verdict verdicts) list then
      list
    else
      invalid "`security.policy.failOn` has something that is no verdict" list;

  boolean =
    name: value:
    if isBool value then value else invalid "`security.policy.${name}` is neither true nor false" value;
in

given:
let
  policy = checked given;
in
{
  allowGlobals = globals (texts "allowGlobals" (policy.allowGlobals or [ ]));
  allowLibraryGlobals = boolean "allowLibraryGlobals" (policy.allowLibraryGlobals or false);
  allowRemoteCode = boolean "allowRemoteCode" (policy.allowRemoteCode or false);
  failOn = verdictsOf (texts "failOn" (policy.failOn or verdicts));
}
// (
  if policy ? allowFormats then
    { allowFormats = texts "allowFormats" policy.allowFormats; }
  else
    { }
)
