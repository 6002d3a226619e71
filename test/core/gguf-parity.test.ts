// GGUF beside a reader that this project did not write (@huggingface/gguf): random good files are
// read alike. Where the two disagree, the reasons are written down as tests. And damaged files:
// whatever comes in, the core answers or refuses.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GGMLQuantizationType, gguf } from '@huggingface/gguf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ModelError } from '../../src/base/errors.ts';
import { inspectGguf } from '../../src/core/gguf.ts';
import { CoreInstance } from '../../src/core/instance.ts';
import { loadModule } from '../../src/core/module.ts';
import { type GgufDescription, ggufFile, type TensorRow, type Value, type ValueType } from './gguf-file.ts';

const FILES = 150;
const MUTATIONS = 30_000;
/** Bytes; each input has a few hundred. */
const MAX_MEMORY = 4 * 1024 * 1024;

type Random = (below: number) => number;

function generator(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Type number, elements and bytes of a block: some of each kind. */
const BLOCKS = [
  [0, 1, 4], [1, 1, 2], [2, 32, 18], [8, 32, 34], [12, 256, 144],
  [16, 256, 66], [24, 1, 1], [30, 1, 2], [39, 32, 17], [40, 64, 36],
] as const;
const SCALARS = [
  'u8', 'i8', 'u16', 'i16', 'u32', 'i32', 'f32', 'u64', 'i64', 'f64', 'bool', 'string',
] as const satisfies readonly ValueType[];

function scalar(type: (typeof SCALARS)[number], random: Random): number | string | boolean {
  if (type === 'string') return 'text é'.repeat(random(4));
  if (type === 'bool') return random(2) === 1;
  if (type.startsWith('f')) return Math.fround(random(2 ** 31) / 1024);
  return type.startsWith('i') ? random(256) - 128 : random(256);
}

function randomFile(random: Random): GgufDescription {
  const metadata = Array.from({ length: random(8) }, (_, i): [string, Value] => {
    const type = SCALARS[random(SCALARS.length)] ?? 'u8';
    const value: Value = random(3) > 0
      ? { type, value: scalar(type, random) }
      : { of: type, values: Array.from({ length: random(5) }, () => scalar(type, random)) };
    return [`key.${i}.${type}`, value];
  });
  const tensors = Array.from({ length: random(6) }, (_, i): TensorRow => {
    const [type, elements, bytes] = BLOCKS[random(BLOCKS.length)] ?? BLOCKS[0];
    const blocks = 1 + random(3);
    const rows = Array.from({ length: random(3) }, () => 1 + random(4));
    return {
      name: `tensor.${i}`, type, shape: [blocks * elements, ...rows],
      bytes: rows.reduce((product, size) => product * size, blocks) * bytes,
    };
  });
  return { version: 2 + random(2), metadata: [['general.architecture', { type: 'string', value: 'llama' }], ...metadata], tensors };
}

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'gguf-'))));
afterAll(() => { rmSync(folder, { recursive: true }); });

async function theirs(file: Buffer): ReturnType<typeof gguf> {
  const path = join(folder, 'model.gguf');
  writeFileSync(path, file);
  return await gguf(path, { allowLocalFile: true });
}

/** They give every 64-bit integer as a bigint. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  return typeof value === 'bigint' ? Number(value) : value;
}

/** And an f32 as a double, with digits that it never had: 210769.296875 for 210769.3. */
function single(key: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => single(key, one));
  return key.endsWith('.f32') && typeof value === 'number' ? Math.fround(value) : value;
}

const mapValues = (record: object, change: (key: string, value: unknown) => unknown): object =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(key, value)]));

describe('another reader of GGUF', () => {
  it('finds the same in random good files', async () => {
    const random = generator(7);
    for (let i = 0; i < FILES; i++) {
      const file = ggufFile(randomFile(random));
      const mine = inspectGguf(file, file.length);
      const { metadata, tensorInfos, tensorDataOffset } = await theirs(file);
      const { version, tensor_count, kv_count, ...entries } = metadata as Record<string, unknown>;
      expect([mine.version, mine.tensors.length, Object.keys(mine.metadata).length]).toEqual(
        [version, tensor_count, kv_count].map(plain),
      );
      expect(mapValues(mine.metadata, single)).toEqual(mapValues(entries, (_, value) => plain(value)));
      expect(mine.dataStart).toBe(plain(tensorDataOffset));
      expect(mine.tensors.map(({ name, shape, dtype, offset }) => [name, shape, dtype, offset])).toEqual(
        tensorInfos.map(({ name, shape, dtype, offset }) => {
          return [name, shape.map(Number), GGMLQuantizationType[dtype], Number(offset)];
        }),
      );
    }
  });

  // It shows what a file says; whether the file is sound is a question that it mostly does not ask.
  const one: TensorRow = { name: 't', type: 0, shape: [8], bytes: 32 };
  it.each<[string, GgufDescription]>([
    ['version 1 (it reads 32-bit counts, ggml no longer does)', { version: 1 }],
    ['a key twice (it keeps the last)', { metadata: [['k', { type: 'u8', value: 1 }], ['k', { type: 'u8', value: 2 }]] }],
    ['a tensor twice', { tensors: [one, one] }],
    ['an overlap', { tensors: [one, { ...one, name: 'u', offset: 0n }] }],
    ['a truth value of 2', { metadata: [['k', { type: 'bool', value: 2 }]] }],
    ['a key that is not ASCII', { metadata: [['é', { type: 'u8', value: 2 }]] }],
    ['six dimensions', { tensors: [{ ...one, shape: [1, 1, 1, 1, 1, 8] }] }],
    ['a name of 64 bytes', { tensors: [{ ...one, name: 'n'.repeat(64) }] }],
    ['missing data (as long as a file of eight times the bits could hold it)', { tensors: [one], cut: 20 }],
    ['scores of another length than the vocabulary', { metadata: [
      ['tokenizer.ggml.tokens', { of: 'string', values: ['a'] }], ['tokenizer.ggml.scores', { of: 'f32', values: [] }],
    ] }],
  ])('accepts, and this one refuses, %s', async (_, description) => {
    const file = ggufFile(description);
    expect(() => inspectGguf(file, file.length)).toThrow(ModelError);
    // Version 1 is laid out differently: what it finds there is another matter.
    if (description.version !== 1) await expect(theirs(file)).resolves.toHaveProperty('metadata');
  });
});

