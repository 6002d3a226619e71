// The module under test, and calls of it as a Nix expression would make them.

import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { callWasm, type CallOptions, NixError } from './host.ts';
import { jsonOf, type NixValue } from './nix-values.ts';

export const NIX_WASM = new WebAssembly.Module(readFileSync(new URL('../../../build/nix-wasm.wasm', import.meta.url)));

/** The result, as `nix eval --json` prints it. */
export function evaluate(name: string, argument: NixValue, options?: CallOptions): unknown {
  return jsonOf(callWasm(NIX_WASM, name, argument, options));
}

/** The text of the error that the evaluation ends with. */
export function errorOf(name: string, argument: NixValue, options?: CallOptions): string {
  try {
    callWasm(NIX_WASM, name, argument, options);
  } catch (error) {
    if (error instanceof NixError) return error.message;
    throw error;
  }
  return expect.fail(`${name} did not fail`);
}
