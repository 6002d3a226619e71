# The library: one file, one attribute. Plain Nix on builtins only, so that it works in any Nix from
# 2.4 on, without nixpkgs. `toolFor` a system is the builder (nix/tool.nix, nix/packages); it is only looked at
# when a derivation is instantiated.
{ toolFor, defaultSystem }:

let
  lib = {
    inherit toolFor defaultSystem;

    # For users; the only two that the flake exports.
    fetchModel = import ./fetchModel.nix lib;
    importLock = import ./importLock.nix lib;

    # From what was written to checked data.
    normaliseSpec = import ./normaliseSpec.nix lib;
    normaliseSource = import ./normaliseSource.nix lib;
    normaliseSecurity = import ./normaliseSecurity.nix lib;
    normalisePolicy = import ./normalisePolicy.nix lib;
    types = import ./types lib;
    lockRules = import ./lockRules.nix lib;
    sourceChecks = import ./sourceChecks.nix lib;
    addressAttributes = import ./addressAttributes.nix lib;
    addressText = import ./addressText.nix lib;
    gitRevision = import ./gitRevision.nix lib;
    imageName = import ./imageName.nix lib;
    filePatterns = import ./filePatterns.nix lib;
    globRegex = import ./globRegex.nix lib;
    selectFiles = import ./selectFiles.nix lib;
    pinOf = import ./pinOf.nix lib;
    readLock = import ./readLock.nix lib;
    lockEntry = import ./lockEntry.nix lib;
    parseHash = import ./parseHash.nix lib;
    hexDigest = import ./hexDigest.nix lib;
    checkPaths = import ./checkPaths.nix lib;
    checkAttributes = import ./checkAttributes.nix lib;
    oneOf = import ./oneOf.nix lib;
    withoutNulls = import ./withoutNulls.nix lib;
    schema = import ./schema.nix lib;

    # Text for stores and addresses.
    storeName = import ./storeName.nix lib;
    encodeUrl = import ./encodeUrl.nix lib;
    decodeUrl = import ./decodeUrl.nix lib;
    bytes = import ./bytes.nix lib;

    # Derivations.
    buildWithTool = import ./buildWithTool.nix lib;
    fetchFile = import ./fetchFile.nix lib;
    linkFiles = import ./linkFiles.nix lib;
    checkModel = import ./checkModel.nix lib;
    checkedModel = import ./checkedModel.nix lib;
    impureVariables = import ./impureVariables.nix lib;

    # Errors.
    fail = import ./fail.nix lib;
    nearest = import ./nearest.nix lib;
  };
in
lib
