# Models, datasets and spaces of a HuggingFace hub, or of a server that speaks its protocol.
{
  checkAttributes,
  encodeUrl,
  fail,
  gitRevision,
  lockRules,
  oneOf,
  schema,
  ...
}:

let
  inherit (builtins)
    elemAt
    getEnv
    head
    isString
    match
    substring
    stringLength
    toJSON
    ;

  path = "source.huggingface";
  defaultEndpoint = "https://huggingface.co";

  checked = checkAttributes {
    inherit path;
    known = schema.attributesOf "huggingface";
  };

  # Neither "." nor ".."
  repoPart = "([.]?[A-Za-z0-9_-][A-Za-z0-9._-]*|[.][.][A-Za-z0-9._-]+)";
  # What stands before the repository in addresses.
  prefixes = {
    model = "";
    dataset = "datasets/";
    space = "spaces/";
  };

  # The hub's own addresses have the plural.
  singular = type: if isString type && match ".*s" type != null then head (match "(.*)s" type) else type;

  invalid = message: found: fail "SPEC_INVALID" { inherit message found; };

  checkText =
    name: pattern: value:
    if isString value && match pattern value != null then
      value
    else
      invalid "`${path}.${name}` is not valid" (toJSON value);

  withoutSlash =
    url:
    if match ".*/" url == null then url else withoutSlash (substring 0 (stringLength url - 1) url);
  ofText =
    text:
    let
      parts = match "((model|dataset|space)s/)?([^@]+)(@(.*))?" text;
    in
    if parts == null then
      invalid "Not of the form huggingface:org/name@revision" text
    else
      {
        repoType = elemAt parts 1;
        repo = elemAt parts 2;
        revision = elemAt parts 4;
      };
in

lockRules {
  # Through which hub it was locked does not matter.
  model = [
    "repo"
    "repoType"
  ];
  version = [ "revision" ];
  defaults.revision = "main";
}
// {
  # huggingface:org/name@revision
  shortForms."huggingface:" = ofText;
  shortForms."hf:" = ofText;

  normalise =
    given:
    let
      source = checked given;
      valueOf = oneOf path source;
      repo = valueOf [
        "repo"
        "repoId"
      ] (invalid "`${path}` has no `repo`" null);
      revision = valueOf [
        "revision"
        "rev"
        "tag"
      ] null;
      repoType = singular (source.repoType or "model");
      fromEnvironment = getEnv "HF_ENDPOINT";
      # Known now, and written into the spec: the build may run where HF_ENDPOINT is not set.
      endpoint = source.endpoint or fromEnvironment;
    in
    {
      repo = checkText "repo" "(${repoPart}/)?${repoPart}" repo;
      repoType =
        if isString repoType && prefixes ? ${repoType} then
          repoType
        else
          invalid "`${path}.repoType` is not model, dataset or space" (toJSON repoType);
    }
    // (
      if revision == null then
        { }
      else
        { revision = checkText "revision" gitRevision revision; }
    )
    // (
      if endpoint == "" then
        { }
      else
        { endpoint = withoutSlash (checkText "endpoint" "https?://[^@[:space:]]+" endpoint); }
    );

  defaultName = source: baseNameOf source.repo;

  describe =
    {
      repo,
      repoType,
      revision,
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
      repository = "${source.endpoint or defaultEndpoint}/${prefixes.${source.repoType}}${source.repo}";
    in
    [ "${repository}/resolve/${encodeUrl { } revision}/${encodeUrl { keepSlash = true; } path}" ];
}