describe('damaged GGUF files', () => {
  const seeds = [
    { metadata: [['general.alignment', { type: 'u32', value: 64 }]], alignment: 64, tensors: [{ name: 'a', type: 12, shape: [256, 2], bytes: 288 }] },
    { metadata: [['tokenizer.ggml.tokens', { of: 'string', values: ['a', 'b', ''] }], ['tokenizer.ggml.scores', { of: 'f32', values: [0, 1, NaN] }]] },
    { metadata: [['k', { type: 'f64', value: 1e-300 }], ['long', { of: 'u16', values: Array<number>(300).fill(9) }]], tensors: [
      { name: 'a', type: 0, shape: [3, 5], bytes: 60 }, { name: 'b', type: 2, shape: [32], bytes: 18 },
    ] },
  ] satisfies GgufDescription[];

  const utf8 = new TextDecoder('utf-8', { fatal: true });

  it('are answered or refused, in bounded memory', () => {
    const files = seeds.map((seed) => ggufFile(seed));
    const core = new CoreInstance(loadModule('scalar'));
    const random = generator(11);
    let refused = 0;
    for (let i = 0; i < MUTATIONS; i++) {
      const input = damage(files[i % files.length] ?? Buffer.alloc(0), random);
      // The size that the host tells may be larger than what is at hand: most of a file is not read.
      const size = BigInt(input.length) + (random(3) === 0 ? 2n ** BigInt(random(50)) : 0n);
      try {
        const wanted = new DataView(core.call('ggufsize', input, size).buffer).getBigUint64(0, true);
        if (wanted <= BigInt(input.length)) JSON.parse(utf8.decode(core.call('gguf', input, size)));
        else expect(wanted).toBeLessThanOrEqual(size);
      } catch (error) {
        if (!(error instanceof ModelError) || !error.code.startsWith('FORMAT_')) {
          throw new Error(`on ${input.toString('hex')}`, { cause: error });
        }
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(MUTATIONS / 4);
    expect(core.memory.buffer.byteLength).toBeLessThanOrEqual(MAX_MEMORY);
  });

  it('of hostile counts cost neither time nor memory', () => {
    const core = new CoreInstance(loadModule('scalar'));
    const many = ggufFile({ metadata: [['k', { of: 'string', values: Array<string>(1_000_000).fill('') }]] });
    core.call('gguf', many, BigInt(many.length));
    const rows = Array.from({ length: 65_000 }, (_, i) => [`k${i % 64_000}`, { type: 'u8', value: 1 }] as const);
    const entries = ggufFile({ metadata: rows });
    expect(() => core.call('gguf', entries, BigInt(entries.length))).toThrow(/there twice/);
    expect(core.memory.buffer.byteLength).toBeLessThanOrEqual(many.length + 16 * MAX_MEMORY);
  });
});

const POWERS = [31n, 32n, 61n, 63n, 64n].map((power) => 2n ** power);
const SPECIAL = [0n, 1n, ...POWERS.slice(0, -1), ...POWERS.map((power) => power - 1n), 2n ** 64n - 32n];

/** Some bytes, or a number at some place, are others; sometimes a piece is cut out or doubled. */
function damage(file: Buffer, random: Random): Buffer {
  let bytes = Buffer.from(file);
  for (let i = random(4); i >= 0 && bytes.length > 8; i--) {
    const at = random(bytes.length - 8);
    const kind = random(5);
    if (kind < 2) bytes.writeUInt8(random(256), at);
    else if (kind === 2) bytes.writeBigUInt64LE(SPECIAL[random(SPECIAL.length)] ?? 0n, at);
    else if (kind === 3) bytes.writeUInt32LE(random(64), at);
    else bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at + random(9) - 4))]);
  }
  return bytes;
}
