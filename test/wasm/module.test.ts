import { describe, expect, it } from 'vitest';
import { chooseBuild, loadModule } from '../../src/core/module.ts';
import { BUILDS, openCore } from './cores.ts';

describe.each(BUILDS)('the %s build of the core', (build) => {
  it('asks nothing of its host: it has no imports', () => {
    expect(WebAssembly.Module.imports(loadModule(build))).toEqual([]);
  });

  it('gives its arena back after each call, so that its memory does not grow', () => {
    const core = openCore(build);
    const data = new Uint8Array(100_000);
    core.call('sha256', data);
    const before = core.memory.buffer.byteLength;
    for (let i = 0; i < 100; i++) core.call('sha256', data);
    expect(core.memory.buffer.byteLength).toBe(before);
  });

  it('throws a failure as the error that its status stands for, and works on after it', () => {
    const core = openCore(build);
    expect(() => core.call('hashparse', 'no hash')).toThrow(
      expect.objectContaining({ code: 'ENCODING_INVALID' }) as Error,
    );
    expect(core.call('sha256', 'abc')).toHaveLength(32);
  });

  it('names the export that it does not have', () => {
    expect(() => openCore(build).call('nothing')).toThrow('nothing');
  });
});

describe('chooseBuild', () => {
  it('takes the scalar build when NIX_AI_MODELS_WASM asks for it', () => {
    expect(chooseBuild({ NIX_AI_MODELS_WASM: 'scalar' })).toBe('scalar');
  });

  it('takes the SIMD build on a machine that runs it', () => {
    expect(chooseBuild({})).toBe('simd');
  });
});
