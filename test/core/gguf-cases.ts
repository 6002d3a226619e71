// GGUF files, good ones and one for each way in which files have attacked their readers. Both the
// inspector and the scanner are held to them.

import { type GgufDescription, type TensorRow, u32, u64, type Value } from './gguf-file.ts';

export const tensor = (fields: Partial<TensorRow> = {}): TensorRow => {
  return { name: 't', type: 0, shape: [8], bytes: 32, ...fields };
};
/** A file with these entries and no tensors. */
export function metadata(...entries: (readonly [string, Value])[]): GgufDescription {
  return { metadata: entries };
}

const HUGE = 2n ** 62n;

export const GOOD_GGUF: readonly [what: string, description: GgufDescription][] = [
  ['no tensors and no metadata', {}],
  ['version 2', { version: 2, tensors: [tensor()] }],
  ['a scalar', { tensors: [tensor({ shape: [], bytes: 4 })] }],
  ['four dimensions', { tensors: [tensor({ shape: [2, 1, 2, 2], bytes: 32 })] }],
  ['a dimension of zero', { tensors: [tensor({ name: 'a', shape: [0, 7], bytes: 0 }), tensor({ name: 'b' })] }],
  ['an empty tensor at its end', { tensors: [tensor({ bytes: 4, shape: [1] }), tensor({ name: 'b', shape: [0], bytes: 0 })], cut: 28 }],
  ['no padding behind the last tensor', { tensors: [tensor({ shape: [1], bytes: 4 })], cut: 28 }],
  ['a name of 63 bytes', { tensors: [tensor({ name: 'n'.repeat(63) })] }],
  ['a vocabulary', metadata(
    ['tokenizer.ggml.tokens', { of: 'string', values: ['a', 'b'] }],
    ['tokenizer.ggml.scores', { of: 'f32', values: [0, 1] }],
    ['tokenizer.ggml.token_type', { of: 'i32', values: [1, 1] }],
  )],
];

