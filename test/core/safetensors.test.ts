// safetensors headers: the rules of the format one by one, and agreement with a reader that this
// project did not write (@huggingface/hub).

import { parseSafetensorsMetadata } from '@huggingface/hub';
import { describe, expect, it } from 'vitest';
import { ModelError } from '../../src/base/errors.ts';
import { inspectSafetensors, safetensorsStartSize } from '../../src/core/safetensors.ts';

type Header = Record<string, unknown> | string | Uint8Array;

/** The start of a file with the given header; numbers may be written into a string exactly. */
function start(header: Header, length?: bigint): Uint8Array {
  const text = typeof header === 'string' || header instanceof Uint8Array ? header : JSON.stringify(header);
  const bytes = Buffer.from(text);
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(length ?? BigInt(bytes.length));
  return Buffer.concat([size, bytes]);
}

function inspect(header: Header, dataSize: number): ReturnType<typeof inspectSafetensors> {
  const bytes = start(header);
  return inspectSafetensors(bytes, bytes.length + dataSize);
}

function refusal(run: () => unknown): ModelError {
  try {
    run();
  } catch (error) {
    if (error instanceof ModelError) return error;
    throw error;
  }
  throw new Error('accepted');
}

const tensor = (dtype: unknown, shape: unknown, from: unknown, to: unknown): Record<string, unknown> => ({
  dtype, shape, data_offsets: [from, to],
});
const GOOD = { a: tensor('F32', [2, 3], 0, 24), b: tensor('I64', [1], 24, 32), __metadata__: { format: 'pt' } };

describe('a good safetensors file', () => {
  it('is described', () => {
    const bytes = start(GOOD);
    expect(safetensorsStartSize(bytes, bytes.length + 32)).toBe(bytes.length);
    expect(inspectSafetensors(bytes, bytes.length + 32)).toEqual({
      format: 'safetensors',
      headerSize: bytes.length - 8,
      dataSize: 32,
      parameters: 7,
      metadata: { format: 'pt' },
      tensors: [
        { name: 'a', dtype: 'F32', shape: [2, 3], offsets: [0, 24] },
        { name: 'b', dtype: 'I64', shape: [1], offsets: [24, 32] },
      ],
    });
  });

  it('lists its tensors in the order of the data, not of the header', () => {
    const found = inspect({ z: tensor('U8', [4], 0, 4), a: tensor('U8', [4], 4, 8), e: tensor('U8', [0], 4, 4) }, 8);
    expect(found.tensors.map(({ name }) => name)).toEqual(['z', 'e', 'a']);
  });

  it.each([
    ['no tensors', {}, 0],
    ['no metadata', { a: tensor('U8', [1], 0, 1) }, 1],
    ['null metadata', { __metadata__: null, a: tensor('U8', [1], 0, 1) }, 1],
    ['white space around the header', '\n {"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}} \t', 1],
    ['a scalar', { a: tensor('F64', [], 0, 8) }, 8],
    ['a dimension of zero', { a: tensor('F32', [0, 5], 0, 0), b: tensor('F32', [3, 0], 0, 0) }, 0],
    ['unknown attributes of a tensor', { a: { ...tensor('U8', [1], 0, 1), extra: { x: [1, null, true, 'é'] } } }, 1],
    ['a name with escapes', '{"a\\u00e9\\"":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', 1],
    ['half a byte twice', { a: tensor('F4', [2], 0, 1) }, 1],
    ['four times six bits', { a: tensor('F6_E2M3', [4], 0, 3) }, 3],
  ])('may have %s', (_, header, dataSize) => {
    expect(() => inspect(header, dataSize)).not.toThrow();
  });

  it.each([
    ['BOOL', 1], ['U8', 1], ['I8', 1], ['F8_E5M2', 1], ['F8_E4M3', 1], ['F8_E8M0', 1], ['F8_E4M3FNUZ', 1],
    ['F8_E5M2FNUZ', 1], ['I16', 2], ['U16', 2], ['F16', 2], ['BF16', 2], ['I32', 4], ['U32', 4], ['F32', 4],
    ['C64', 8], ['F64', 8], ['I64', 8], ['U64', 8],
  ])('may have elements of type %s, %i bytes each', (dtype, bytes) => {
    expect(inspect({ a: tensor(dtype, [3], 0, 3 * bytes) }, 3 * bytes).parameters).toBe(3);
    expect(refusal(() => inspect({ a: tensor(dtype, [3], 0, 3 * bytes + 1) }, 3 * bytes + 1)).code).toBe('FORMAT_INVALID');
  });

  it('may be larger than 32 bits can count', () => {
    const size = 6_000_000_000;
    const bytes = start({ a: tensor('U8', [2, size / 2], 0, size) });
    expect(inspectSafetensors(bytes, bytes.length + size).parameters).toBe(size);
  });
});

