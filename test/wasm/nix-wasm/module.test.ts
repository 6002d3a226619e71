import { describe, expect, it } from 'vitest';
import { INTERFACE } from './host.ts';
import { NIX_WASM } from './module.ts';

describe('nix-wasm.wasm', () => {
  it('imports functions of the published interface from `env`, and nothing else', () => {
    const imports = WebAssembly.Module.imports(NIX_WASM);
    expect(imports.length).toBeGreaterThan(0);
    const known: readonly string[] = INTERFACE;
    expect(imports.filter(({ module, kind, name }) => module !== 'env' || kind !== 'function' || !known.includes(name)))
      .toEqual([]);
  });

  it('exports its memory, its initialiser and three functions', () => {
    const exports = WebAssembly.Module.exports(NIX_WASM).map(({ name, kind }) => `${kind} ${name}`);
    expect(exports.sort()).toEqual([
      'function inspectModel',
      'function nix_wasm_init_v1',
      'function parseSpec',
      'function scanModel',
      'memory memory',
    ]);
  });
});
