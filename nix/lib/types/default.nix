# The kinds of sources, one file each: adding a file here adds a kind. Every one has
#
#   shortForms         what may stand before the colon in a short form
#   parseShortForm     text -> the source's attributes
#   normalise          attributes -> checked attributes with every default filled in
#   defaultName        normalised attributes -> what to call the model
#   describe           normalised attributes -> the short form, for messages and commands
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
