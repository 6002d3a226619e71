# Files by their addresses, each with as many mirrors as one likes.
{
  checkAttributes,
  checkPaths,
  decodeUrl,
  fail,
  oneOf,
  parseHash,
  schema,
  ...
}:

let
  inherit (builtins)
    deepSeq
    elemAt
    filter
    head
    isList
    isString
    length
    map
    match
    toJSON
    ;

  path = "source.url";
  checked = checkAttributes {
    inherit path;
    known = schema.attributesOf "url";
  };
  checkedFile = checkAttributes {
    path = "${path}.urls";
    known = schema.attributesOf "urlFile";
  };

  invalid = message: found: fail "SPEC_INVALID" { inherit message found; };

  # A password in an address would stand in the store for everyone to read.
  checkUrl =
    url:
    if !(isString url && match "https?://[^/?#[:space:]][^[:space:]]*" url != null) then
      invalid "`${path}` takes http:// and https:// addresses" (toJSON url)
    else if match "https?://[^/?#]*@.*" url != null then
      fail "SPEC_INVALID" {
        message = "`${path}` has an address with a password";
        wanted = "an address without one: the Nix store is readable by everyone";
      }
    else
      url;

  # The last part of the address's path.
  fileName =
    url:
    let
      parts = match "https?://[^/?#]+/([^?#]*/)?([^/?#]+)([?#].*)?" url;
      name = decodeUrl (elemAt parts 1);
    in
    if parts == null || match ".*/.*" name != null then
      fail "SPEC_INVALID" {
        message = "The address names no file";
        found = url;
        remedies = [ ''Say what the file is called in the model: { url = "…"; path = "model.bin"; }'' ];
      }
    else
      name;

  # `sha256` and `sha512` say which algorithm it is, and must not be wrong about it.
  checkHash =
    file: hash:
    let
      inherit (parseHash path hash) algorithm;
    in
    if file ? hash || file ? ${algorithm} then
      hash
    else
      invalid "A hash in `${path}` is of another algorithm than its attribute says" hash;

  normaliseFile =
    given:
    let
      file = if isString given then { url = given; } else checkedFile given;
      valueOf = oneOf path file;
      value = valueOf [
        "url"
        "urls"
      ] (invalid "A file of `${path}` has no `url`" null);
      urls = map checkUrl (if file ? urls && isList value then value else [ value ]);
      hash = valueOf [
        "hash"
        "sha256"
        "sha512"
      ] "";
    in
    if urls == [ ] then
      invalid "A file of `${path}` has no address" null
    else
      {
        inherit urls;
        path = valueOf [
          "path"
          "name"
        ] (fileName (head urls));
      }
      // (if hash == "" then { } else { hash = checkHash file hash; });

  # A single address, a list of files, or a set with `url` or `urls`.
  filesOf =
    given:
    let
      source = checked given;
    in
    if isString given then
      [ given ]
    else if isList given then
      given
    else if !(source ? urls) then
      [ source ]
    else if removeAttrs source [ "urls" ] != { } then
      invalid "`${path}.urls` is a list of files: the rest belongs in its elements" (
        toString (builtins.attrNames source)
      )
    else if isList source.urls then
      source.urls
    else
      invalid "`${path}.urls` is no list" (builtins.typeOf source.urls);

  fileOf =
    source: path:
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
      head files;
in

{
  # The address itself: https://example.org/model.gguf
  shortForms."https://" = rest: { url = "https://${rest}"; };
  shortForms."http://" = rest: { url = "http://${rest}"; };

  normalise =
    given:
    let
      urls = map normaliseFile (filesOf given);
    in
    if urls == [ ] then
      invalid "`${path}` names no file" null
    else
      deepSeq (checkPaths (map (file: file.path) urls)) { inherit urls; };

  complete = source: _: source;

  revisionOf = _: null;

  # Other addresses of the same files are the same source.
  agrees =
    { source, locked, ... }:
    map (file: file.path) source.urls == map (file: file.path) locked.urls;

  defaultName = { urls }: if length urls == 1 then baseNameOf (head urls).path else null;

  describe = { urls }: head (head urls).urls;

  fileUrls = { source, path, ... }: (fileOf source path).urls;

  narrow = { source, path }: { urls = [ (fileOf source path) ]; };
}
