#!/bin/sh
# Everything a fresh Debian 12 with Node.js 20 and npm lacks: system packages, npm packages, the
# build. A second run finds all of it and takes well under a second. Where it may not install
# (no root, no apt) it says in one line what is missing and stops.
set -eu
cd "$(dirname "$0")/.."

# command:package, one for each thing that is asked for by its command.
COMMANDS="nix-build:nix-bin wasm2c:wabt g++:g++ make:make dpkg-source:dpkg-dev curl:curl shellcheck:shellcheck docker-registry:docker-registry skopeo:skopeo"
# Headers that Nix's own headers include; they have no command to ask for.
HEADERS="nlohmann-json3-dev libboost-dev libgc-dev libsodium-dev libsqlite3-dev libarchive-dev"
# A server that tests start without a command of its own: OpenStack Swift speaks S3.
MODULES="python3-swift"

missing=""
for pair in $COMMANDS; do
  command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair##*:}"
done
if command -v dpkg-query >/dev/null 2>&1; then
  for package in $HEADERS $MODULES; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
  done
fi

if [ -n "$missing" ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    # A peer of the fetch bench, which does without it elsewhere.
    command -v aria2c >/dev/null 2>&1 || missing="$missing aria2"
    echo "setup: installing$missing" >&2
    apt-get update -qq >&2
    # shellcheck disable=SC2086 # a list of words on purpose
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >&2
  else
    echo "setup: missing (and not allowed to install):$missing — install them, or use \`nix develop\`" >&2
    exit 1
  fi
fi

# The lock file that node_modules was installed from is kept in it: equal means nothing to do.
if ! cmp -s package-lock.json node_modules/.installed-lock.json; then
  echo "setup: npm ci" >&2
  npm ci --no-audit --no-fund --loglevel=error >&2
  cp package-lock.json node_modules/.installed-lock.json
fi

node scripts/build.mjs
