// What the scanner knows of a Python object: one word. The low five bits say what it is, the rest which
// one. Nothing is ever computed: a value says only what a later opcode may be allowed to do with it.

const KIND_BITS: u32 = 5;
const KIND_MASK: u32 = 31;
/** Numbers from here on do not fit into a value. */
export const MAX_PAYLOAD: u32 = 1 << 27;

export const NOTHING: u32 = 0; // no value: an empty place of the memo
export const DATA: u32 = 1; // None, a float, bytes, …: harmless and not looked at
export const INTEGER: u32 = 2; // payload: the number
export const BIG: u32 = 3; // payload: record (objects.ts) of a 64-bit number
export const MAGIC: u32 = 4; // the number that a legacy torch file begins with
export const WORD: u32 = 5; // payload: a string of words.ts
export const RECENT: u32 = 6; // payload: a literal string in the ring (strings.ts)
export const KEPT: u32 = 7; // payload: a literal string that has been used as a name
export const LONG_STRING: u32 = 8; // a literal string, too long for a name
export const A_LIST: u32 = 9;
export const A_DICT: u32 = 10; // payload: record, or 0
export const A_SET: u32 = 11;
export const A_TUPLE: u32 = 12; // payload: record, or 0
export const EMPTY: u32 = 13; // the empty tuple
export const GLOBAL: u32 = 14; // payload: what was named (globals.ts)
export const INSTANCE: u32 = 15; // payload: what was called to make it
export const OPAQUE: u32 = 16; // made in a way that is reported already
export const A_DTYPE: u32 = 17; // payload: bytes of an element << 1 | whether it holds objects
export const A_STORAGE: u32 = 18; // a torch storage from a persistent id
export const A_WRAPPER: u32 = 19; // joblib's stand-in for an array that follows in the file
// Only in an inspection (wasm/inspect); payload, as A_STORAGE's there: an address in units of 16 bytes.
export const A_PLACE: u32 = 20; // a dict, list or object
export const A_TENSOR: u32 = 21;

@inline
export function value(kind: u32, payload: u32 = 0): u32 {
  return (payload << KIND_BITS) | kind;
}

@inline
export function kindOf(word: u32): u32 {
  return word & KIND_MASK;
}

@inline
export function payloadOf(word: u32): u32 {
  return word >>> KIND_BITS;
}

/** A string that stands in the stream as such. */
@inline
export function isLiteral(word: u32): bool {
  return kindOf(word) - WORD <= LONG_STRING - WORD;
}
