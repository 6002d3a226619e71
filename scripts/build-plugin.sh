#!/bin/sh
# Builds the evaluator plugin for the Nix that is installed: build/plugin/nix-ai-models.so, which
# `plugin-files` takes, and beside it <major.minor>/backend.so. Where that cannot be done (another
# Nix, no headers, no compiler) it says why in one line, and the rest of the project works without.
# Arguments are variables and targets for nix/plugin/Makefile, such as CXXFLAGS="-O1 -g" OUT=elsewhere.
set -eu
cd "$(dirname "$0")/.."

skip() {
  echo "plugin: not built: $1" >&2
  exit 0
}

# Where the core is compiled already, for another Nix, its tools are not needed.
[ -e build/plugin/obj/core-unit.o ] && core="" || core="wasm2c gcc"
for command in g++ make $core; do
  command -v "$command" >/dev/null 2>&1 || skip "no $command"
done
mkdir -p build/plugin
# One build at a time, so that two tests that start it do not write over each other.
if [ -z "${PLUGIN_LOCKED:-}" ] && command -v flock >/dev/null 2>&1; then
  PLUGIN_LOCKED=1 exec flock build/plugin/.lock sh scripts/build-plugin.sh "$@"
fi

found=$(sh scripts/nix-headers.sh 2>build/plugin/.why) ||
  skip "$(tail -n 1 build/plugin/.why | sed 's/^nix-headers: //')"
version=${found%% *}
headers=${found#* }
release=$(echo "$version" | cut -d. -f1,2)
# wasm2c's runtime: whole in Debian 13's first folder, beside the program's own share folder elsewhere.
share=$(dirname "$(command -v wasm2c || echo /usr/bin/none)")/../share/wabt
wabt=$(dirname "$(find /usr/src/wasm2c /usr/share/wabt "$share" -name wasm-rt-impl.c 2>/dev/null | head -n 1)")

make --no-print-directory -s -j2 -f nix/plugin/Makefile \
  HEADERS="$headers" RELEASE="$release" NIX_VERSION="$version" WABT="$wabt" "$@" >&2
# The build's own check of what is up to date looks at this file, which make may have found current.
# With variables of the caller's (OUT=…) something else was built.
[ $# -gt 0 ] || touch "build/plugin/$release/backend.so"
