# The candidate that a misspelt word was most likely meant to be, or null when none is near.
# Levenshtein distance; only evaluated for an error message, so it need not be quick.
{ ... }:

let
  inherit (builtins)
    elemAt
    foldl'
    genList
    length
    stringLength
    substring
    ;

  characters = text: genList (i: substring i 1 text) (stringLength text);
  min = a: b: if a < b then a else b;

  # One row of the table from the row above it: `row` holds the distances of all prefixes of `b`.
  nextRow =
    b: row: character:
    foldl' (
      new: i:
      let
        substitution = elemAt row i + (if elemAt b i == character then 0 else 1);
        insertion = elemAt new i + 1;
        deletion = elemAt row (i + 1) + 1;
      in
      new ++ [ (min substitution (min insertion deletion)) ]
    ) [ (elemAt row 0 + 1) ] (genList (i: i) (length b));

  distance =
    a: b:
    let
      other = characters b;
      rows = foldl' (nextRow other) (genList (i: i) (length other + 1)) (characters a);
    in
    elemAt rows (length other);
in

candidates: word:
let
  limit = min 3 ((stringLength word + 1) / 2);
  closer =
    best: name:
    let
      found = distance word name;
    in
    if found < best.distance then
      {
        inherit name;
        distance = found;
      }
    else
      best;
in
(foldl' closer {
  name = null;
  distance = limit + 1;
} candidates).name
