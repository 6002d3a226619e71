# The files that a spec's patterns choose, of those that a pin names.
{
  fail,
  globRegex,
  ...
}:

let
  inherit (builtins)
    any
    filter
    map
    match
    ;
in

{ include, exclude }:
files:
let
  includes = map globRegex include;
  excludes = map globRegex exclude;
  matchesAny = regexes: path: any (regex: match regex path != null) regexes;
  isChosen =
    { path, ... }: (include == [ ] || matchesAny includes path) && !(matchesAny excludes path);
  chosen = filter isChosen files;
in
if include == [ ] && exclude == [ ] then
  files
else if chosen == [ ] then
  fail "NO_FILES_MATCH" { message = "None of the pinned files matches the `files` patterns"; }
else
  chosen
