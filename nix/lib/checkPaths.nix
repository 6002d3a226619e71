# File paths inside a model, refused where one could leave the model's folder or two could be one
# file: a hub's listing is not trusted to be honest. The rules of wasm/path-check.ts, but for Unicode
# beyond what Nix can look at, which the builder checks again.
{ fail, ... }:

let
  inherit (builtins)
    any
    attrNames
    concatMap
    concatStringsSep
    elemAt
    filter
    fromJSON
    genList
    head
    isString
    length
    listToAttrs
    map
    match
    replaceStrings
    split
    stringLength
    substring
    toJSON
    ;

  maxPathBytes = 2048;
  maxComponentBytes = 255;
  # A NAR may nest 64 levels.
  maxDepth = 60;

  alphabet = text: genList (i: substring i 1 text) 26;
  lower = replaceStrings (alphabet "ABCDEFGHIJKLMNOPQRSTUVWXYZ") (alphabet "abcdefghijklmnopqrstuvwxyz");

  # Characters beyond ASCII as alternatives, by the four hexadecimal digits of each.
  anyOf = digits: concatStringsSep "|" (map (digits: fromJSON ''"\u${digits}"'') digits);
  highControls = anyOf (
    concatMap (high: map (low: "00${high}${low}") hexDigits) [
      "8"
      "9"
    ]
  );
  hexDigits = genList (i: substring i 1 "0123456789abcdef") 16;
  turning = anyOf [
    "202a"
    "202b"
    "202c"
    "202d"
    "202e"
    "2066"
    "2067"
    "2068"
    "2069"
  ];

  devices = "con|prn|aux|nul|conin[$]|conout[$]|com[0-9]|lpt[0-9]";

  # Each pattern is matched against the whole path in lower case.
  rules = [
    {
      pattern = "";
      why = "is empty";
    }
    {
      pattern = "/.*";
      why = "is absolute";
    }
    {
      pattern = "[a-z]:.*";
      why = "begins with a drive letter";
    }
    {
      pattern = ".*\\\\.*";
      why = "has a backslash, a separator on Windows";
    }
    {
      pattern = ".*([[:cntrl:]]|${highControls}).*";
      why = "has a control character";
    }
    {
      pattern = ".*(${turning}).*";
      why = "has a character that changes the direction of writing";
    }
    {
      pattern = "(.*/)?(/.*)?";
      why = "has an empty component";
    }
    {
      pattern = "(.*/)?[.][.]?(/.*)?";
      why = ''has a "." or ".." component'';
    }
    {
      pattern = "(.*/)?([.]git|git~1)(/.*)?";
      why = "lies in a .git folder";
    }
    {
      pattern = ".*[. ](/.*)?";
      why = "has a component that ends with a dot or a space";
    }
    {
      pattern = "(.*/)?(${devices}) *([.][^/]*)?(/.*)?";
      why = "has a component that names a device on Windows";
    }
    {
      pattern = ".*~nix~case~hack~.*";
      why = "has the mark that Nix puts on names that differ in case";
    }
  ];

  refuse =
    path: why:
    fail "HOSTILE_NAME" {
      message = "The file name ${toJSON path} ${why}";
      subject = toJSON path;
    };

  checkPath =
    path:
    let
      broken = filter (rule: match rule.pattern (lower path) != null) rules;
      components = componentsOf path;
    in
    if !(isString path) then
      refuse path "is no text"
    else if stringLength path > maxPathBytes then
      refuse path "is longer than ${toString maxPathBytes} bytes"
    else if any (name: stringLength name > maxComponentBytes) components then
      refuse path "has a component longer than ${toString maxComponentBytes} bytes"
    else if length components > maxDepth then
      refuse path "is nested deeper than ${toString maxDepth} folders"
    else if broken != [ ] then
      refuse path (head broken).why
    else
      path;

  componentsOf = path: filter isString (split "/" path);

  # "a/b/c" -> [ "a" "a/b" ]
  foldersOf =
    path:
    let
      components = componentsOf path;
      first = count: concatStringsSep "/" (genList (elemAt components) count);
    in
    genList (i: first (i + 1)) (length components - 1);

  unique =
    names:
    attrNames (
      listToAttrs (
        map (name: {
          inherit name;
          value = null;
        }) names
      )
    );
in

paths:
let
  checked = map checkPath paths;
  folders = unique (concatMap foldersOf checked);
  # Every file and every folder once: two that become one in lower case collide somewhere.
  names = checked ++ folders;
  collides = name: length (filter (other: lower other == lower name) names) > 1;
in
if length (unique (map lower names)) < length names then
  refuse (head (filter collides names)) "is listed twice, or differs from another only in case"
else
  checked
