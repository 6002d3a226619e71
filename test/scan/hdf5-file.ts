// Small HDF5 files with every field in the test's hands, in the first and in the latest layout: a root
// object, its messages, and a collection of texts behind it. What h5py writes is in hdf5-library.test.ts.

import { bytes, type Piece, u16, u32, u64 } from './assemble.ts';

export const MAGIC = '\x89HDF\r\n\x1a\n';
export const NOWHERE = u64(0xffffffffffffffffn);

export interface Message {
  readonly type: number;
  readonly data: Buffer;
  readonly flags?: number;
}

/** A message that says where what stands behind the root object begins. */
export type Placed = (behind: number) => Message;

export interface Hdf5Options {
  /** The first layout (superblock 0, headers 1) or the latest (superblock 2, headers 2). */
  readonly old?: boolean;
  readonly before?: Piece;
  /** Behind the root object, at the address that `behind` gives its message. */
  readonly rest?: readonly Piece[];
}

/** Where the root object begins. */
export const ROOT = 96;

/** A file whose root object has these messages; each may ask where what stands behind the object begins. */
export function hdf5(messages: readonly (Message | Placed)[], options: Hdf5Options = {}): Buffer {
  const { old = false, before = '', rest = [] } = options;
  const place = (message: Message | Placed, behind: number): Message =>
    (typeof message === 'function' ? message(behind) : message);
  const made = (behind: number): Buffer => header(messages.map((message) => place(message, behind)), old);
  const behind = ROOT + made(0).length;
  return bytes(before, old ? oldSuperblock() : newSuperblock(), made(behind), ...rest);
}

function newSuperblock(): Buffer {
  const block = bytes(MAGIC, '\x02\x08\x08\x00', u64(0), NOWHERE, u64(4096), u64(ROOT), u32(0));
  return bytes(block, Buffer.alloc(ROOT - block.length));
}

function oldSuperblock(): Buffer {
  return bytes(
    MAGIC, '\0\0\0\0\0\x08\x08\0', u16(4), u16(16), u32(0), u64(0), NOWHERE, u64(4096), NOWHERE,
    u64(0), u64(ROOT), u32(0), u32(0), Buffer.alloc(16),
  );
}

/** An object's header with its messages in one block. */
export function header(messages: readonly Message[], old = false): Buffer {
  const block = bytes(...messages.map((message) => pack(message, old)));
  if (old) return bytes('\x01\0', u16(messages.length), u32(1), u32(block.length), u32(0), block);
  return bytes('OHDR\x02\x02', u32(block.length), block, u32(0));
}

export function pack({ type, data, flags = 0 }: Message, old = false): Buffer {
  if (!old) return bytes(Buffer.from([type]), u16(data.length), Buffer.from([flags]), data);
  const padded = bytes(data, padding(data));
  return bytes(u16(type), u16(padded.length), Buffer.from([flags, 0, 0, 0]), padded);
}

/** Up to the next multiple of 8 bytes. */
function padding(data: Buffer): Buffer {
  return Buffer.alloc((8 - (data.length % 8)) % 8);
}

const FIXED = (size: number): Buffer => bytes('\x13\0\0\0', u32(size));
const VARIABLE = bytes('\x19\x01\x01\0', u32(16), '\x10\x08\0\0', u32(1), u16(0), u16(8));
export const SCALAR = bytes('\x02\0\0\0');

export interface AttributeOptions {
  readonly version?: number;
  readonly space?: Buffer;
  readonly type?: Buffer;
  readonly flags?: number;
}

/** An attribute that holds a text of fixed length. */
export function attribute(name: string, text: string, options: AttributeOptions = {}): Message {
  const data = Buffer.from(text);
  return { type: 0x0c, data: attributeData(name, options.type ?? FIXED(data.length), data, options) };
}

/** An attribute whose text is number 1 of the collection behind the root object. */
export function variable(name: string, text: string, options: AttributeOptions = {}): Placed {
  const size = u32(Buffer.byteLength(text));
  const data = (behind: number): Buffer => bytes(size, u64(behind), u32(1));
  return (behind) => ({ type: 0x0c, data: attributeData(name, VARIABLE, data(behind), options) });
}

function attributeData(name: string, type: Buffer, data: Buffer, options: AttributeOptions): Buffer {
  const { version = 3, space = SCALAR, flags = 0 } = options;
  const round = (piece: Buffer): Buffer => (version === 1 ? bytes(piece, padding(piece)) : piece);
  const own = bytes(name, '\0');
  const sizes = bytes(Buffer.from([version, flags]), u16(own.length), u16(type.length), u16(space.length), version === 3 ? '\0' : '');
  return bytes(sizes, round(own), round(type), round(space), data);
}

/** A collection of texts, numbered from 1. */
export function collection(...texts: string[]): Buffer {
  const objects = texts.map((text, i) => {
    const data = Buffer.from(text);
    return bytes(u16(i + 1), u16(1), u32(0), u64(data.length), data, padding(data));
  });
  const body = bytes(...objects, Buffer.alloc(16));
  return bytes('GCOL\x01\0\0\0', u64(body.length + 16), body);
}

export function hardLink(name: string, address: number | bigint): Message {
  return { type: 6, data: bytes('\x01\0', Buffer.from([name.length]), name, u64(address)) };
}

export function externalLink(name: string, file: string): Message {
  const target = bytes('\0', file, '\0/x\0');
  return { type: 6, data: bytes('\x01\x08\x40', Buffer.from([name.length]), name, u16(target.length), target) };
}
