// The core for a Nix that has `builtins.wasm` and no plugin: build/nix-wasm.wasm. Each function takes a
// value of the evaluator and answers with one (host.ts); docs/nix-wasm.md is its manual. Every call is
// made in a fresh instance.

export { inspectModel } from './inspect-model';
export { planSpec as parseSpec } from './parse-spec';
export { scanModel } from './scan-model';

/** The interface calls this first. There is nothing to prepare. */
export function nix_wasm_init_v1(): void {}
