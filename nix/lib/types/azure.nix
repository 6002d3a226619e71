# A folder of a container of Azure Blob Storage.
{
  addressAttributes,
  addressText,
  checkAttributes,
  fail,
  lockRules,
  schema,
  sourceChecks,
  ...
}:

let
  inherit (builtins) elemAt head match;

  checked = checkAttributes {
    path = "source.azure";
    known = schema.attributesOf "azure";
  };

  # Hadoop's way to write it: container@account.blob.core.windows.net/folder
  ofWasbs =
    address:
    let
      parts = match "([^/@]*)@([^/]*)[.]blob[.]core[.]windows[.]net(/(.*))?" address;
    in
    if parts == null then
      fail "SPEC_INVALID" {
        message = "`source` is no address of Azure";
        wanted = "wasbs://container@account.blob.core.windows.net/folder";
        found = address;
        remedies = [ "For another host: azure://account/container/folder?endpoint=https://…" ];
      }
    else
      {
        container = head parts;
        account = elemAt parts 1;
        prefix = elemAt parts 3;
      };
in

lockRules {
  model = [
    "account"
    "container"
    "prefix"
  ];
  version = [ ];
}
// {
  # azure://account/container/folder
  shortForms."azure://" = addressAttributes [
    "account"
    "container"
    "prefix"
  ];
  shortForms."wasbs://" = ofWasbs;

  normalise =
    given:
    let
      check = sourceChecks "azure" (checked given);
      name = "[a-z0-9](-?[a-z0-9])*";
      container = check.required "container" "3 to 63 of a-z 0-9 and single hyphens between them" "[$]root|[$]web|${name}";
      length = builtins.stringLength container.container;
    in
    { prefix = ""; }
    // check.required "account" "3 to 24 of a-z 0-9" "[a-z0-9]{3,24}"
    // (if length < 3 || length > 63 then check.refuse "container" "3 to 63 characters" else container)
    // check.prefix
    // check.endpoint "endpoint"
    // check.flag "anonymous";

  defaultName =
    {
      account,
      container,
      prefix,
      ...
    }:
    if prefix != "" then
      baseNameOf prefix
    else if match "[$].*" container != null then
      account
    else
      container;

  describe =
    source:
    addressText {
      inherit source;
      path = "azure://${source.account}/${source.container}";
      names = [
        "endpoint"
        "anonymous"
      ];
    };
}
