// Arguments of opcodes as the C unpickler understands them: integers in any base, escapes in strings.
// Where Python would refuse a text that is accepted here, nothing is lost: reading on is the careful
// choice.

import { encodeRune } from '../utf8';
import { isDigit, Text } from '../text';
import { newItems, recordOf } from './objects';
import { MAX_NAME_BYTES, stringValue } from './strings';
import { BIG, DATA, INTEGER, LONG_STRING, MAGIC, MAX_PAYLOAD, value } from './values';

/** 0x1950a86a20f9469cfc6c: what torch.save writes first in its old format. */
const MAGIC_LOW: u64 = 0xa86a20f9469cfc6c;
const MAGIC_HIGH: u64 = 0x1950;

/** The last integer, as far as 128 bits go, without its sign. */
let low: u64 = 0;
let high: u64 = 0;
let negative = false;

/** An integer as a value: exact up to 63 bits, or the magic number, or just some data. */
function integer(): u32 {
  if (high == MAGIC_HIGH && low == MAGIC_LOW && !negative) return value(MAGIC);
  if (high != 0 || negative || low > <u64>i64.MAX_VALUE) return value(DATA);
  return wholeNumber(low);
}

export function wholeNumber(number: u64): u32 {
  if (number < <u64>MAX_PAYLOAD) return value(INTEGER, <u32>number);
  const items = newItems();
  if (items == 0) return value(DATA);
  recordOf(items).set(0, <u32>number);
  recordOf(items).set(1, <u32>(number >> 32));
  return value(BIG, items);
}

/** Two's complement, little-endian: LONG1, LONG4. */
export function binaryInteger(ptr: usize, size: usize): u32 {
  negative = size > 0 && load<u8>(ptr + size - 1) >= 0x80;
  low = 0;
  high = 0;
  if (negative) return value(DATA);
  for (let i = size; i > 0; i--) {
    const byte = <u64>load<u8>(ptr + i - 1);
    if (high >> 56 != 0) return value(DATA);
    high = (high << 8) | (low >> 56);
    low = (low << 8) | byte;
  }
  return integer();
}

/** INT and LONG: any base that Python's int(text, 0) takes; 0 where it is no integer. */
export function textInteger(ptr: usize, size: usize, base: u32): u32 {
  let at = ptr, end = ptr + size;
  while (at < end && isBlank(load<u8>(at))) at++;
  while (at < end && isBlank(load<u8>(end - 1))) end--;
  if (at < end && (load<u8>(end - 1) == 0x4c || load<u8>(end - 1) == 0x6c) && base == 0) end--;
  negative = at < end && load<u8>(at) == 0x2d;
  if (at < end && (negative || load<u8>(at) == 0x2b)) at++;
  if (base == 0) {
    base = 10;
    if (at + 1 < end && load<u8>(at) == 0x30) {
      const letter = load<u8>(at + 1) | 0x20;
      base = letter == 0x78 ? 16 : letter == 0x6f ? 8 : letter == 0x62 ? 2 : 8;
      if (letter == 0x78 || letter == 0x6f || letter == 0x62) at += 2;
    }
  }
  return digits(at, end, base) ? integer() : 0;
}

function digits(at: usize, end: usize, base: u32): bool {
  low = 0;
  high = 0;
  if (at >= end) return false;
  for (; at < end; at++) {
    const byte = <u32>load<u8>(at);
    if (byte == 0x5f) continue;
    const digit = isDigit(byte) ? byte - 0x30 : (byte | 0x20) - 0x57;
    if (digit >= base) return false;
    // 128 bits times the base, in halves of 32 bits.
    const a = (low & 0xffffffff) * base + digit;
    const b = (low >> 32) * base + (a >> 32);
    high = high * base + (b >> 32);
    low = (b << 32) | (a & 0xffffffff);
  }
  return true;
}

@inline
function isBlank(byte: u32): bool {
  return byte == 0x20 || byte - 9 < 5;
}

/** GET and PUT: a decimal index; u64.MAX_VALUE where it is none. */
export function textIndex(ptr: usize, size: usize): u64 {
  const found = textInteger(ptr, size, 10);
  if (found == 0 || high != 0 || (negative && low != 0)) return u64.MAX_VALUE;
  return low;
}

