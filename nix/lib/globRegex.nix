# A file pattern as a regular expression for `builtins.match`. What patterns mean is written at the
# top of wasm/glob.ts; only a backslash inside [ ] is not understood here.
{ bytes, fail, ... }:

let
  inherit (builtins)
    concatStringsSep
    elem
    elemAt
    filter
    foldl'
    head
    isString
    length
    match
    replaceStrings
    split
    stringLength
    substring
    ;

  # Escapes, runs of stars (with the slash behind them), sets, and the other signs.
  signs = ''(\\.|[*]+/?|\[[!^]?[^]\]+[]]|[][?{},/\])'';
  # `]` and `}` have no meaning of their own, and escaping them is an error.
  special = [
    "\\"
    "."
    "["
    "("
    ")"
    "{"
    "*"
    "+"
    "?"
    "^"
    "$"
    "|"
  ];
  literal = replaceStrings special (map (sign: "\\" + sign) special);

  # Regular expressions look at bytes; one character beyond ASCII is several of them.
  bytesOf = pattern: concatStringsSep "" (map (row: row.byte) (filter (row: match pattern row.hex != null) bytes));
  continuing = bytesOf "[89AB].";
  leading = bytesOf "[C-F].";
  oneBut = excluded: "([^/${excluded}${continuing}${leading}]|[${leading}][${continuing}]*)";

  # State: the expression so far, how many braces are open, and whether a name may begin here.
  add =
    state: regex: opens:
    state
    // {
      regex = state.regex + regex;
      inherit opens;
    };

  stars =
    state: token:
    let
      slash = if match ".*/" token == null then "" else "/";
      many = match "[*][*]+/?" token != null;
    in
    if many && slash != "" && state.opens then
      add state "(.*/)?" true
    else
      add state ((if many then ".*" else "[^/]*") + slash) (slash != "");

  set =
    token:
    let
      parts = match "\\[([!^]?)(.*)[]]" token;
    in
    if head parts == "" then token else oneBut (elemAt parts 1);

  step =
    text: state: token:
    if match "[*]+/?" token != null then
      stars state token
    else if token == "?" then
      add state (oneBut "") false
    else if token == "/" then
      add state "/" true
    else if token == "{" then
      add state "(" true // {
        braces = state.braces + 1;
      }
    else if token == "," && state.braces > 0 then
      add state "|" true
    else if token == "}" && state.braces > 0 then
      add state ")" false // {
        braces = state.braces - 1;
      }
    else if match "\\[.+" token != null then
      add state (set token) false
    else if elem token [ "[" "\\" ] then
      malformed text
    else
      add state (literal (if match "\\\\." token != null then substring 1 1 token else token)) false;

  malformed =
    text:
    fail "SPEC_INVALID" {
      message = "A file pattern is malformed";
      found = text;
    };
in

text:
let
  tied = match "/.*" text != null;
  body = if tied then substring 1 (stringLength text) text else text;
  tokens = filter (token: token != "") (
    map (part: if isString part then part else head part) (split signs body)
  );
  # A pattern without a slash matches the base name in every folder.
  anywhere = !tied && !(builtins.any (token: match "[*]*/" token != null) tokens);
  end = foldl' (step text) {
    regex = if anywhere then "(.*/)?" else "";
    braces = 0;
    opens = true;
  } tokens;
in
if text == "" || end.braces != 0 then
  malformed text
else
  end.regex + (if match ".*/" text == null then "" else ".*")
