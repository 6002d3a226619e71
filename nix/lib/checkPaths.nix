# File paths inside a model, refused where one could leave the model's folder or two could be one
# file: a hub's listing is not trusted to be honest. The rules of wasm/path-check.ts, but for Unicode
# beyond what Nix can look at, which the builder checks again.
{ fail, ... }:

let
  inherit (builtins)
    attrNames
    concatLists
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
    toJSON
    ;

  maxPathBytes = 2048;
  letters = genList (i: builtins.substring i 1 "ABCDEFGHIJKLMNOPQRSTUVWXYZ") 26;
  lower = replaceStrings letters (genList (i: builtins.substring i 1 "abcdefghijklmnopqrstuvwxyz") 26);

  devices = "con|prn|aux|nul|conin[$]|conout[$]|com[0-9]|lpt[0-9]";
  turning = fromJSON ''"\u202a|\u202b|\u202c|\u202d|\u202e|\u2066|\u2067|\u2068|\u2069"'';

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
      pattern = ".*[[:cntrl:]].*";
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
    in
    if !(isString path) then
      refuse path "is no text"
    else if stringLength path > maxPathBytes then
      refuse path "is longer than ${toString maxPathBytes} bytes"
    else if broken != [ ] then
      refuse path (head broken).why
    else
      path;

  # "a/b/c" -> [ "a" "a/b" ]
  foldersOf =
    path:
    let
      parts = filter isString (split "/" path);
    in
    genList (i: builtins.concatStringsSep "/" (genList (builtins.elemAt parts) (i + 1))) (
      length parts - 1
    );

  setOf =
    names:
    listToAttrs (
      map (name: {
        inherit name;
        value = null;
      }) names
    );
in

paths:
let
  checked = map checkPath paths;
  folded = map lower checked;
  unique = attrNames (setOf folded);
  folders = setOf (concatLists (map foldersOf folded));
  twice = filter (path: length (filter (other: other == lower path) folded) > 1) checked;
  below = filter (path: folders ? ${lower path}) checked;
in
if length unique < length checked then
  refuse (head twice) "is listed twice, or differs from another only in case"
else if below != [ ] then
  refuse (head below) "is a file and also a folder of other files"
else
  checked
