# The packages of package-lock.json that `names` need at run time, each { name, version, integrity }.
# Plain Nix. A build of the program needs half a dozen of the hundreds that development needs.
{ packageLock, names }:

let
  inherit (builtins)
    attrNames
    genericClosure
    map
    ;

  entry =
    name:
    packageLock.packages."node_modules/${name}"
      or (throw "package-lock.json has no package ${name} at its top level");

  node = name: {
    key = name;
    inherit name;
    inherit (entry name) version integrity;
  };
in
map
  (item: {
    inherit (item) name version integrity;
  })
  (genericClosure {
    startSet = map node names;
    operator = item: map node (attrNames ((entry item.name).dependencies or { }));
  })
