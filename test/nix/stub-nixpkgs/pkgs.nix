system:

let
  inherit (builtins)
    concatStringsSep
    fromJSON
    functionArgs
    intersectAttrs
    listToAttrs
    readFile
    replaceStrings
    ;

  mkDerivation =
    attributes:
    let
      inherit (attributes) meta;
      name = attributes.name or "${attributes.pname}-${attributes.version}";
    in
    derivation (
      removeAttrs attributes [
        "meta"
        "outputHashAlgo"
      ]
      // {
        inherit name system;
        builder = "/bin/sh";
      }
    )
    // (if attributes ? meta then { inherit meta; } else { });

  program = name: mkDerivation { inherit name; };

  # As nixpkgs' callPackage: what `override` gives stands in the place of the file's defaults.
  overridable =
    function: arguments:
    let
      made = function arguments;
      override = more: overridable function (arguments // more);
    in
    if builtins.isAttrs made then made // { inherit override; } else made;

  lib = {
    fileset = {
      unions = paths: paths;
      toSource = { root, fileset }: concatStringsSep " " (map toString fileset);
    };
    importJSON = path: fromJSON (readFile path);
    strings.sanitizeDerivationName = replaceStrings [ "@" "/" ] [ "-" "-" ];
    escapeShellArg = text: "'${text}'";
    concatMapStrings = function: list: concatStringsSep "" (map function list);
    getDev = package: package.dev or package;
    versions.majorMinor = version: concatStringsSep "." (builtins.match "([0-9]+)[.]([0-9]+).*" version);
    fetchers.proxyImpureEnvVars = [ "https_proxy" ];
    makeBinPath = packages: concatStringsSep ":" (map (package: "${package}/bin") packages);
    getExe = package: "${package}/bin/${package.meta.mainProgram or package.name}";
    licenses.mit = "MIT";
  };

  pkgs =
    {
      inherit lib;
      stdenv = {
        inherit mkDerivation;
        hostPlatform = { inherit system; };
      };
      nix = mkDerivation {
        pname = "nix";
        version = "2.31.2";
      };
      stdenvNoCC = {
        inherit mkDerivation;
        buildPlatform = { inherit system; };
      };
      extend = overlay: pkgs // overlay pkgs pkgs;
      nodejs = program "node";
      writeShellScriptBin = name: text: mkDerivation { inherit name text; };
      mkShell = attributes: mkDerivation ({ name = "shell"; } // attributes);
      callPackage =
        file: arguments:
        let
          function = import file;
        in
        overridable function (intersectAttrs (functionArgs function) pkgs // arguments);
    }
    // listToAttrs (
      map
        (name: {
          inherit name;
          value = program name;
        })
        [
          "boehmgc"
          "boost"
          "coreutils"
          "curl"
          "dpkg"
          "findutils"
          "gitMinimal"
          "gnugrep"
          "gnumake"
          "libarchive"
          "libsodium"
          "nlohmann_json"
          "openssh"
          "shellcheck"
          "sqlite"
          "wabt"
          "zlib"
        ]
    );
in
pkgs
