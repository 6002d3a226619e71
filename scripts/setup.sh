#!/bin/sh
# Everything a fresh Debian 12 with Node.js 20 and npm lacks: system packages, npm packages, the
# build. A second run finds all of it and takes well under a second. Where it may not install
# (no root, no apt) it says in one line what is missing and stops.
set -eu
cd "$(dirname "$0")/.."

# command:package, one for each thing that is asked for by its command.
NEEDED="nix-build:nix-bin wasm2c:wabt g++:g++ make:make dpkg-source:dpkg-dev"
# Headers that Nix's own headers include, and zlib's for the scanner; they have no command to ask for.
HEADERS="nlohmann-json3-dev libboost-dev libgc-dev libsodium-dev libsqlite3-dev libarchive-dev zlib1g-dev"
# Clients and servers of the tests and benches, which skip by name what is not there.
TOOLS="curl:curl git:git git-lfs:git-lfs openssl:openssl shellcheck:shellcheck strace:strace aria2c:aria2 docker-registry:docker-registry skopeo:skopeo"
# Without a command of their own: OpenStack Swift speaks S3; h5py writes what Keras does, onnx its models;
# joblib and LZ4 write files for the scanner.
# (scikit-learn takes 240 MB and torch 610 MB: tests use them where they are.)
MODULES="python3-swift python3-h5py python3-joblib python3-numpy python3-lz4 python3-onnx"

absent_commands() {
  for pair in "$@"; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || printf ' %s' "${pair##*:}"
  done
}

absent_packages() {
  command -v dpkg-query >/dev/null 2>&1 || return 0
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || printf ' %s' "$package"
  done
}

# shellcheck disable=SC2086 # lists of words on purpose
needed=$(absent_commands $NEEDED; absent_packages $HEADERS)
# shellcheck disable=SC2086
tools=$(absent_commands $TOOLS; absent_packages $MODULES)
# As root without a daemon Nix builds as these users; Debian's package for systemd makes them.
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && ! getent group nixbld >/dev/null; then
  needed="$needed nix-setup-systemd"
fi

if [ -n "$needed$tools" ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "setup: installing$needed$tools" >&2
    apt-get update -qq >&2
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $needed $tools >&2
  elif [ -n "$needed" ]; then
    echo "setup: missing (and not allowed to install):$needed — install them, or use \`nix develop\`" >&2
    exit 1
  else
    echo "setup: without$tools some tests will be skipped" >&2
  fi
fi

# The lock file that node_modules was installed from is kept in it: equal means nothing to do.
if ! cmp -s package-lock.json node_modules/.installed-lock.json; then
  echo "setup: npm ci" >&2
  npm ci --no-audit --no-fund --loglevel=error >&2
  cp package-lock.json node_modules/.installed-lock.json
fi

node scripts/build.mjs
