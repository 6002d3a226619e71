# The attributes that an object store's short form stands for: `bucket/folder?region=eu-west-1`, of
# which `names` are those that the path has.
{ fail, ... }:

let
  inherit (builtins)
    attrNames
    elem
    elemAt
    filter
    foldl'
    head
    isString
    length
    match
    split
    tail
    ;

  # "a/b/c" for three names: one part for each but the last, which takes the rest.
  parts =
    names: path:
    let
      found = match "([^/]*)/(.*)" path;
    in
    if length names == 1 || found == null then
      { ${head names} = path; }
    else
      { ${head names} = head found; } // parts (tail names) (elemAt found 1);

  valueOf = text: if text == "true" then true else if text == "false" then false else text;

  add =
    attributes: text:
    let
      pair = match "([^=]*)(=(.*))?" text;
      name = head pair;
      value = elemAt pair 2;
    in
    if elem name (attrNames attributes) then
      fail "SPEC_INVALID" { message = "`source.${name}` is given twice"; }
    else
      attributes // { ${name} = if value == null then "" else valueOf value; };
in

names: address:
let
  found = match "([^?]*)([?](.*))?" address;
  query = elemAt found 2;
  pairs = if elemAt found 1 == null then [ ] else filter isString (split "&" query);
in
foldl' add (parts names (head found)) pairs
