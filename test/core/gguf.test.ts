// GGUF headers: good files of every shape, and each way in which files have attacked their readers.

import { describe, expect, it } from 'vitest';
import { ModelError } from '../../src/base/errors.ts';
import { ggufStartSize, inspectGguf } from '../../src/core/gguf.ts';
import { BROKEN_GGUF, GOOD_GGUF, metadata, tensor } from './gguf-cases.ts';
import { type GgufDescription, ggufFile, string, TYPES, u32, u64, type Value } from './gguf-file.ts';

const inspect = (description: GgufDescription): ReturnType<typeof inspectGguf> => {
  const file = ggufFile(description);
  return inspectGguf(file, file.length);
};

function refusal(run: () => unknown): ModelError {
  try {
    run();
  } catch (error) {
    if (error instanceof ModelError) return error;
    throw error;
  }
  throw new Error('accepted');
}

describe('a good GGUF file', () => {
  it('is described', () => {
    const file = ggufFile({
      metadata: [
        ['general.architecture', { type: 'string', value: 'llama' }],
        ['llama.context_length', { type: 'u32', value: 4096 }],
        ['general.alignment', { type: 'u32', value: 64 }],
      ],
      alignment: 64,
      tensors: [tensor({ name: 'norm', shape: [8], bytes: 32 }), tensor({ name: 'w', type: 12, shape: [512, 3], bytes: 864 })],
    });
    expect(inspectGguf(file, file.length)).toEqual({
      format: 'gguf',
      version: 3,
      alignment: 64,
      headerSize: 215,
      dataStart: 256,
      parameters: 8 + 1536,
      bytes: 896,
      trailing: 0,
      metadata: { 'general.architecture': 'llama', 'llama.context_length': 4096, 'general.alignment': 64 },
      tensors: [
        { name: 'norm', dtype: 'F32', shape: [8], offset: 0, bytes: 32 },
        { name: 'w', dtype: 'Q4_K', shape: [512, 3], offset: 64, bytes: 864 },
      ],
    });
  });

  it('says step by step how much of it is wanted, and never more than its header', () => {
    const file = ggufFile({
      metadata: [['tokenizer.ggml.tokens', { of: 'string', values: Array.from({ length: 5000 }, (_, i) => `token${i}`) }]],
      tensors: [tensor()],
    });
    const { headerSize } = inspectGguf(file, file.length);
    for (let have = 0; have < headerSize; ) {
      const wanted = ggufStartSize(file.subarray(0, have), file.length);
      expect(wanted).toBeGreaterThan(have);
      expect(wanted).toBeLessThanOrEqual(headerSize);
      have = Math.min(headerSize, Math.max(wanted, have + 997));
    }
    const header = file.subarray(0, headerSize);
    expect(ggufStartSize(header, file.length)).toBe(headerSize);
    expect(inspectGguf(header, file.length)).toEqual(inspectGguf(file, file.length));
    expect(refusal(() => inspectGguf(file.subarray(0, headerSize - 1), file.length)).message).toContain('not read');
  });

  it.each<[ValueName, Value, unknown]>([
    ['u8', { type: 'u8', value: 255 }, 255],
    ['i8', { type: 'i8', value: -128 }, -128],
    ['u16', { type: 'u16', value: 65535 }, 65535],
    ['i16', { type: 'i16', value: -32768 }, -32768],
    ['u32', { type: 'u32', value: 4294967295 }, 4294967295],
    ['i32', { type: 'i32', value: -2147483648 }, -2147483648],
    ['u64', { type: 'u64', value: 2n ** 53n - 1n }, 2 ** 53 - 1],
    ['a u64 that doubles cannot hold', { type: 'u64', value: 2n ** 64n - 1n }, '18446744073709551615'],
    ['i64', { type: 'i64', value: -(2n ** 53n) + 1n }, -(2 ** 53) + 1],
    ['an i64 that doubles cannot hold', { type: 'i64', value: -(2n ** 63n) }, '-9223372036854775808'],
    ['f32', { type: 'f32', value: 1e-5 }, 1e-5],
    ['f64', { type: 'f64', value: -1.7976931348623157e308 }, -1.7976931348623157e308],
    ['no number', { type: 'f32', value: NaN }, 'NaN'],
    ['infinity', { type: 'f64', value: -Infinity }, '-Infinity'],
    ['bool', { type: 'bool', value: true }, true],
    ['string', { type: 'string', value: 'é\n"\0' }, 'é\n"\0'],
    ['a string that is no UTF-8', { raw: Buffer.concat([u32(8), string(Buffer.from([0x61, 0xff, 0x62]))]) }, 'a\ufffdb'],
    ['an array', { of: 'i32', values: [1, -2] }, [1, -2]],
    ['an array of strings', { of: 'string', values: ['a', ''] }, ['a', '']],
    ['an array of truth values', { of: 'bool', values: [true, false] }, [true, false]],
    ['an empty array', { of: 'f64', values: [] }, []],
    ['a long array', { of: 'u8', values: Array<number>(257).fill(7) }, { type: 'u8[]', count: 257, first: Array(8).fill(7) }],
    ['a long string', { type: 'string', value: 'x'.repeat(65_537) }, { type: 'string', count: 65_537, first: 'x'.repeat(256) }],
  ])('may have metadata: %s', (_, value, wanted) => {
    expect(inspect(metadata(['some.key', value])).metadata).toEqual({ 'some.key': wanted });
  });

  it.each(GOOD_GGUF)('may have %s', (_, description) => {
    expect(() => inspect(description)).not.toThrow();
  });

  it('tells what lies behind its tensors and belongs to none', () => {
    expect(inspect({ tensors: [tensor()], cut: -1000 }).trailing).toBe(1000);
  });
});

type ValueName = string;

describe('a GGUF file is refused', () => {
  it.each(BROKEN_GGUF)('%s', (_, description, message) => {
    const file = ggufFile(description);
    const error = refusal(() => inspectGguf(file, file.length));
    expect(error.code).toBe('FORMAT_INVALID');
    expect(error.message).toMatch(message);
    expect(refusal(() => ggufStartSize(file, file.length)).message).toBe(error.message);
  });

  it.each([0, 3, 4, 8, 23])('with %i bytes in all', (size) => {
    const file = ggufFile({}).subarray(0, size);
    expect(refusal(() => inspectGguf(file, size)).message).toMatch(/too early/);
  });

  const limit = (description: GgufDescription, fileSize: number): string =>
    refusal(() => ggufStartSize(ggufFile(description), fileSize)).code;

  it('for counts that no honest file has, however large the file is', () => {
    expect(limit({ entryCount: 65_537n }, 2 ** 40)).toBe('FORMAT_LIMIT');
    expect(limit({ tensorCount: 100_001n }, 2 ** 40)).toBe('FORMAT_LIMIT');
    expect(limit(metadata(['k', { of: 'u8', values: [], count: 2n ** 30n }]), 2 ** 40)).toBe('FORMAT_LIMIT');
    expect(limit(metadata(['k', { raw: Buffer.concat([u32(TYPES.string), u64(2n ** 30n)]) }]), 2 ** 40)).toBe('FORMAT_LIMIT');
  });

  it('with what was wanted and what was found', () => {
    const error = refusal(() => inspect({ tensors: [tensor({ name: 'blk.0', shape: [1 << 20] })] }));
    expect(error).toMatchObject({ message: expect.stringContaining('"blk.0"') as string, wanted: '4194304', found: '32' });
  });
});
