# Files by their addresses, each with as many mirrors as one likes.
{
  checkAttributes,
  fail,
  ...
}:

let
  inherit (builtins)
    elemAt
    filter
    head
    isList
    isString
    length
    map
    match
    ;

  invalid = message: found: fail "SPEC_INVALID" { inherit message found; };
  checked = checkAttributes {
    what = "`source.url`";
    known = [
      "url"
      "urls"
    ];
  };
  checkedFile = checkAttributes {
    what = "a file of `source.url`";
    known = [
      "url"
      "urls"
      "path"
      "name"
      "hash"
      "sha256"
      "sha512"
    ];
  };

  # The one value among attributes that exclude each other, or null.
  oneOf =
    attributes: names:
    let
      given = filter (name: attributes ? ${name}) names;
    in
    if given == [ ] then
      null
    else if length given > 1 then
      invalid "`source.url`: of these only one may be given" (toString given)
    else
      attributes.${head given};

  asList = value: if isList value then value else [ value ];
  checkUrl =
    url:
    if isString url && match "https?://[^[:space:]]+" url != null then
      url
    else
      invalid "`source.url` takes http and https addresses" (builtins.toJSON url);

  fileName =
    url:
    let
      parts = match "https?://[^/?#]+/([^?#]*/)?([^/?#]+)([?#].*)?" url;
    in
    if parts == null then
      invalid "The file's name cannot be told from its address: give `path`" url
    else
      elemAt parts 1;

  normaliseFile =
    given:
    let
      file = checkedFile (if isString given then { url = given; } else given);
      urls = map checkUrl (
        asList (
          let
            value = oneOf file [
              "url"
              "urls"
            ];
          in
          if value == null then invalid "A file of `source.url` has no `url`" null else value
        )
      );
      path = oneOf file [
        "path"
        "name"
      ];
      hash = oneOf file [
        "hash"
        "sha256"
        "sha512"
      ];
    in
    {
      inherit urls;
      path = if path == null then fileName (head urls) else path;
    }
    // (if hash == null then { } else { inherit hash; });
in

{
  # The short form is the address itself: https://example.org/model.gguf
  shortForms = [
    "https"
    "http"
  ];

  parseShortForm = text: { url = text; };

  normalise =
    source:
    let
      given = oneOf (checked source) [
        "url"
        "urls"
      ];
    in
    if given == null || given == [ ] then
      invalid "`source.url` has no `url`" null
    else
      { urls = map normaliseFile (asList given); };

  defaultName =
    { urls }: if length urls == 1 then baseNameOf (head urls).path else "model";

  describe = { urls }: head (head urls).urls;

  fileUrls =
    { source, path, ... }:
    let
      files = filter (file: file.path == path) source.urls;
    in
    if files == [ ] then
      invalid "`source.url` has no file of this path" path
    else
      (head files).urls;
}
