# File patterns as { include; exclude; }, from a list in which "!glob" excludes, or from the two
# lists apart. Matching them is the builder's work: here they are only carried along.
{
  checkAttributes,
  fail,
  schema,
  ...
}:

let
  inherit (builtins)
    all
    filter
    isList
    isString
    map
    match
    substring
    toJSON
    ;

  checked = checkAttributes {
    what = "`files`";
    known = schema.attributesOf "filePatterns";
  };
  isExcluded = glob: match "!.*" glob != null;

  checkGlobs =
    globs:
    if isList globs && all (glob: isString glob && glob != "") globs then
      globs
    else
      fail "SPEC_INVALID" {
        message = "`files` is not a list of patterns";
        found = toJSON globs;
      };
in

files:
if isList files then
  let
    globs = checkGlobs files;
  in
  {
    include = filter (glob: !(isExcluded glob)) globs;
    exclude = map (glob: substring 1 (-1) glob) (filter isExcluded globs);
  }
else
  let
    lists = checked files;
  in
  {
    include = checkGlobs (lists.include or [ ]);
    exclude = checkGlobs (lists.exclude or [ ]);
  }
