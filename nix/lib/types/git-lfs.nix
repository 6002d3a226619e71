# A git repository whose large files are kept by Git LFS, on any host.
{
  checkAttributes,
  fail,
  filePatterns,
  gitRevision,
  lockRules,
  oneOf,
  schema,
  sourceChecks,
  ...
}:

let
  inherit (builtins)
    any
    elemAt
    head
    isList
    isString
    match
    toJSON
    ;

  path = "source.git-lfs";
  checked = checkAttributes {
    inherit path;
    known = schema.attributesOf "gitLfs";
  };

  # Only what git itself fetches: no option, no program (`ext::`), no password.
  plain = "[^?#[:space:][:cntrl:]]";
  user = "[A-Za-z0-9._][A-Za-z0-9._-]*@";
  name = "[A-Za-z0-9][A-Za-z0-9._-]*";
  host = "(${name}|\\[[A-Za-z0-9:.]+])(:[0-9]{1,5})?";
  visible = "[^[:space:][:cntrl:]]";
  address =
    "https?://${host}(/${plain}*)?|ssh://(${user})?${host}/${plain}+|file:///${plain}*|/[^[:cntrl:]]*"
    + "|(${user})?${name}:([^:/[:space:][:cntrl:]]${visible}*|/([^/[:space:][:cntrl:]]${visible}*)?)";

  withoutSlash = url: if url == "/" then url else head (match "((.*[^/])?)/*" url);

  checkGlobs =
    globs:
    if !(isList globs) then
      fail "SPEC_INVALID" {
        message = "`${path}.lfsFiles` is no list of patterns";
        found = toJSON globs;
      }
    else if any (glob: isString glob && match "!.*" glob != null) globs then
      fail "SPEC_INVALID" {
        message = "`${path}.lfsFiles` has patterns that include, and no others";
        found = toJSON globs;
        remedies = [ ''Exclude files with `files`: files = [ "!*.onnx" ];'' ];
      }
    else
      (filePatterns { include = globs; }).include;
in

lockRules {
  model = [ "url" ];
  version = [
    "rev"
    "lfsFiles"
  ];
  defaults = {
    rev = "HEAD";
    lfsFiles = [ ];
  };
}
// {
  # git-lfs:https://host/repo.git@rev
  shortForms."git-lfs:" =
    text:
    let
      ofUrl = match "([^:]*://[^/]*)(.*)" text;
      ofHost = match "([^:]*)(:.*)" text;
      # A sign before the path belongs to the address.
      parts = if ofUrl != null then ofUrl else if ofHost != null then ofHost else [ "" text ];
      found = match "([^@]*)@(.*)" (elemAt parts 1);
    in
    if found == null then
      { url = text; }
    else
      {
        url = head parts + head found;
        rev = elemAt found 1;
      };

  normalise =
    given:
    let
      source = checked given;
      rev = oneOf path source [
        "rev"
        "revision"
        "tag"
      ] null;
      url = source.url or null;
      check = sourceChecks "git-lfs" (
        removeAttrs source [ "rev" ]
        // (if isString url then { url = withoutSlash url; } else { })
        // (if rev == null then { } else { inherit rev; })
      );
      lfsFiles = checkGlobs (source.lfsFiles or [ ]);
      hasSecret = isString url && match "(https?://[^/]*@|ssh://[^/@]*:[^/@]*@).*" url != null;
    in
    if hasSecret then
      fail "SPEC_INVALID" {
        message = "`${path}` has an address with a name or password";
        wanted = "one without: pins are public";
        remedies = [ "Leave it out; git asks its credential helper (`git credential`)." ];
      }
    else
      check.required "url" "https://…, http://…, ssh://…, file:///…, user@host:path or an absolute path" address
      // check.text "rev" "a branch, a tag or a commit" gitRevision
      // (if rev != null && match "-.*" rev != null then check.refuse "rev" "a branch, a tag or a commit" else { })
      // (if lfsFiles == [ ] then { } else { inherit lfsFiles; });

  defaultName =
    { url, ... }:
    let
      base = elemAt (match "(.*[/:])?([^/:]*)" url) 1;
      short = match "(.*)[.]git" base;
    in
    if short == null then base else head short;

  describe = { url, rev, ... }: "git-lfs:${url}@${rev}";
}
