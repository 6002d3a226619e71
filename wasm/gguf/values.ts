// Metadata values of GGUF: their types, and each of them as JSON.

import { newOutput, Output } from '../output';
import { Text } from '../text';
import { decodeRune, runeBytes, validUtf8 } from '../utf8';
import { writeFloat, writeSigned, writeUnsigned } from './number';

export const TYPE_U8: u32 = 0;
export const TYPE_I8: u32 = 1;
export const TYPE_U32: u32 = 4;
export const TYPE_I32: u32 = 5;
export const TYPE_F32: u32 = 6;
export const TYPE_BOOL: u32 = 7;
export const TYPE_STRING: u32 = 8;
export const TYPE_ARRAY: u32 = 9;

/** Bytes; longer texts are told by their beginning. Chat templates have tens of thousands. */
const MAX_LISTED_TEXT_BYTES: usize = 64 * 1024;
/** Bytes. So much of everything is written in full; after that, texts only by their beginning. */
const MAX_LISTED_BYTES: usize = 8 * 1024 * 1024;
/** Bytes of the beginning. */
const SHOWN_TEXT_BYTES: usize = 256;

export function isKnown(type: u32): bool {
  return type <= 12;
}

/** Bytes of a value of a fixed size. */
export function sizeOf(type: u32): u64 {
  switch (type) {
    case 2: case 3: return 2;
    case 4: case 5: case 6: return 4;
    case 10: case 11: case 12: return 8;
  }
  return 1;
}

export function nameOf(type: u32): string {
  switch (type) {
    case 0: return 'u8';
    case 1: return 'i8';
    case 2: return 'u16';
    case 3: return 'i16';
    case 4: return 'u32';
    case 5: return 'i32';
    case 6: return 'f32';
    case 7: return 'bool';
    case 8: return 'string';
    case 10: return 'u64';
    case 11: return 'i64';
    case 12: return 'f64';
  }
  return 'array';
}

/** A value of any type but string and array. */
export function writeFixed(to: Output, type: u32, at: usize): void {
  switch (type) {
    case 0: to.number(load<u8>(at)); break;
    case 1: writeSigned(to, load<i8>(at)); break;
    case 2: to.number(load<u16>(at)); break;
    case 3: writeSigned(to, load<i16>(at)); break;
    case 4: to.number(load<u32>(at)); break;
    case 5: writeSigned(to, load<i32>(at)); break;
    case 6: writeFloat<f32>(to, load<f32>(at)); break;
    case 7: to.put(load<u8>(at) != 0 ? 'true' : 'false'); break;
    case 10: writeUnsigned(to, load<u64>(at)); break;
    case 11: writeSigned(to, load<i64>(at)); break;
    case 12: writeFloat<f64>(to, load<f64>(at)); break;
  }
}

export function writeText(to: Output, text: Text): void {
  const isListed = text.size <= MAX_LISTED_TEXT_BYTES && to.size < MAX_LISTED_BYTES;
  if (isListed || text.size <= SHOWN_TEXT_BYTES) return writeLossy(to, text);
  to.put('{"type":"string"').member('count').number(text.size).member('first');
  writeLossy(to, text.part(0, SHOWN_TEXT_BYTES));
  to.byte(0x7d);
}

/** Vocabularies hold pieces of characters: what is not UTF-8 is shown as U+FFFD. */
function writeLossy(to: Output, text: Text): void {
  if (validUtf8(text.ptr, text.size) == text.size) {
    to.quoted(text);
    return;
  }
  const clean = newOutput(text.size);
  for (let i: usize = 0; i < text.size;) {
    if (decodeRune(text.ptr + i, text.ptr + text.size) < 0x110000) clean.bytes(text.ptr + i, runeBytes);
    else clean.byte(0xef).byte(0xbf).byte(0xbd);
    i += runeBytes;
  }
  to.quoted(clean.asText());
}
