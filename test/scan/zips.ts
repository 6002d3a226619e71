// Zips with every field in the test's hands: two headers per member that may disagree, flags, methods,
// sizes, and whatever stands before and behind.

import { crc32, deflateRawSync } from 'node:zlib';
import { bytes, type Piece, u16, u32, u64 } from './assemble.ts';

export interface LocalHeader {
  readonly name?: string;
  readonly flags?: number;
  readonly method?: number;
  readonly version?: number;
}

export interface ZipEntry {
  readonly name: string;
  readonly data: Uint8Array;
  readonly method?: number;
  readonly flags?: number;
  readonly crc?: number;
  /** What the member's own header says instead. */
  readonly local?: LocalHeader;
  readonly statedSize?: number;
  /** What stands in the zip: the data, packed by `method`. */
  readonly packed?: Uint8Array;
}

export interface ZipOptions {
  readonly zip64?: boolean;
  readonly before?: Piece;
  readonly comment?: string;
  /** Entries that the end record states. */
  readonly entries?: number;
}

export function zip(entries: readonly ZipEntry[], options: ZipOptions = {}): Buffer {
  const parts: Buffer[] = options.before === undefined ? [] : [bytes(options.before)];
  const skew = parts[0]?.length ?? 0;
  const size = (): number => parts.reduce((sum, part) => sum + part.length, 0) - skew;
  const directory = entries.map((entry) => {
    const offset = size();
    const fields = describe(entry);
    parts.push(localHeader(entry, fields), fields.packed);
    return centralHeader(entry, fields, offset);
  });
  const at = size();
  const length = directory.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([...parts, ...directory, end(options.entries ?? entries.length, length, at, options)]);
}

interface Fields {
  readonly packed: Buffer;
  readonly method: number;
  readonly crc: number;
  readonly size: number;
}

function describe({ data, method = 0, crc, statedSize, ...entry }: ZipEntry): Fields {
  const packed = entry.packed ?? (method === 8 ? deflateRawSync(data) : data);
  return { packed: Buffer.from(packed), method, crc: crc ?? crc32(data), size: statedSize ?? data.length };
}

function localHeader({ name, flags = 0, local = {} }: ZipEntry, fields: Fields): Buffer {
  const { packed, method, crc, size } = fields;
  const own = Buffer.from(local.name ?? name);
  return bytes(
    'PK\x03\x04', u16(local.version ?? 20), u16(local.flags ?? flags), u16(local.method ?? method), u32(0),
    ...[u32(crc), u32(packed.length), u32(size), u16(own.length), u16(0), own],
  );
}

function centralHeader({ name, flags = 0 }: ZipEntry, fields: Fields, offset: number): Buffer {
  const { packed, method, crc, size } = fields;
  const own = Buffer.from(name);
  return bytes(
    'PK\x01\x02', u16(20), u16(20), u16(flags), u16(method), u32(0),
    ...[u32(crc), u32(packed.length), u32(size), u16(own.length), u16(0), u16(0), u16(0), u16(0), u32(0)],
    ...[u32(offset), own],
  );
}

function end(entries: number, size: number, at: number, options: ZipOptions): Buffer {
  const { zip64 = false, comment = '' } = options;
  const last = bytes('PK\x05\x06', u32(0), ...(zip64
    ? [u16(0xffff), u16(0xffff), u32(0xffffffff), u32(0xffffffff)]
    : [u16(entries), u16(entries), u32(size), u32(at)]), u16(comment.length), comment);
  if (!zip64) return last;
  const record = bytes(
    'PK\x06\x06', u64(44), u16(45), u16(45), u32(0), u32(0), u64(entries), u64(entries), u64(size), u64(at),
  );
  return bytes(record, 'PK\x06\x07', u32(0), u64(at + size), u32(1), last);
}

/** A torch checkpoint around a pickle. */
export function checkpoint(
  pickle: Uint8Array,
  storages: Record<string, Uint8Array> = {},
  name = 'archive/data.pkl',
): Buffer {
  return zip([
    { name, data: pickle },
    ...Object.entries(storages).map(([key, data]) => ({ name: `archive/data/${key}`, data })),
    { name: 'archive/version', data: Buffer.from('3\n') },
  ]);
}
