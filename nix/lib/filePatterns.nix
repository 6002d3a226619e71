# File patterns as { include; exclude; }, from a list in which "!glob" excludes, or from the two
# lists apart.
{
  checkAttributes,
  fail,
  globRegex,
  schema,
  ...
}:

let
  inherit (builtins)
    all
    filter
    isAttrs
    isList
    isString
    map
    match
    substring
    toJSON
    ;

  checked = checkAttributes {
    path = "files";
    known = schema.attributesOf "filePatterns";
  };
  isExcluded = glob: match "!.*" glob != null;

  # A malformed pattern is found here, and not after a download.
  checkGlobs =
    globs:
    if !(isList globs && all (glob: isString glob && glob != "") globs) then
      fail "SPEC_INVALID" {
        message = "`files` is no list of patterns";
        found = toJSON globs;
      }
    else
      builtins.deepSeq (map globRegex globs) globs;

  ofList = globs: {
    include = checkGlobs (filter (glob: !(isExcluded glob)) globs);
    exclude = checkGlobs (map (glob: substring 1 (-1) glob) (filter isExcluded globs));
  };
  ofSet = lists: {
    include = checkGlobs (lists.include or [ ]);
    exclude = checkGlobs (lists.exclude or [ ]);
  };
in

files:
if isList files then
  ofList files
else if isAttrs files then
  ofSet (checked files)
else
  checkGlobs files
