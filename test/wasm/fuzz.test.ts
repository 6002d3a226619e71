// Thousands of damaged specs, locks, headers and patterns: whatever comes in, the core answers or
// refuses; it never stops (a trap would be INTERNAL) and never takes memory without bound.

import { describe, expect, it } from 'vitest';
import { ModelError } from '../../src/base/errors.ts';
import { CoreInstance } from '../../src/core/instance.ts';
import { loadModule } from '../../src/core/module.ts';
import { GOOD, lockEntry, lockFile } from '../spec/cases.ts';
import { SOAK_TIMEOUT_MS, soakRounds, tellSoak } from '../soak.ts';
import { GOOD_SOURCES } from '../spec/source-cases.ts';

const ROUNDS = soakRounds(4000);
/** Bytes; each input is a few hundred. */
const MAX_MEMORY = 4 * 1024 * 1024;

const REFUSALS = /^(SPEC_|LOCK_|ENCODING_|NAME_|NO_FILES|FORMAT_|HOSTILE_)/;
const TOKENS = [
  '{', '}', '[', ']', ',', ':', '"', '\\', '-', '*', '/', '\0', '\xff', '\\u', '\\ud800', 'null', '0', '1e9', '18446744073709551616', '..',
];

function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A few bytes changed, cut, doubled or replaced by something that parsers trip over. */
function damage(bytes: Buffer, random: (below: number) => number): Buffer {
  let result = bytes;
  for (let i = random(4); i >= 0; i--) {
    const at = random(result.length + 1);
    const end = Math.min(result.length, at + random(12));
    const token = Buffer.from(TOKENS[random(TOKENS.length)] ?? '', 'latin1');
    const byte = Buffer.from([random(256)]);
    const middle = [byte, token, Buffer.alloc(0), result.subarray(at, end), Buffer.concat([token, token])];
    const rest = result.subarray(random(2) === 0 ? at : end);
    result = Buffer.concat([result.subarray(0, at), middle[random(middle.length)] ?? token, rest]);
  }
  return result;
}

type Run = (core: CoreInstance, input: Buffer) => void;

function fuzz(name: string, seeds: readonly Buffer[], run: Run): void {
  const core = new CoreInstance(loadModule('scalar'));
  const random = generator(seeds.length * 7919 + name.length);
  let refused = 0;
  const since = performance.now();
  for (let i = 0; i < ROUNDS; i++) {
    const input = damage(seeds[i % seeds.length] ?? Buffer.alloc(0), random);
    try {
      run(core, input);
    } catch (error) {
      if (!(error instanceof ModelError) || !REFUSALS.test(error.code)) {
        throw new Error(`${name} on ${JSON.stringify(input.toString('latin1'))}`, { cause: error });
      }
      refused++;
    }
  }
  tellSoak(name, ROUNDS, since);
  expect(refused).toBeGreaterThan(ROUNDS / 20);
  expect(core.memory.buffer.byteLength).toBeLessThanOrEqual(MAX_MEMORY);
}

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const text = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes);
const tensors = {
  a: { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] },
  b: { dtype: 'I64', shape: [1], data_offsets: [24, 32] },
  __metadata__: { format: 'pt' },
};

describe('damaged input never stops the core', { timeout: SOAK_TIMEOUT_MS }, () => {
  it('as a spec', () => {
    const seeds = [...GOOD.map(([, input]) => json(input)), json({ lock: lockFile, name: 'name' })];
    fuzz('plan', seeds, (core, input) => {
      const plan: unknown = JSON.parse(text(core.call('plan', input, '/nix/store')));
      expect(plan).toHaveProperty('spec');
    });
  });

  it('as a source of any kind, beside a lock of it', () => {
    const seeds = GOOD_SOURCES.map(([source, , locked], index) =>
      json(index % 2 === 0 ? { source } : { source, lock: { ...lockEntry, source: locked } }),
    );
    fuzz('sources', seeds, (core, input) => {
      const { spec } = JSON.parse(text(core.call('plan', input, '/nix/store'))) as { spec: object };
      expect(JSON.parse(text(core.call('parsespec', JSON.stringify(spec))))).toEqual(spec);
    });
  });

  it('as a safetensors header', () => {
    const header = json(tensors);
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(header.length));
    fuzz('safetensors', [Buffer.concat([size, header])], (core, input) => {
      JSON.parse(text(core.call('safetensors', input, BigInt(input.length + 32))));
    });
  });

  it('as a safetensors header whose length is right', () => {
    fuzz('safetensors', [json(tensors)], (core, input) => {
      const size = Buffer.alloc(8);
      size.writeBigUInt64LE(BigInt(input.length));
      core.call('safetensors', Buffer.concat([size, input]), BigInt(input.length + 40));
    });
  });

  it('as a file pattern', () => {
    const seeds = ['*.{json,safetensors}', 'a/**/[!b-d]?/{x,{y,z}/}*', '**/*'].map((pattern) => Buffer.from(pattern));
    fuzz('globmatch', seeds, (core, input) => {
      core.call('globmatch', input, 'a/b/c/model-00001.safetensors');
      core.call('globmatch', '**/{a,[!x]*}/**', input);
    });
  });

  it('as file names', () => {
    fuzz('checkpaths', [json(['a/b', 'A/é', 'x/y/z.bin', 'com1', '한글'])], (core, input) => {
      core.call('checkpaths', input);
    });
  });

  it('as the entries of a tree', () => {
    const entries = [{ path: 'a/b', size: 3 }, { path: 'a/c', target: '/nix/store/x' }, { path: 'd', directory: true }];
    fuzz('narframes', [json(entries)], (core, input) => {
      core.call('narframes', input);
    });
  });

  it('as a request for a store path', () => {
    const request = { storeDir: '/nix/store', name: 'x', hash: 'a'.repeat(64), method: 'flat', references: [] };
    fuzz('storepath', [json(request)], (core, input) => {
      core.call('storepath', input);
    });
  });

  it('as names', () => {
    fuzz('checkname', [Buffer.from('a-good.name_1')], (core, input) => {
      core.call('checkname', core.call('storename', input));
      core.call('checkname', input);
    });
  });
});

describe('large input', () => {
  it('of a hundred thousand brackets is refused without a deep call', () => {
    const core = new CoreInstance(loadModule('scalar'));
    expect(() => core.call('parsespec', '['.repeat(100_000))).toThrow(/127 levels/);
    expect(() => core.call('checkpaths', '{"a":'.repeat(100_000))).toThrow(/127 levels/);
  });

  it('of millions of values is refused before memory runs out', () => {
    const core = new CoreInstance(loadModule('scalar'));
    expect(() => core.call('parsespec', `[${'0,'.repeat(4_100_000)}0]`)).toThrow(
      expect.objectContaining({ code: 'FORMAT_LIMIT' }),
    );
  });

  it('of hostile keys takes no quadratic time', () => {
    const core = new CoreInstance(loadModule('scalar'));
    const keys = Array.from({ length: 200_000 }, (_, i) => `"${'k'.repeat(20)}${i}":1`).join(',');
    expect(() => core.call('parsespec', `{${keys}}`)).toThrow(/Unknown attribute/);
  });
});
