# The kinds of sources, one file each: adding a file here adds a kind. Every one has
#
#   shortForms         by what a short form begins with: its rest -> the source's attributes
#   normalise          attributes -> checked attributes, without defaults
#   complete           normalised attributes, those of the lock -> every default filled in
#   agrees             { source, locked, revision } -> whether a lock is of this source
#   revisionOf         completed attributes -> the version that they ask for, or null
#   defaultName        normalised attributes -> what to call the model, or null
#   describe           completed attributes -> the short form, for messages and commands
#   fileUrls           { source, revision, path } -> addresses, the preferred one first; left out
#                      where Nix itself cannot fetch a file
#   narrow             { source, path } -> a smaller source that has this file; may be left out
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
