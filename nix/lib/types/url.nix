# Files by their addresses, each with as many mirrors as one likes.
{
  checkAttributes,
  fail,
  oneOf,
  schema,
  ...
}:

let
  inherit (builtins)
    elemAt
    filter
    head
    isAttrs
    isList
    isString
    length
    map
    match
    toJSON
    ;

  what = "`source.url`";
  checked = checkAttributes {
    inherit what;
    known = schema.attributesOf "url";
  };
  checkedFile = checkAttributes {
    what = "A file of ${what}";
    known = schema.attributesOf "urlFile";
  };

  invalid = message: found: fail "SPEC_INVALID" { inherit message found; };

  # A password in an address would stand in the store for everyone to read.
  checkUrl =
    url:
    if !(isString url && match "https?://[^[:space:]]+" url != null) then
      invalid "${what} takes http and https addresses" (toJSON url)
    else if match "https?://[^/?#]*@.*" url != null then
      invalid "${what}: an address must not contain a name and password" "an address with an @"
    else
      url;

  fileName =
    url:
    let
      parts = match "https?://[^/?#]+/([^?#]*/)?([^/?#]+)([?#].*)?" url;
    in
    if parts == null then
      invalid "A file's name cannot be told from its address: give `path`" url
    else
      elemAt parts 1;

  normaliseFile =
    given:
    let
      file = checkedFile (if isString given then { url = given; } else given);
      valueOf = oneOf "A file of ${what}" file;
      value = valueOf [
        "url"
        "urls"
      ] (invalid "A file of ${what} has no `url`" null);
      urls = map checkUrl (if isList value then value else [ value ]);
      hash = valueOf [
        "hash"
        "sha256"
        "sha512"
      ] "";
    in
    if urls == [ ] then
      invalid "A file of ${what} has no address" null
    else
      {
        inherit urls;
        path = valueOf [
          "path"
          "name"
        ] (fileName (head urls));
      }
      // (if hash == "" then { } else { inherit hash; });

  filesOf =
    given:
    if isString given then
      [ given ]
    else if isList given then
      given
    else if isAttrs given && given.urls or null != null then
      (checked given).urls
    else
      [ (checked given) ];
in

{
  # The short form is the address itself: https://example.org/model.gguf
  shortForms = [
    "https"
    "http"
  ];

  parseShortForm = text: { url = text; };

  normalise =
    given:
    let
      files = filesOf given;
    in
    if files == [ ] then
      invalid "${what} names no file" null
    else
      { urls = map normaliseFile files; };

  defaultName =
    { urls }:
    if length urls == 1 then
      baseNameOf (head urls).path
    else
      invalid "Several addresses need a `name`" "${toString (length urls)} files";

  describe = { urls }: head (head urls).urls;

  fileUrls =
    { source, path, ... }:
    let
      files = filter (file: file.path == path) source.urls;
    in
    if files == [ ] then
      fail "ENTRY_NOT_FOUND" {
        message = "The source has no address for this file";
        subject = path;
        remedies = [ "Name the file in `source.url`, or take it out of the pin." ];
      }
    else
      (head files).urls;
}