describe('a safetensors file is refused', () => {
  it.each([
    ['for a length past the end of the file', start(GOOD, 1000n), 40],
    ['that is shorter than eight bytes', Buffer.alloc(7), 7],
    ['that is empty', Buffer.alloc(0), 0],
  ])('%s', (_, bytes, size) => {
    expect(refusal(() => safetensorsStartSize(bytes, size)).code).toBe('FORMAT_INVALID');
    expect(refusal(() => inspectSafetensors(bytes, size)).code).toBe('FORMAT_INVALID');
  });

  it('for a header over the limit, at the limit not', () => {
    expect(refusal(() => safetensorsStartSize(start('', 100_000_001n), 2e9)).code).toBe('FORMAT_LIMIT');
    expect(refusal(() => safetensorsStartSize(start('', 0xffffffffffffffffn), 2e9)).code).toBe('FORMAT_LIMIT');
    expect(safetensorsStartSize(start('', 100_000_000n), 2e9)).toBe(100_000_008);
  });

  it('for a shape of thousands of dimensions', () => {
    const wide = (count: number) => (): unknown => inspect({ a: tensor('U8', Array(count).fill(1), 0, 1) }, 1);
    expect(wide(1024)).not.toThrow();
    expect(refusal(wide(1025)).code).toBe('FORMAT_LIMIT');
  });

  it('where its header was not handed over whole', () => {
    expect(refusal(() => inspectSafetensors(start(GOOD).subarray(0, 20), 500)).message).toContain('not read');
  });

  const one = (fields: string): string => `{"a":{${fields}}}`;
  const valid = '"dtype":"U8","shape":[1],"data_offsets":[0,1]';
  it.each<[string, Header, number]>([
    ['an empty header', '', 0],
    ['a header that is no object', '[]', 0],
    ['a header that is no JSON', '{"a":', 0],
    ['a header that is not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 0],
    ['zeros behind the header', '{}\0\0', 0],
    ['a byte order mark', '\ufeff{}', 0],
    ['a second value', '{}{}', 0],
    ['nesting beyond 127 levels', one(`${valid},"x":${'['.repeat(127)}${']'.repeat(127)}`), 1],
    ['metadata twice', '{"__metadata__":{},"__metadata__":{}}', 0],
    ['a number in its metadata', { __metadata__: { a: 1 } }, 0],
    ['an object in its metadata', { __metadata__: { a: {} } }, 0],
    ['a list as metadata', { __metadata__: [] }, 0],
    ['a metadata key twice', '{"__metadata__":{"a":"1","a":"2"}}', 0],
    ['a tensor that is no object', { a: 1 }, 0],
    ['a tensor that is null', { a: null }, 0],
    ['a tensor twice', '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}', 2],
    ['dtype twice', one(`${valid},"dtype":"U8"`), 1],
    ['shape twice', one(`${valid},"shape":[1]`), 1],
    ['data_offsets twice', one(`${valid},"data_offsets":[0,1]`), 1],
    ['no dtype', one('"shape":[1],"data_offsets":[0,1]'), 1],
    ['no shape', one('"dtype":"U8","data_offsets":[0,1]'), 1],
    ['no data_offsets', one('"dtype":"U8","shape":[1]'), 1],
    ['dtype null', one('"dtype":null,"shape":[1],"data_offsets":[0,1]'), 1],
    ['an unknown dtype', { a: tensor('F33', [1], 0, 1) }, 1],
    ['a dtype in lower case', { a: tensor('u8', [1], 0, 1) }, 1],
    ['a negative dimension', { a: tensor('U8', [-1], 0, 1) }, 1],
    ['a dimension with a fraction', one('"dtype":"U8","shape":[1.0],"data_offsets":[0,1]'), 1],
    ['a dimension as text', { a: tensor('U8', ['1'], 0, 1) }, 1],
    ['a dimension of 2^64', one('"dtype":"U8","shape":[18446744073709551616],"data_offsets":[0,1]'), 1],
    ['one offset', one('"dtype":"U8","shape":[1],"data_offsets":[0]'), 1],
    ['three offsets', one('"dtype":"U8","shape":[1],"data_offsets":[0,1,2]'), 1],
    ['an offset with an exponent', one('"dtype":"U8","shape":[1],"data_offsets":[0,1e0]'), 1],
    ['offsets that run backwards', { a: tensor('U8', [1], 1, 0) }, 1],
    ['a gap before the first tensor', { a: tensor('U8', [1], 1, 2) }, 2],
    ['a gap between two', { a: tensor('U8', [1], 0, 1), b: tensor('U8', [1], 2, 3) }, 3],
    ['an overlap', { a: tensor('U8', [2], 0, 2), b: tensor('U8', [2], 1, 3) }, 3],
    ['two tensors on the same bytes', { a: tensor('U8', [2], 0, 2), b: tensor('U8', [2], 0, 2) }, 2],
    ['a shape whose product wraps to a small number', one('"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]'), 0],
    ['a product that overflows before a zero', one('"dtype":"U8","shape":[4294967296,4294967296,0],"data_offsets":[0,0]'), 0],
    ['a size in bits that overflows', one('"dtype":"F64","shape":[2305843009213693952],"data_offsets":[0,0]'), 0],
    ['offsets beyond 2^53 that doubles would confuse', one('"dtype":"U8","shape":[0],"data_offsets":[9007199254740993,9007199254740992]'), 0],
    ['a part of a byte', { a: tensor('F4', [3], 0, 2) }, 2],
    ['more bytes than its tensors', { a: tensor('U8', [1], 0, 1) }, 2],
    ['fewer bytes than its tensors', { a: tensor('U8', [2], 0, 2) }, 1],
    ['bytes without tensors', {}, 1],
  ])('for %s', (_, header, dataSize) => {
    const error = refusal(() => inspect(header, dataSize));
    expect(error.code).toBe('FORMAT_INVALID');
    expect(error.message).toMatch(/safetensors|JSON/);
  });

  it('with both sizes in the message', () => {
    const error = refusal(() => inspect({ weight: tensor('F32', [2], 0, 9) }, 9));
    expect(error).toMatchObject({ message: expect.stringContaining('"weight"') as string, wanted: '8 bytes', found: '0 to 9' });
  });
});

describe('the hub\'s own reader', () => {
  it('finds the same tensors and the same number of parameters', async () => {
    const header = Object.fromEntries(
      Array.from({ length: 50 }, (_, i) => [`layer.${i}.weight`, tensor('BF16', [i + 1, 8], i * (i + 1) * 8, (i + 1) * (i + 2) * 8)]),
    );
    const dataSize = 50 * 51 * 8;
    const bytes = start({ __metadata__: { format: 'pt' }, ...header });
    const file = Buffer.concat([bytes, Buffer.alloc(dataSize)]);
    const fetch = (_: string | URL | Request, init?: RequestInit): Promise<Response> => {
      const [, from = '0', to = ''] = /bytes=(\d+)-(\d*)/.exec(new Headers(init?.headers).get('range') ?? '') ?? [];
      const end = to === '' ? file.length : Math.min(Number(to) + 1, file.length);
      const body = file.subarray(Number(from), end);
      const headers = { 'content-range': `bytes ${from}-${end - 1}/${file.length}`, etag: '"x"', 'content-length': String(body.length) };
      return Promise.resolve(new Response(body, { status: 206, headers }));
    };
    const theirs = await parseSafetensorsMetadata({ repo: 'a/b', path: 'model.safetensors', computeParametersCount: true, fetch });
    if (theirs.sharded) throw new Error('not sharded');
    const ours = inspectSafetensors(bytes, file.length);
    expect(ours.parameters).toBe(theirs.parameterTotal ?? theirs.parameterCount.BF16);
    const listed = Object.fromEntries(
      ours.tensors.map(({ name, dtype, shape, offsets }) => [name, { dtype, shape, data_offsets: offsets }]),
    );
    expect({ __metadata__: ours.metadata, ...listed }).toEqual(theirs.header);
  });
});
