# Models, datasets and spaces of a HuggingFace hub, or of a server that speaks its protocol.
{
  checkAttributes,
  encodeUrl,
  fail,
  oneOf,
  schema,
  ...
}:

let
  inherit (builtins)
    elemAt
    getEnv
    isString
    match
    substring
    stringLength
    toJSON
    ;

  what = "`source.huggingface`";
  defaultEndpoint = "https://huggingface.co";
  checked = checkAttributes {
    inherit what;
    known = schema.attributesOf "huggingface";
  };

  # The names of the types, and what stands before the repository in addresses.
  repoTypes = {
    model = "model";
    models = "model";
    dataset = "dataset";
    datasets = "dataset";
    space = "space";
    spaces = "space";
  };
  prefixes = {
    model = "";
    dataset = "datasets/";
    space = "spaces/";
  };

  invalid = message: found: fail "SPEC_INVALID" { inherit message found; };

  checkText =
    name: pattern: value:
    if isString value && match pattern value != null then
      value
    else
      invalid "${what}: `${name}` is not valid" (toJSON value);

  withoutSlash =
    url:
    if match ".*/" url == null then url else withoutSlash (substring 0 (stringLength url - 1) url);
in

{
  # What stands before the colon: huggingface:org/name@revision
  shortForms = [
    "huggingface"
    "hf"
  ];

  parseShortForm =
    text:
    let
      parts = match "((model|dataset|space)s/)?([^@]+)(@(.+))?" text;
    in
    if parts == null then
      invalid "Not of the form huggingface:org/name@revision" text
    else
      {
        repoType = elemAt parts 1;
        repo = elemAt parts 2;
        revision = elemAt parts 4;
      };

  normalise =
    given:
    let
      source = checked given;
      valueOf = oneOf what source;
      repo = valueOf [
        "repo"
        "repoId"
      ] (invalid "${what} has no `repo`" null);
      revision = valueOf [
        "revision"
        "rev"
        "tag"
      ] "main";
      repoType = source.repoType or "model";
      fromEnvironment = getEnv "HF_ENDPOINT";
      # Known now, and written into the spec: the build may run where HF_ENDPOINT is not set.
      endpoint = source.endpoint or fromEnvironment;
    in
    {
      repo = checkText "repo" "([A-Za-z0-9._-]+/)?[A-Za-z0-9._-]+" repo;
      revision = checkText "revision" ".*[^.].*" revision;
      repoType = repoTypes.${repoType} or (invalid "${what}: `repoType` is not valid" repoType);
    }
    // (
      if endpoint == "" || endpoint == defaultEndpoint then
        { }
      else
        { endpoint = withoutSlash (checkText "endpoint" "https?://.+" endpoint); }
    );

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
      repository = "${source.endpoint or defaultEndpoint}/${prefixes.${source.repoType}}${source.repo}";
    in
    [ "${repository}/resolve/${encodeUrl { } revision}/${encodeUrl { keepSlash = true; } path}" ];
}
