// Headers of safetensors files, good ones and one for each way to break a rule of the format. Both the
// inspector and the scanner are held to them.

export type Header = Record<string, unknown> | string | Uint8Array;

export interface HeaderCase {
  readonly what: string;
  readonly header: Header;
  /** Bytes behind the header. */
  readonly dataSize: number;
}

export function tensor(dtype: unknown, shape: unknown, from: unknown, to: unknown): Record<string, unknown> {
  return { dtype, shape, data_offsets: [from, to] };
}

const row = (what: string, header: Header, dataSize: number): HeaderCase => ({ what, header, dataSize });
const one = (fields: string): string => `{"a":{${fields}}}`;
const valid = '"dtype":"U8","shape":[1],"data_offsets":[0,1]';

export const GOOD_HEADERS: readonly HeaderCase[] = [
  row('no tensors', {}, 0),
  row('no metadata', { a: tensor('U8', [1], 0, 1) }, 1),
  row('null metadata', { __metadata__: null, a: tensor('U8', [1], 0, 1) }, 1),
  row('white space around the header', '\n {"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}} \t', 1),
  row('a scalar', { a: tensor('F64', [], 0, 8) }, 8),
  row('a dimension of zero', { a: tensor('F32', [0, 5], 0, 0), b: tensor('F32', [3, 0], 0, 0) }, 0),
  row('unknown attributes of a tensor', { a: { ...tensor('U8', [1], 0, 1), extra: { x: [1, null, true, 'é'] } } }, 1),
  row('a name with escapes', '{"a\\u00e9\\"":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', 1),
  row('half a byte twice', { a: tensor('F4', [2], 0, 1) }, 1),
  row('four times six bits', { a: tensor('F6_E2M3', [4], 0, 3) }, 3),
];

export const BROKEN_HEADERS: readonly HeaderCase[] = [
  row('an empty header', '', 0),
  row('a header that is no object', '[]', 0),
  row('a header that is no JSON', '{"a":', 0),
  row('a header that is not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 0),
  row('zeros behind the header', '{}\0\0', 0),
  row('a byte order mark', '\ufeff{}', 0),
  row('a second value', '{}{}', 0),
  row('nesting beyond 127 levels', one(`${valid},"x":${'['.repeat(127)}${']'.repeat(127)}`), 1),
  row('metadata twice', '{"__metadata__":{},"__metadata__":{}}', 0),
  row('a number in its metadata', { __metadata__: { a: 1 } }, 0),
  row('an object in its metadata', { __metadata__: { a: {} } }, 0),
  row('a list as metadata', { __metadata__: [] }, 0),
  row('a metadata key twice', '{"__metadata__":{"a":"1","a":"2"}}', 0),
  row('a tensor that is no object', { a: 1 }, 0),
  row('a tensor that is null', { a: null }, 0),
  row('a tensor twice', '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}', 2),
  row('dtype twice', one(`${valid},"dtype":"U8"`), 1),
  row('shape twice', one(`${valid},"shape":[1]`), 1),
  row('data_offsets twice', one(`${valid},"data_offsets":[0,1]`), 1),
  row('no dtype', one('"shape":[1],"data_offsets":[0,1]'), 1),
  row('no shape', one('"dtype":"U8","data_offsets":[0,1]'), 1),
  row('no data_offsets', one('"dtype":"U8","shape":[1]'), 1),
  row('dtype null', one('"dtype":null,"shape":[1],"data_offsets":[0,1]'), 1),
  row('an unknown dtype', { a: tensor('F33', [1], 0, 1) }, 1),
  row('a dtype in lower case', { a: tensor('u8', [1], 0, 1) }, 1),
  row('a negative dimension', { a: tensor('U8', [-1], 0, 1) }, 1),
  row('a dimension with a fraction', one('"dtype":"U8","shape":[1.0],"data_offsets":[0,1]'), 1),
  row('a dimension as text', { a: tensor('U8', ['1'], 0, 1) }, 1),
  row('a dimension of 2^64', one('"dtype":"U8","shape":[18446744073709551616],"data_offsets":[0,1]'), 1),
  row('one offset', one('"dtype":"U8","shape":[1],"data_offsets":[0]'), 1),
  row('three offsets', one('"dtype":"U8","shape":[1],"data_offsets":[0,1,2]'), 1),
  row('an offset with an exponent', one('"dtype":"U8","shape":[1],"data_offsets":[0,1e0]'), 1),
  row('offsets that run backwards', { a: tensor('U8', [1], 1, 0) }, 1),
  row('a gap before the first tensor', { a: tensor('U8', [1], 1, 2) }, 2),
  row('a gap between two', { a: tensor('U8', [1], 0, 1), b: tensor('U8', [1], 2, 3) }, 3),
  row('an overlap', { a: tensor('U8', [2], 0, 2), b: tensor('U8', [2], 1, 3) }, 3),
  row('two tensors on the same bytes', { a: tensor('U8', [2], 0, 2), b: tensor('U8', [2], 0, 2) }, 2),
  row('a shape whose product wraps to a small number', one('"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]'), 0),
  row('a product that overflows before a zero', one('"dtype":"U8","shape":[4294967296,4294967296,0],"data_offsets":[0,0]'), 0),
  row('a size in bits that overflows', one('"dtype":"F64","shape":[2305843009213693952],"data_offsets":[0,0]'), 0),
  row('offsets beyond 2^53 that doubles would confuse', one('"dtype":"U8","shape":[0],"data_offsets":[9007199254740993,9007199254740992]'), 0),
  row('a part of a byte', { a: tensor('F4', [3], 0, 2) }, 2),
  row('more bytes than its tensors', { a: tensor('U8', [1], 0, 1) }, 2),
  row('fewer bytes than its tensors', { a: tensor('U8', [2], 0, 2) }, 1),
  row('bytes without tensors', {}, 1),
];
