#!/bin/sh
# Types, lint rules, shell scripts, and what must never be committed.
set -eu
cd "$(dirname "$0")/.."

node_modules/.bin/tsc
node_modules/.bin/eslint .
git ls-files '*.sh' .ci/run | xargs shellcheck
# Nix has no formatter in Debian: at least every file must parse.
git ls-files '*.nix' | xargs -r -n 1 nix-instantiate --parse >/dev/null
if git ls-files | grep -E '\.(wasm|so|o|safetensors|gguf|bin|pt)$'; then
  echo "lint: the files above are build products or weights and must not be committed" >&2
  exit 1
fi
