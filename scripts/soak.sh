#!/bin/sh
# `npm run soak`: at least a million damaged inputs for each parser, in some hours; `npm run soak 20000` for a look.
# A list of commands, one for each kind of parser: a new one is a line at the end.
set -eu
cd "$(dirname "$0")/.."

NIX_AI_MODELS_SOAK="${1:-1000000}"
export NIX_AI_MODELS_SOAK
fuzz() { node_modules/.bin/vitest run --disable-console-intercept --reporter=verbose "$@"; }

fuzz test/scan/fuzz.test.ts                     # scan: every format that has cases
fuzz test/core/scan-source.test.ts -t damaged   # scan: what unpacks
fuzz test/scan/keras.test.ts -t damaged         # scan: Keras, from larger files
fuzz test/core/inspect-fuzz.test.ts             # inspect: checkpoints, arrays, graphs
fuzz test/wasm/fuzz.test.ts -t damaged          # inspect: headers; specs, locks, names, patterns
# Slow under sanitizers: an hour of it at most.
NIX_AI_MODELS_SOAK=$((NIX_AI_MODELS_SOAK < 20000 ? NIX_AI_MODELS_SOAK : 20000))
fuzz test/plugin/sanitizers.test.ts             # what reads files in the evaluator, under AddressSanitizer
