// safetensors headers beside @huggingface/hub's reader: random good files are read alike, and what
// the other one lets pass is written down. It shows what a header says; it does not ask whether the
// data is there, once and without overlap, because a web page about a model does not need to.

import { parseSafetensorsMetadata } from '@huggingface/hub';
import { describe, expect, it } from 'vitest';
import { ModelError } from '../../src/base/errors.ts';
import { inspectSafetensors } from '../../src/core/safetensors.ts';

type Header = Record<string, unknown> | string;
const FILES = 100;
const DTYPES = [['F32', 4], ['F16', 2], ['BF16', 2], ['I64', 8], ['U8', 1], ['BOOL', 1], ['F8_E4M3', 1]] as const;

function fileOf(header: Header, dataSize: number): Buffer {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.alloc(dataSize)]);
}

/** Their reader over a file in memory, served as a hub would. */
async function theirs(file: Buffer): Promise<Record<string, unknown>> {
  const fetch = (_: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const [, from = '0', to = ''] = /bytes=(\d+)-(\d*)/.exec(new Headers(init?.headers).get('range') ?? '') ?? [];
    const end = to === '' ? file.length : Math.min(Number(to) + 1, file.length);
    const body = new Uint8Array(file.subarray(Number(from), end));
    const headers = { 'content-range': `bytes ${from}-${end - 1}/${file.length}`, etag: '"x"', 'content-length': String(body.length) };
    return Promise.resolve(new Response(body, { status: 206, headers }));
  };
  const parsed = await parseSafetensorsMetadata({ repo: 'a/b', path: 'model.safetensors', fetch });
  if (parsed.sharded) throw new Error('not sharded');
  return parsed.header;
}

function randomHeader(seed: number): { header: Record<string, unknown>; dataSize: number } {
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  let end = 0;
  const tensors = Array.from({ length: random(12) }, (_, i) => {
    const [dtype, size] = DTYPES[random(DTYPES.length)] ?? DTYPES[0];
    const shape = Array.from({ length: random(4) }, () => random(6));
    const from = end;
    end += shape.reduce((product, dimension) => product * dimension, size);
    return [`layer.${i}.é"`, { dtype, shape, data_offsets: [from, end] }] as const;
  });
  return { header: { __metadata__: { format: 'pt' }, ...Object.fromEntries(tensors) }, dataSize: end };
}

const one = { dtype: 'U8', shape: [1], data_offsets: [0, 1] };

describe('the hub\'s reader of safetensors', () => {
  it('finds the same in random good files', async () => {
    for (let seed = 1; seed <= FILES; seed++) {
      const { header, dataSize } = randomHeader(seed);
      const file = fileOf(header, dataSize);
      const { metadata, tensors } = inspectSafetensors(file, file.length);
      const listed = tensors.map(({ name, dtype, shape, offsets }) => {
        return [name, { dtype, shape, data_offsets: offsets }];
      });
      const mine = { __metadata__: metadata, ...(Object.fromEntries(listed) as object) };
      expect(mine).toEqual(await theirs(file));
    }
  });

  it.each<[string, Header, number]>([
    ['an overlap', { a: one, b: one }, 1],
    ['a gap', { a: { ...one, data_offsets: [3, 4] } }, 4],
    ['data that is not there', { a: { ...one, shape: [9], data_offsets: [0, 9] } }, 1],
    ['data that belongs to nothing', { a: one }, 100],
    ['a shape that does not fit its offsets', { a: { ...one, shape: [5] } }, 1],
    ['an unknown dtype', { a: { ...one, dtype: 'X7' } }, 1],
    ['a tensor twice (it keeps the last)', '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', 1],
    ['a dimension with a fraction', '{"a":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}}', 1],
    ['a number in the metadata', { __metadata__: { a: 1 }, a: one }, 1],
  ])('accepts, and this one refuses, %s', async (_, header, dataSize) => {
    const file = fileOf(header, dataSize);
    expect(() => inspectSafetensors(file, file.length)).toThrow(ModelError);
    await expect(theirs(file)).resolves.toBeTypeOf('object');
  });
});
