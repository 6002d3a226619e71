# What a lock decides for a kind of source: whether it is of the same model, and what it fills in
# where the spec leaves something open. The rules of wasm/spec/source.ts.
{ ... }:

let
  inherit (builtins)
    all
    elem
    filter
    head
    removeAttrs
    ;
in

{
  # Attributes that say which model it is. All that are in neither list say how to get at it.
  model,
  # Attributes that say which version of it; with `exclusive`, a source has one of them.
  version,
  exclusive ? false,
  defaults ? { },
}:
rec {
  inherit version;

  complete =
    source: locked: defaults // (if exclusive then removeAttrs locked version else locked) // source;

  agrees =
    {
      source,
      locked,
      revision,
    }:
    let
      old = defaults // locked;
      isModel = name: source.${name} or null == locked.${name} or null;
      isVersion =
        name:
        !(source ? ${name})
        || elem source.${name} [
          revision
          (old.${name} or null)
        ];
    in
    all isModel model && all isVersion version;

  # The version that a completed source asks for; null where there is no such thing.
  revisionOf =
    source:
    let
      given = filter (name: source ? ${name}) version;
    in
    if given == [ ] then null else source.${head given};
}
