import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Made, makeModel, makeRepository, type ModelOptions } from '../../scripts/make-model.mjs';

interface Tensor {
  readonly dtype: 'F16' | 'F32';
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

const MIB = 1024 * 1024;
const BYTES_OF = { F16: 2, F32: 4 };

function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), 'nix-ai-models-make-'));
  onTestFinished(() => { rmSync(directory, { recursive: true }); });
  return directory;
}

const make = (options: ModelOptions): Made => makeModel(join(temporary(), 'model'), options);
const read = (made: Made, path: string): Buffer => readFileSync(join(made.directory, path));
const digestOf = (made: Made, path: string): string =>
  createHash('sha256').update(read(made, path)).digest('hex');
const isShard = ({ path }: { path: string }): boolean => path.endsWith('.safetensors');

describe('a made model', () => {
  it('is the same on every machine', () => {
    const made = make({ shards: 2, bytes: MIB });
    const begins = made.files.map(({ path }) => [path, digestOf(made, path).slice(0, 16)]);
    const digests: unknown = Object.fromEntries(begins);
    expect(digests).toEqual({
      'README.md': '262aab04fd18bd2b',
      'config.json': '1d65c3ae25651b7f',
      'model-00001-of-00002.safetensors': 'e14f622cce643d79',
      'model-00002-of-00002.safetensors': 'f18f794977321f04',
      'model.safetensors.index.json': '4aaca2c5f38db4e2',
      'tokenizer.json': '77565b13250226e6',
      'tokenizer_config.json': '433cb27602eb3c9d',
    });
  });

  it('differs in its weights with another seed', () => {
    const [one, two] = [make({ shards: 1, bytes: MIB }), make({ shards: 1, bytes: MIB, seed: 'other' })];
    const path = 'model-00001-of-00001.safetensors';
    expect(one.files).toEqual(two.files);
    expect(digestOf(one, path)).not.toBe(digestOf(two, path));
  });

  it.each([{ shards: 1, bytes: 20_000 }, { shards: 3, bytes: 1_000_001 }, { shards: 4, bytes: 9 * MIB }])(
    'of %j has contiguous tensors that fill its shards, and an index that agrees',
    (options) => {
      const made = make(options);
      const index = JSON.parse(read(made, 'model.safetensors.index.json').toString()) as {
        metadata: { total_size: number };
        weight_map: Record<string, string>;
      };
      const shards = made.files.filter(isShard);
      expect(shards).toHaveLength(options.shards);
      const found: Record<string, string> = {};
      let total = 0;
      for (const { path, size } of shards) {
        const bytes = read(made, path);
        const length = Number(bytes.readBigUInt64LE());
        expect(length % 8).toBe(0);
        const header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Record<string, Tensor>;
        delete header['__metadata__'];
        let offset = 0;
        for (const [name, { dtype, shape, data_offsets: [begin, end] }] of Object.entries(header)) {
          expect(begin).toBe(offset);
          expect(end - begin).toBe(shape.reduce((product, side) => product * side, BYTES_OF[dtype]));
          offset = end;
          found[name] = path;
        }
        expect(8 + length + offset).toBe(size);
        expect(bytes.length).toBe(size);
        total += offset;
      }
      expect(index).toEqual({ metadata: { total_size: total }, weight_map: found });
      expect(total).toBeLessThanOrEqual(options.bytes);
      expect(total).toBeGreaterThan(options.bytes - options.shards * 4096);
    },
  );

  it('holds finite numbers only', () => {
    const made = make({ shards: 1, bytes: MIB });
    const bytes = read(made, 'model-00001-of-00001.safetensors');
    const data = bytes.subarray(8 + Number(bytes.readBigUInt64LE()));
    for (let place = 4096; place < data.length; place += 2) {
      if ((data.readUInt16LE(place) & 0x7c00) === 0x7c00) expect.fail(`not finite at ${place}`);
    }
    for (let place = 0; place < 4096; place += 4) expect(Math.abs(data.readFloatLE(place))).toBeLessThan(2);
  });

  it('that cannot be as small as asked for is refused', () => {
    expect(() => make({ shards: 4, bytes: 1000 })).toThrow(/a shard has at least/);
  });
});

describe('a made repository', () => {
  it('has as many small files as asked for, in folders of a hundred', () => {
    const made = makeRepository(join(temporary(), 'many'), { files: 250 });
    expect(made.files).toHaveLength(250);
    const folders = new Set(made.files.map(({ path }) => path.slice(0, 8)));
    expect([...folders]).toEqual(['data/000', 'data/001', 'data/002']);
    expect(new Set(made.files.map(({ path }) => digestOf(made, path))).size).toBe(250);
    for (const { path, size } of made.files) expect(statSync(join(made.directory, path)).size).toBe(size);
  });
});
