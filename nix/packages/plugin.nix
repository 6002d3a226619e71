# The evaluator plugin for nixpkgs: the loader, which `plugin-files` takes, and beside it a backend for
# each of the given Nix packages. In any other Nix it steps aside with a warning.
{
  lib,
  boehmgc,
  boost,
  libarchive,
  libsodium,
  nix,
  nix-ai-model,
  nlohmann_json,
  nodejs,
  sqlite,
  stdenv,
  wabt,
  zlib,
  nixPackages ? [ nix ],
}:

let
  inherit (lib)
    concatMapStrings
    fileset
    getDev
    versions
    ;

  root = ../..;

  makeBackend = package: ''
    make -f nix/plugin/Makefile -j$NIX_BUILD_CORES backend $makeVariables \
      HEADERS=${getDev package}/include \
      NIX_VERSION=${package.version} \
      RELEASE=${versions.majorMinor package.version} \
      NIX_OBJ=build/obj/${versions.majorMinor package.version}
  '';
in

stdenv.mkDerivation {
  pname = "nix-ai-models-plugin";
  inherit (nix-ai-model) version;

  src = fileset.toSource {
    inherit root;
    fileset = fileset.unions (
      map (name: root + "/${name}") [
        "nix"
        "package.json"
        "scripts"
        "src"
        "wasm"
      ]
    );
  };

  strictDeps = true;
  nativeBuildInputs = [
    nodejs
    wabt
  ];
  # What Nix's own headers include, and zlib for the scanner.
  buildInputs = [
    boehmgc
    boost
    libarchive
    libsodium
    nlohmann_json
    sqlite
    zlib
  ]
  ++ nixPackages;

  # The helper program and nix/ lie two folders above the plugin (nix/plugin/loader.cc).
  buildPhase = ''
    runHook preBuild
    node scripts/build.mjs generated
    makeVariables="OUT=$out/lib/nix-plugins OBJ=build/obj WABT=${wabt}/share/wabt/wasm2c"
    makeVariables+=" CORE_WASM=${nix-ai-model}/lib/nix-ai-model/core.scalar.wasm"
    ${concatMapStrings makeBackend nixPackages}
    make -f nix/plugin/Makefile $makeVariables $out/lib/nix-plugins/nix-ai-models.so
    runHook postBuild
  '';

  installPhase = ''
    runHook preInstall
    mkdir -p $out/bin $out/src/base $out/src/spec
    ln -s ${nix-ai-model}/bin/nix-ai-model $out/bin/nix-ai-model
    cp -r nix $out/nix
    cp src/base/error-codes.json $out/src/base/
    cp src/spec/schema.json $out/src/spec/
    runHook postInstall
  '';

  meta = {
    description = "Nix plugin with builtins.fetchModel, inspectModel and scanModel";
    license = lib.licenses.mit;
    platforms = [
      "x86_64-linux"
      "aarch64-linux"
    ];
  };
}