/** With what the message says. */
export const BROKEN_GGUF: readonly [what: string, description: GgufDescription, message: RegExp][] = [
  ['without the magic', { magic: 'GGML' }, /begin with GGUF/],
  ['of version 1', { version: 1 }, /version 1/],
  ['of version 4', { version: 4 }, /unknown version/],
  ['of version 0', { version: 0 }, /unknown version/],
  ['in big-endian', { version: 0x03000000 }, /big-endian/],
  ['with more tensors than fit (CVE-2024-21836)', { tensorCount: HUGE }, /too early/],
  ['with more entries than fit (CVE-2024-23605)', { entryCount: HUGE }, /too early/],
  ['with counts of -1', { tensorCount: 2n ** 64n - 1n, entryCount: 2n ** 64n - 1n }, /too early/],
  ['with a string of 2^64-1 bytes (CVE-2024-23496)', metadata(['k', { raw: Buffer.concat([u32(8), u64(2n ** 64n - 1n)]) }]), /too early/],
  ['with an array whose bytes wrap to 0 (CVE-2024-21825)', metadata(['k', { of: 'f64', values: [], count: 2n ** 61n }]), /too early/],
  ['with an array of more strings than fit (CVE-2024-21825)', metadata(['k', { of: 'string', values: ['a'], count: 2n ** 61n }]), /too early/],
  ['with an array of arrays', metadata(['k', { of: 'array', values: [] }]), /array of arrays/],
  ['with elements of an unknown type', metadata(['k', { of: 13, values: [] }]), /unknown type/],
  ['with an unknown type', metadata(['k', { raw: u32(13) }]), /unknown type/],
  ['with a truth value of 2', metadata(['k', { type: 'bool', value: 2 }]), /neither 0 nor 1/],
  ['with a truth value of 2 in an array', metadata(['k', { of: 'bool', values: [0, 1, 2] }]), /neither 0 nor 1/],
  ['with an empty key', metadata(['', { type: 'u8', value: 1 }]), /without a key/],
  ['with a key that is not ASCII', metadata(['é', { type: 'u8', value: 1 }]), /not ASCII/],
  ['with a key of 64 KiB', metadata(['k'.repeat(65_536), { type: 'u8', value: 1 }]), /too long a key/],
  ['with a key twice', metadata(['k', { type: 'u8', value: 1 }], ['j', { type: 'u8', value: 1 }], ['k', { type: 'u8', value: 1 }]), /there twice/],
  ['with an alignment of 0', metadata(['general.alignment', { type: 'u32', value: 0 }]), /no alignment/],
  ['with an alignment of 48', metadata(['general.alignment', { type: 'u32', value: 48 }]), /no alignment/],
  ['with an alignment of 2^31 (llama.cpp#24997)', metadata(['general.alignment', { type: 'u32', value: 2 ** 31 }]), /no alignment/],
  ['with an alignment of another type', metadata(['general.alignment', { type: 'u64', value: 32 }]), /no alignment/],
  ['with a list of alignments', metadata(['general.alignment', { of: 'u32', values: [32] }]), /no alignment/],
  ['with tokens that are no strings', metadata(['tokenizer.ggml.tokens', { of: 'u8', values: [1] }]), /another type/],
  ['with a number instead of tokens', metadata(['tokenizer.ggml.tokens', { type: 'u32', value: 1 }]), /another type/],
  ['with scores declared as bytes (llama.cpp#26690)', metadata(
    ['tokenizer.ggml.tokens', { of: 'string', values: ['a'] }],
    ['tokenizer.ggml.scores', { of: 'u8', values: [1] }],
  ), /another type/],
  ['with token types of floats', metadata(['tokenizer.ggml.token_type', { of: 'f32', values: [] }]), /another type/],
  ['with merges of numbers', metadata(['tokenizer.ggml.merges', { of: 'u32', values: [] }]), /another type/],
  ['with fewer scores than tokens (CVE-2025-49847)', metadata(
    ['tokenizer.ggml.scores', { of: 'f32', values: [1] }],
    ['tokenizer.ggml.tokens', { of: 'string', values: ['a', 'b'] }],
  ), /another length/],
  ['with scores without tokens', metadata(['tokenizer.ggml.scores', { of: 'f32', values: [1] }]), /another length/],
  ['with five dimensions (CVE-2024-21802)', { tensors: [tensor({ shape: [1, 1, 1, 1, 8] })] }, /too many dimensions/],
  ['with 2^32-1 dimensions', { tensors: [tensor({ dimensions: 2 ** 32 - 1 })] }, /too many dimensions/],
  ['with a negative dimension', { tensors: [tensor({ shape: [2n ** 63n], bytes: 0 })] }, /negative/],
  ['with a product that wraps to 0 (llama.cpp#27203)', { tensors: [tensor({ shape: [2n ** 32n, 2n ** 32n], bytes: 0 })] }, /overflows/],
  ['with a product that wraps before a zero', { tensors: [tensor({ shape: [2n ** 32n, 2n ** 32n, 0n], bytes: 0 })] }, /overflows/],
  ['with bytes that wrap (CVE-2026-33298)', { tensors: [tensor({ shape: [2n ** 62n], bytes: 0 })] }, /overflows/],
  ['with more data than the file (CVE-2026-7482)', { tensors: [tensor({ shape: [1 << 20], bytes: 32 })] }, /past the end/],
  ['with a sum of sizes that wraps (CVE-2025-53630)', { tensors: [
    tensor({ name: 'a', type: 24, shape: [2n ** 63n - 1n], bytes: 0 }), tensor({ name: 'b', type: 24, shape: [2n ** 63n - 1n], bytes: 0 }),
  ] }, /past the end/],
  ['with padding that overflows (llama.cpp#24759)', { tensors: [tensor({ type: 24, shape: [2n ** 63n - 1n], bytes: 0 })] }, /past the end/],
  ['cut within its data', { tensors: [tensor()], cut: 1 }, /past the end/],
  ['cut within its header', { tensors: [tensor()], cut: 45 }, /too early/],
  ['with a gap', { tensors: [tensor({ name: 'a' }), tensor({ name: 'b', offset: 64n })], cut: -64 }, /gap or overlaps/],
  ['with an overlap', { tensors: [tensor({ name: 'a' }), tensor({ name: 'b', offset: 0n })] }, /gap or overlaps/],
  ['with a first tensor that is not at 0', { tensors: [tensor({ offset: 32n })], cut: -64 }, /gap or overlaps/],
  ['with an offset of 2^64-32', { tensors: [tensor({ offset: 2n ** 64n - 32n })] }, /gap or overlaps/],
  ['with a tensor twice', { tensors: [tensor(), tensor({ name: 'u' }), tensor()] }, /listed twice/],
  ['with a name of 64 bytes', { tensors: [tensor({ name: 'n'.repeat(64) })] }, /too long a name/],
  ['with a name that is not UTF-8', { tensors: [tensor({ name: Buffer.from([0xff]) })] }, /not UTF-8/],
  ['with rows that are no whole blocks', { tensors: [tensor({ type: 2, shape: [8, 4], bytes: 18 })] }, /whole number of blocks/],
  ['with a scalar of a block type', { tensors: [tensor({ type: 2, shape: [], bytes: 18 })] }, /whole number of blocks/],
  ...[4, 5, 31, 32, 33, 36, 37, 38, 43, 142, 2 ** 32 - 1].map(
    (type): [string, GgufDescription, RegExp] => [`with type ${type}`, { tensors: [tensor({ type })] }, /unknown or removed type/],
  ),
];
