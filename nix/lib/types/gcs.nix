# A folder of a bucket of Google Cloud Storage.
{
  addressAttributes,
  addressText,
  checkAttributes,
  lockRules,
  schema,
  sourceChecks,
  ...
}:

let
  checked = checkAttributes {
    path = "source.gcs";
    known = schema.attributesOf "gcs";
  };
in

lockRules {
  model = [
    "bucket"
    "prefix"
  ];
  version = [ ];
}
// {
  # gs://bucket/folder
  shortForms."gs://" = addressAttributes [
    "bucket"
    "prefix"
  ];

  normalise =
    given:
    let
      check = sourceChecks "gcs" (checked given);
    in
    { prefix = ""; }
    // check.bucket
    // check.prefix
    // check.endpoint "endpoint"
    // check.flag "anonymous";

  defaultName = { bucket, prefix, ... }: if prefix == "" then bucket else baseNameOf prefix;

  describe =
    source:
    addressText {
      inherit source;
      path = "gs://${source.bucket}";
      names = [
        "endpoint"
        "anonymous"
      ];
    };
}
