// The scalar build (which the evaluator plugin carries) and the SIMD build (which Node prefers) give
// the same bytes for the same call.

import { describe, expect, it } from 'vitest';
import { ModelError } from '../../src/base/errors.ts';
import { type CoreArgument, CoreInstance } from '../../src/core/instance.ts';
import { loadModule } from '../../src/core/module.ts';
import { BAD, GOOD } from '../spec/cases.ts';

const scalar = new CoreInstance(loadModule('scalar'));
const simd = new CoreInstance(loadModule('simd'));

function answer(core: CoreInstance, name: string, values: readonly CoreArgument[]): string {
  try {
    return new TextDecoder().decode(core.call(name, ...values));
  } catch (error) {
    if (error instanceof ModelError) return JSON.stringify(error);
    throw error;
  }
}

const specs = [...GOOD, ...BAD].map(([what, input]) => [what, input] as const);

describe('both builds agree', () => {
  it.each(specs)('on a spec with %s', (_, input) => {
    const values = [JSON.stringify(input), '/nix/store'];
    expect(answer(scalar, 'plan', values)).toBe(answer(simd, 'plan', values));
  });

  it.each<[string, CoreArgument[]]>([
    ['globmatch', ['**/[a-c]{x,y}*', 'q/bynn']],
    ['selectpaths', ['{"include":["*.bin"],"paths":["a.bin","b"]}']],
    ['checkpaths', ['["Ä/x","a\u0308/y"]']],
    ['storename', ['..My Model é!']],
    ['checkname', ['no good']],
    ['narframes', ['[{"path":"a/b","size":9},{"path":"c","target":"/x"}]']],
    ['storepath', ['{"storeDir":"/nix/store","name":"x","hash":"sha256-LCa0a2j/xo/5m0U8HTBBNBNCLXBkg7+g+YpeiGJm564=","method":"flat"}']],
    ['safetensors', [Buffer.from('\x02\0\0\0\0\0\0\0{}', 'latin1'), 10n]],
  ])('on %s', (name, values) => {
    expect(answer(scalar, name, values)).toBe(answer(simd, name, values));
  });

  it('and hold no memory between calls', () => {
    const sizes = [scalar, simd].map((core) => core.memory.buffer.byteLength);
    for (let i = 0; i < 3000; i++) for (const core of [scalar, simd]) answer(core, 'plan', ['{"source":"hf:a/b"}', '/nix/store']);
    expect([scalar, simd].map((core) => core.memory.buffer.byteLength)).toEqual(sizes);
  });
});
