# Models, datasets and spaces of a HuggingFace hub, or of a server that speaks its protocol.
{
  checkAttributes,
  encodeUrl,
  fail,
  ...
}:

let
  inherit (builtins)
    elem
    filter
    getEnv
    head
    isString
    length
    match
    substring
    stringLength
    ;

  # nixpkgs' fetchers call them so.
  aliases = {
    repo = [
      "repo"
      "repoId"
    ];
    revision = [
      "revision"
      "rev"
      "tag"
    ];
  };
  prefixes = {
    model = "";
    dataset = "datasets/";
    space = "spaces/";
  };

  checked = checkAttributes {
    what = "`source.huggingface`";
    known = aliases.repo ++ aliases.revision ++ [
      "repoType"
      "endpoint"
      "files"
    ];
  };

  invalid = message: found: fail "SPEC_INVALID" { inherit message found; };

  # The value under one of several names, of which at most one may be used.
  oneOf =
    source: names: default:
    let
      given = filter (name: source ? ${name}) names;
      value = source.${head given};
    in
    if given == [ ] then
      default
    else if length given > 1 then
      invalid "`source.huggingface`: these are names of the same thing" (toString given)
    else if !(isString value) || value == "" then
      invalid "`source.huggingface.${head given}` is not a text" (builtins.toJSON value)
    else
      value;

  withoutSlash =
    url:
    if match ".*/" url != null then withoutSlash (substring 0 (stringLength url - 1) url) else url;
in

{
  # What stands before the colon in a short form: huggingface:org/name@revision
  shortForms = [
    "huggingface"
    "hf"
  ];

  parseShortForm =
    text:
    let
      parts = match "(datasets/|spaces/)?([^@]+)(@(.+))?" text;
      at = builtins.elemAt parts;
      repoType = if at 0 == "datasets/" then "dataset" else "space";
    in
    if parts == null then
      invalid "This is not `huggingface:org/name@revision`" text
    else
      { repo = at 1; }
      // (if at 0 == null then { } else { inherit repoType; })
      // (if at 3 == null then { } else { revision = at 3; });

  normalise =
    source:
    let
      attributes = checked source;
      repo = oneOf attributes aliases.repo (invalid "`source.huggingface` has no `repo`" null);
      repoType = attributes.repoType or "model";
      environment = getEnv "HF_ENDPOINT";
      endpoint = attributes.endpoint or environment;
    in
    if match "([A-Za-z0-9._-]+/)?[A-Za-z0-9._-]+" repo == null then
      invalid "`repo` is not of the form org/name" repo
    else if !(elem repoType (builtins.attrNames prefixes)) then
      invalid "`repoType` is not one of model, dataset, space" repoType
    else
      {
        inherit repo repoType;
        revision = oneOf attributes aliases.revision "main";
      }
      // (if endpoint == "" then { } else { endpoint = withoutSlash endpoint; });

  defaultName = source: baseNameOf source.repo;

  describe =
    {
      repo,
      revision,
      repoType,
      ...
    }:
    "huggingface:${prefixes.${repoType}}${repo}@${revision}";

  fileUrls =
    {
      source,
      revision,
      path,
    }:
    let
      endpoint = source.endpoint or "https://huggingface.co";
      repository = "${endpoint}/${prefixes.${source.repoType}}${source.repo}";
    in
    [ "${repository}/resolve/${encodeUrl { } revision}/${encodeUrl { keepSlash = true; } path}" ];
}
