# A registered model of an MLflow tracking server, by its version, stage or alias.
{
  checkAttributes,
  fail,
  lockRules,
  schema,
  sourceChecks,
  ...
}:

let
  inherit (builtins)
    attrNames
    elemAt
    getEnv
    head
    intersectAttrs
    isInt
    length
    match
    ;

  versions = {
    modelVersion = null;
    modelStage = null;
    modelAlias = null;
  };
  checked = checkAttributes {
    path = "source.mlflow";
    known = schema.attributesOf "mlflow";
  };

  forms = "mlflow:name/3, mlflow:name/Production, mlflow:name@alias or mlflow:https://host#name/3";
  word = "[A-Za-z0-9][A-Za-z0-9._ -]*";
  number = "[1-9][0-9]{0,17}";

  # Known now, and written into the spec: the build may run where the variable is not set.
  fromEnvironment =
    let
      uri = getEnv "MLFLOW_TRACKING_URI";
    in
    if match "https?://.*" uri == null then { } else { trackingUri = uri; };

  # name/version, name/Stage, name@alias
  ofModel =
    text:
    let
      bySlash = match "([^/]*)/(.*)" text;
      byAlias = match "([^@]*)@(.*)" text;
      version = elemAt bySlash 1;
    in
    if bySlash != null then
      {
        modelName = head bySlash;
        ${if match number version != null then "modelVersion" else "modelStage"} = version;
      }
    else if byAlias != null then
      {
        modelName = head byAlias;
        modelAlias = elemAt byAlias 1;
      }
    else
      { modelName = text; };
in

lockRules {
  model = [ "modelName" ];
  version = attrNames versions;
  exclusive = true;
}
// {
  # mlflow:name/3
  shortForms."mlflow:" =
    text:
    let
      parts = match "(https?://[^#]*)#(.*)" text;
    in
    if parts != null then
      ofModel (elemAt parts 1) // { trackingUri = head parts; }
    else if match "https?://.*" text != null then
      fail "SPEC_INVALID" {
        message = "`source` names no registered model";
        wanted = forms;
        found = text;
      }
    else
      ofModel text;

  normalise =
    given:
    let
      source = fromEnvironment // checked given;
      # A number is as good as a text of digits.
      check = sourceChecks "mlflow" (
        source
        // (if isInt (source.modelVersion or null) then { modelVersion = toString source.modelVersion; } else { })
      );
      named = attrNames (intersectAttrs versions source);
    in
    if length named != 1 then
      fail "SPEC_INVALID" {
        message =
          if named == [ ] then
            "`source.mlflow` does not say which version of the model"
          else
            "`source.mlflow` names several versions: keep one";
        wanted = "one of `modelVersion`, `modelStage` and `modelAlias`";
        remedies = [ "In short: ${forms}" ];
      }
    else
      check.endpoint "trackingUri"
      // check.required "modelName" ''a text without "/" and ":"'' "[^/:[:cntrl:]]+"
      // check.text "modelVersion" "a number, such as 3" number
      // check.text "modelStage" "a word, such as Production" word
      // check.text "modelAlias" "a word, such as champion" word;

  defaultName = { modelName, ... }: modelName;

  describe =
    source:
    "mlflow:"
    + (if source ? trackingUri then "${source.trackingUri}#" else "")
    + source.modelName
    + (if source ? modelAlias then "@${source.modelAlias}" else "/${source.modelVersion or source.modelStage}");
}
