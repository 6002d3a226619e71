// Writes GGUF files for tests, from a description that may be as wrong as the test wants: counts,
// offsets and types can each be given instead of the right ones.

/** Numbers of the format, by the name that a test uses. */
export const TYPES = {
  u8: 0, i8: 1, u16: 2, i16: 3, u32: 4, i32: 5, f32: 6,
  bool: 7, string: 8, array: 9, u64: 10, i64: 11, f64: 12,
} as const;
export type ValueType = keyof typeof TYPES;
type Scalar = number | bigint | string | boolean | Buffer;

export type Value =
  | { readonly type: Exclude<ValueType, 'array'>; readonly value: Scalar }
  | { readonly of: ValueType | number; readonly values: readonly Scalar[]; readonly count?: bigint }
  | { readonly raw: Buffer };

export interface TensorRow {
  readonly name: string | Buffer;
  /** ggml's number. */
  readonly type: number;
  readonly shape: readonly (number | bigint)[];
  /** Bytes of its data; the offsets follow from them. */
  readonly bytes: number;
  readonly offset?: bigint;
  readonly dimensions?: number;
}

export interface GgufDescription {
  readonly magic?: string;
  readonly version?: number;
  readonly tensorCount?: bigint;
  readonly entryCount?: bigint;
  readonly metadata?: readonly (readonly [string | Buffer, Value])[];
  readonly tensors?: readonly TensorRow[];
  readonly alignment?: number;
  /** Bytes to leave out at the end, or (negative) to add. */
  readonly cut?: number;
}

export const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
export const u64 = (value: number | bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};
export const string = (text: string | Buffer): Buffer => {
  const bytes = Buffer.from(text);
  return Buffer.concat([u64(bytes.length), bytes]);
};

function scalar(type: ValueType | number, value: Scalar): Buffer {
  if (type === 'string') return string(value as string);
  const bytes = Buffer.alloc(8);
  const number = Number(value);
  switch (type) {
    case 'u8': return bytes.subarray(0, bytes.writeUInt8(number));
    case 'i8': return bytes.subarray(0, bytes.writeInt8(number));
    case 'bool': return bytes.subarray(0, bytes.writeUInt8(number));
    case 'u16': return bytes.subarray(0, bytes.writeUInt16LE(number));
    case 'i16': return bytes.subarray(0, bytes.writeInt16LE(number));
    case 'u32': return u32(number);
    case 'i32': return bytes.subarray(0, bytes.writeInt32LE(number));
    case 'f32': return bytes.subarray(0, bytes.writeFloatLE(number));
    case 'u64': return u64(BigInt(value as number));
    case 'i64': return bytes.subarray(0, bytes.writeBigInt64LE(BigInt(value as number)));
    case 'f64': return bytes.subarray(0, bytes.writeDoubleLE(number));
    default: return Buffer.from(value as Buffer);
  }
}

function entry([key, value]: readonly [string | Buffer, Value]): Buffer {
  if ('raw' in value) return Buffer.concat([string(key), value.raw]);
  if ('type' in value) return Buffer.concat([string(key), u32(TYPES[value.type]), scalar(value.type, value.value)]);
  const { of, values, count } = value;
  const type = typeof of === 'number' ? of : TYPES[of];
  const head = [string(key), u32(TYPES.array), u32(type), u64(count ?? values.length)];
  return Buffer.concat([...head, ...values.map((one) => scalar(of, one))]);
}

const padded = (size: number, alignment: number): number => Math.ceil(size / alignment) * alignment;

export function ggufFile(description: GgufDescription): Buffer {
  const { magic = 'GGUF', version = 3, metadata = [], tensors = [], alignment = 32, cut = 0 } = description;
  let offset = 0;
  const rows = tensors.map((tensor) => {
    const row = Buffer.concat([
      string(tensor.name), u32(tensor.dimensions ?? tensor.shape.length), ...tensor.shape.map(u64),
      u32(tensor.type), u64(tensor.offset ?? offset),
    ]);
    offset += padded(tensor.bytes, alignment);
    return row;
  });
  const header = Buffer.concat([
    Buffer.from(magic), u32(version), u64(description.tensorCount ?? tensors.length),
    u64(description.entryCount ?? metadata.length), ...metadata.map(entry), ...rows,
  ]);
  const file = Buffer.alloc(padded(header.length, alignment) + offset + Math.max(0, -cut));
  header.copy(file);
  return file.subarray(0, file.length - Math.max(0, cut));
}
