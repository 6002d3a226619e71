# A folder of a bucket, at Amazon or at any server that speaks S3.
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
    path = "source.s3";
    known = schema.attributesOf "s3";
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
  # s3://bucket/folder?region=eu-west-1
  shortForms."s3://" = addressAttributes [
    "bucket"
    "prefix"
  ];

  normalise =
    given:
    let
      check = sourceChecks "s3" (checked given);
    in
    { prefix = ""; }
    // check.bucket
    // check.prefix
    // check.text "region" "letters, digits and hyphens, such as eu-west-1" "[A-Za-z0-9-]+"
    // check.endpoint "endpoint"
    // check.flag "pathStyle"
    // check.flag "anonymous"
    // check.text "profile" "a name in ~/.aws/config" "[^[:cntrl:]]+";

  defaultName = { bucket, prefix, ... }: if prefix == "" then bucket else baseNameOf prefix;

  describe =
    source:
    addressText {
      inherit source;
      path = "s3://${source.bucket}";
      names = [
        "region"
        "endpoint"
        "pathStyle"
        "anonymous"
        "profile"
      ];
    };
}