/** Whether a line may be a float. */
export function looksLikeFloat(ptr: usize, size: usize): bool {
  for (let i: usize = 0; i < size; i++) {
    const byte = <u32>load<u8>(ptr + i);
    const letter = byte | 0x20;
    if (isDigit(byte) || byte == 0x2b || byte == 0x2d || byte == 0x2e || byte == 0x5f) continue;
    // e, and the letters of inf, infinity and nan.
    if (letter != 0x65 && letter != 0x69 && letter != 0x6e && letter != 0x66 && letter != 0x61 && letter != 0x74
      && letter != 0x79) return false;
  }
  return size > 0;
}

/** Escapes are decoded here; no name is longer, and nothing grows by decoding but Latin-1, to twice. */
const SCRATCH_BYTES: usize = 4096;
const scratch: usize = memory.data(4096);

/** STRING: a quoted text with backslash escapes; 0 where the quotes are missing or an escape is broken. */
export function quotedString(ptr: usize, size: usize): u32 {
  const quote = size < 2 ? 0 : <u32>load<u8>(ptr);
  if ((quote != 0x22 && quote != 0x27) || load<u8>(ptr + size - 1) != quote) return 0;
  if (size > MAX_NAME_BYTES * 4) return value(LONG_STRING);
  return quotedBytes(ptr, size) ? stringValue(quotedText.ptr, quotedText.size) : 0;
}

/** What the last quotedBytes decoded. */
export const quotedText: Text = changetype<Text>(memory.data(8));

/** The same as bytes, into quotedText: for quotes that are there, and at most SCRATCH_BYTES. */
export function quotedBytes(ptr: usize, size: usize): bool {
  if (size > SCRATCH_BYTES) return false;
  const end = ptr + size - 1;
  let to = scratch;
  for (let at = ptr + 1; at < end;) {
    const byte = <u32>load<u8>(at++);
    if (byte != 0x5c) store<u8>(to++, byte);
    else if (at == end) return false;
    else {
      const letter = <u32>load<u8>(at++);
      if (letter == 0x78) {
        if (at + 2 > end || hexDigit(load<u8>(at)) > 15 || hexDigit(load<u8>(at + 1)) > 15) return false;
        store<u8>(to++, (hexDigit(load<u8>(at)) << 4) | hexDigit(load<u8>(at + 1)));
        at += 2;
      } else if (letter - 0x30 < 8) {
        let code = letter - 0x30;
        for (let i = 0; i < 2 && at < end && load<u8>(at) - 0x30 < 8; i++) code = code * 8 + load<u8>(at++) - 0x30;
        store<u8>(to++, code);
      } else {
        const plain = unescaped(letter);
        if (plain == 0) store<u8>(to++, 0x5c);
        store<u8>(to++, plain == 0 ? letter : plain);
      }
    }
  }
  quotedText.ptr = scratch;
  quotedText.size = to - scratch;
  return true;
}

/** What a letter behind a backslash stands for; 0 where the backslash stays. */
function unescaped(letter: u32): u32 {
  switch (letter) {
    case 0x61: return 0x07;
    case 0x62: return 0x08;
    case 0x66: return 0x0c;
    case 0x6e: return 0x0a;
    case 0x72: return 0x0d;
    case 0x74: return 0x09;
    case 0x76: return 0x0b;
    case 0x5c: case 0x27: case 0x22: return letter;
  }
  return 0;
}

/** UNICODE: Latin-1 with \uXXXX and \UXXXXXXXX; 0 where an escape is broken. */
export function rawUnicode(ptr: usize, size: usize): u32 {
  if (size > SCRATCH_BYTES / 2) return value(LONG_STRING);
  const end = ptr + size;
  let to = scratch;
  for (let at = ptr; at < end;) {
    const byte = <u32>load<u8>(at++);
    if (byte != 0x5c || at == end) {
      to += encodeRune(to, byte);
      continue;
    }
    const letter = <u32>load<u8>(at++);
    const count: usize = letter == 0x75 ? 4 : letter == 0x55 ? 8 : 0;
    if (count == 0) {
      store<u8>(to++, 0x5c);
      to += encodeRune(to, letter);
      continue;
    }
    let rune: u32 = 0;
    for (let i: usize = 0; i < count; i++) {
      const digit = at < end ? hexDigit(load<u8>(at++)) : 16;
      if (digit > 15) return 0;
      rune = (rune << 4) | digit;
    }
    if (rune > 0x10ffff) return 0;
    to += encodeRune(to, rune);
  }
  return stringValue(scratch, to - scratch);
}

@inline
function hexDigit(byte: u32): u32 {
  if (isDigit(byte)) return byte - 0x30;
  const letter = (byte | 0x20) - 0x61;
  return letter < 6 ? letter + 10 : 16;
}
