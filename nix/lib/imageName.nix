# A model of a registry from `[host/]repository[:tag][@digest]` or from the three attributes, as
# { registry, repository, reference? }. The rules of wasm/spec/registry.ts.
{
  fail,
  sourceChecks,
  ...
}:

let
  inherit (builtins)
    elemAt
    head
    intersectAttrs
    isString
    match
    stringLength
    toJSON
    ;

  authority = "([A-Za-z0-9][A-Za-z0-9._-]*|\\[[A-Za-z0-9:.]+])(:[0-9]{1,5})?";
  loopback = "localhost(:.*)?|127[.].*|\\[::1](:.*)?";
  component = "[A-Za-z0-9_][A-Za-z0-9._-]*";
  tag = "[A-Za-z0-9_][A-Za-z0-9._-]{0,127}";
  digest = "sha256:[0-9a-f]{64}";

  # https://host/rest as [ "https://" "host/rest" ]
  splitScheme =
    text:
    let
      found = match "(https?://)(.*)" text;
    in
    if found == null then
      [
        ""
        text
      ]
    else
      found;

  withTag =
    text:
    let
      byDigest = match "([^@]*)@(.*)" text;
      name = if byDigest == null then text else head byDigest;
      byTag = match "(.*):([^/:]*)" name;
    in
    {
      name = if byTag == null then name else head byTag;
    }
    // (
      # A digest counts more than the tag beside it.
      if byDigest != null then
        { reference = elemAt byDigest 1; }
      else if byTag != null then
        { reference = elemAt byTag 1; }
      else
        { }
    );

  withHost =
    ownHosts: name:
    let
      scheme = head (splitScheme name);
      rest = elemAt (splitScheme name) 1;
      found = match "([^/]*)/(.*)" rest;
      first = head found;
      isHost =
        scheme != "" || match ".*[.:].*|localhost" first != null || (ownHosts && match ".*/.*" (elemAt found 1) != null);
    in
    if found == null then
      (if scheme == "" then { repository = name; } else { registry = name; repository = ""; })
    else if isHost then
      {
        registry = scheme + first;
        repository = elemAt found 1;
      }
    else
      { repository = name; };

  fromText =
    ownHosts: text:
    let
      found = withTag text;
    in
    withHost ownHosts found.name // intersectAttrs { reference = null; } found;

  # With its scheme: https, or http on this machine, unless the spec says otherwise.
  addressOf =
    refuse: text:
    let
      scheme = head (splitScheme text);
      host = head (match "((.*[^/])?)/*" (elemAt (splitScheme text) 1));
    in
    if !(isString text) || match authority host == null then
      refuse
    else if scheme != "" then
      scheme + host
    else if match loopback host != null then
      "http://${host}"
    else
      "https://${host}";
in

{
  kind,
  # The attribute that says all in one text.
  attribute,
  # Whether a name of three parts begins with a host, whatever that looks like.
  ownHosts,
  # Where the name says no registry; null where it must.
  defaultRegistry,
  normaliseRepository ? repository: repository,
}:
given:
let
  parts = intersectAttrs {
    registry = null;
    repository = null;
    reference = null;
  } given;
  source =
    if !(given ? ${attribute}) then
      parts // (if parts ? repository then { } else lacking)
    else if parts != { } then
      fail "SPEC_INVALID" {
        message = "`source.${kind}` has `${attribute}`: `registry`, `repository` and `reference` say the same";
      }
    else if !(isString given.${attribute}) then
      fail "SPEC_INVALID" {
        message = "`source.${kind}.${attribute}` is no text";
        found = toJSON given.${attribute};
      }
    else
      fromText ownHosts given.${attribute};
  lacking = fail "SPEC_INVALID" { message = "`source.${kind}` lacks `${attribute}`"; };
  check = sourceChecks kind source;
  registry = source.registry or defaultRegistry;
  named = check.required "repository" "org/name, of A-Z a-z 0-9 . _ -" "${component}(/${component})*";
  repository = normaliseRepository named.repository;
in
if registry == null then
  fail "SPEC_INVALID" {
    message = "`source.${kind}` names no registry";
    wanted = "ghcr.io/org/name:tag";
    found = toJSON (source.repository or null);
    remedies = [ "Begin with the host, such as ghcr.io/org/name, or docker.io/org/name for Docker Hub." ];
  }
else if stringLength repository > 255 then
  check.refuse "repository" "at most 255 characters"
else
  {
    registry = addressOf (check.refuse "registry" "a host such as ghcr.io, or its address") registry;
    inherit repository;
  }
  // check.text "reference" "a tag, or sha256: and 64 hexadecimal digits" "${tag}|${digest}"
