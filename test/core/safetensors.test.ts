// safetensors headers: the rules of the format one by one, and agreement with a reader that this
// project did not write (@huggingface/hub).

import { parseSafetensorsMetadata } from '@huggingface/hub';
import { describe, expect, it } from 'vitest';
import { ModelError } from '../../src/base/errors.ts';
import { inspectSafetensors, safetensorsStartSize } from '../../src/core/safetensors.ts';
import { BROKEN_HEADERS, GOOD_HEADERS, type Header, tensor } from './safetensors-cases.ts';

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

  it.each(GOOD_HEADERS.map(({ what, header, dataSize }) => [what, header, dataSize] as const))('may have %s', (_, header, dataSize) => {
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

  it.each(BROKEN_HEADERS.map(({ what, header, dataSize }) => [what, header, dataSize] as const))('for %s', (_, header, dataSize) => {
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
