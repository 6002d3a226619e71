# Checks of a source's attributes, the same as wasm/spec has: each takes what the user wrote and
# returns { name = value; }, or nothing where it was left out.
{ fail, ... }:

let
  inherit (builtins)
    head
    isBool
    isString
    match
    toJSON
    ;
  blank = "[:space:][:cntrl:]";
in

# `kind` is a kind of source, `source` its attributes.
kind: source:
let
  path = "source.${kind}";
  refuse =
    name: wanted:
    fail "SPEC_INVALID" {
      message = "`${path}.${name}` is not valid";
      inherit wanted;
      found = toJSON source.${name};
    };
  optional = name: read: if source ? ${name} then { ${name} = read source.${name}; } else { };
in
rec {
  inherit optional refuse;

  # A text that matches one of the patterns.
  text =
    name: wanted: pattern:
    optional name (
      value: if isString value && match pattern value != null then value else refuse name wanted
    );

  required =
    name: wanted: pattern:
    if source ? ${name} then
      text name wanted pattern
    else
      fail "SPEC_INVALID" {
        message = "`${path}` lacks `${name}`";
        inherit wanted;
      };

  flag = name: optional name (value: if isBool value then value else refuse name "true or false");

  # The address of a server, without slashes at its end.
  endpoint =
    name:
    let
      valid = text name "the address of a server, such as https://host, without a password" (
        "https?://[^/?#@${blank}]+(/[^?#${blank}]*)?"
      );
    in
    optional name (_: head (match "(.*[^/])/*" valid.${name}));

  # A folder of objects, without slashes at its ends.
  prefix =
    let
      folder = head (match "/*((.*[^/])?)/*" source.prefix);
      hasDots = match "(.*/)?[.][.]?(/.*)?" folder != null;
    in
    if !(source ? prefix) then
      { }
    else if !(isString source.prefix) || match ".*[[:cntrl:]].*" source.prefix != null || hasDots then
      refuse "prefix" ''a/b, without control characters, "." and ".."''
    else
      { prefix = folder; };

  bucket = required "bucket" "3 to 255 of A-Z a-z 0-9 . _ -, such as my-models" "[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]";
}
