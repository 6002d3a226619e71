# The kinds of sources, one file each: adding a file here adds a kind. Every one has
#
#   shortForms         what may stand before the colon in a short form
#   parseShortForm     text -> the source's attributes
#   normalise          attributes -> checked attributes, without defaults
#   complete           normalised attributes, those of the lock -> every default filled in
#   agrees             { source, locked, revision } -> whether a lock is of this source
#   defaultName        normalised attributes -> what to call the model, or null
#   describe           completed attributes -> the short form, for messages and commands
#   fileUrls           { source, revision, path } -> addresses, the preferred one first
lib:

let
  inherit (builtins)
    attrNames
    filter
    head
    listToAttrs
    map
    match
    readDir
    ;

  names = filter (name: name != "default") (
    map (file: head (match "(.*)[.]nix" file)) (attrNames (readDir ./.))
  );
in
listToAttrs (
  map (name: {
    inherit name;
    value = import (./. + "/${name}.nix") lib;
  }) names
)
