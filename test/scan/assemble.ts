// A pickle assembler: opcodes by name, arguments as Python would write them. Tests build with it what no
// honest pickler writes.

export type Piece = Uint8Array | string;

/** Strings stand for their Latin-1 bytes. */
export function bytes(...pieces: Piece[]): Buffer {
  return Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece)));
}

function number(size: 1 | 2 | 4 | 8, value: number | bigint): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)));
  return buffer.subarray(0, size);
}

export const u16 = (value: number): Buffer => number(2, value);
export const u32 = (value: number): Buffer => number(4, value);
export const u64 = (value: number | bigint): Buffer => number(8, value);

export const MARK = '(';
export const STOP = '.';
export const POP = '0';
export const POP_MARK = '1';
export const DUP = '2';
export const REDUCE = 'R';
export const BUILD = 'b';
export const TUPLE = 't';
export const TUPLE1 = '\x85';
export const TUPLE2 = '\x86';
export const TUPLE3 = '\x87';
export const EMPTY_TUPLE = ')';
export const EMPTY_DICT = '}';
export const EMPTY_LIST = ']';
export const EMPTY_SET = '\x8f';
export const APPEND = 'a';
export const APPENDS = 'e';
export const SETITEM = 's';
export const SETITEMS = 'u';
export const ADDITEMS = '\x90';
export const NEWOBJ = '\x81';
export const NEWOBJ_EX = '\x92';
export const OBJ = 'o';
export const NONE = 'N';
export const TRUE = '\x88';
export const MEMOIZE = '\x94';
export const STACK_GLOBAL = '\x93';
export const BINPERSID = 'Q';

export const proto = (version: number): Buffer => Buffer.from([0x80, version]);
export const global = (module: string, name: string): Buffer => bytes('c', Buffer.from(`${module}\n${name}\n`));
export const inst = (module: string, name: string): string => `i${module}\n${name}\n`;
/** SHORT_BINUNICODE, or BINUNICODE where it is longer. */
export function text(value: string): Buffer {
  const data = Buffer.from(value);
  return data.length < 256 ? bytes('\x8c', Buffer.from([data.length]), data) : bytes('X', u32(data.length), data);
}
export const binunicode = (value: string): Buffer => bytes('X', u32(Buffer.byteLength(value)), Buffer.from(value));
export const shortBytes = (value: string): Buffer => bytes('C', Buffer.from([value.length]), value);
export const int = (value: number): Buffer => bytes('J', u32(value));
export const put = (index: number): string => `p${index}\n`;
export const get = (index: number): string => `g${index}\n`;
export const binput = (index: number): Buffer => Buffer.from([0x71, index]);
export const binget = (index: number): Buffer => Buffer.from([0x68, index]);
export const longBinput = (index: number): Buffer => bytes('r', u32(index));
export const frame = (body: Uint8Array, size = body.length): Buffer => bytes('\x95', u64(size), body);
export const stackGlobal = (module: string, name: string): Buffer =>
  bytes(text(module), text(name), STACK_GLOBAL);

/** Calls module.name with texts. */
export function call(module: string, name: string, ...args: string[]): Buffer {
  return bytes(global(module, name), MARK, ...args.map(binunicode), TUPLE, REDUCE);
}

/** A whole pickle of protocol 2. */
export const pickle = (...pieces: Piece[]): Buffer => bytes(proto(2), ...pieces, STOP);
export const pickle4 = (...pieces: Piece[]): Buffer => bytes(proto(4), ...pieces, STOP);

/** What every payload calls. */
export const EVIL = call('os', 'system', 'id');
