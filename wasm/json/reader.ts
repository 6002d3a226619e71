// A strict JSON reader (RFC 8259) over bytes, pulled forward by its caller: no tree, no copies but
// for strings with escapes. value.ts builds trees with it; safetensors.ts reads headers with it.
//
// Unlike JSON.parse it sees duplicate keys (the caller is handed every one), keeps integers exact
// and refuses broken UTF-8, lone surrogates and nesting deeper than MAX_DEPTH.

import { allocate, mark, release } from '../abi';
import { ok, Problem, problem } from '../problem';
import { newOutput } from '../output';
import { isDigit, Text, textAt } from '../text';
import { decodeRune, encodeRune, runeBytes, validUtf8 } from '../utf8';

/** Levels of lists and objects; what the reference reader of safetensors accepts. */
const MAX_DEPTH = 127;

let origin: usize = 0;
let cursor: usize = 0;
let end: usize = 0;
let depth: i32 = 0;
let status: u32 = 0;
/** NaN, infinities and half surrogates are read, as Python does. */
let isLoose = false;

/** Begins to read; `onError` is the status of every complaint. */
export function open(ptr: usize, size: usize, onError: u32): void {
  origin = ptr;
  cursor = ptr;
  end = ptr + size;
  depth = 0;
  status = onError;
  isLoose = false;
  const valid = validUtf8(ptr, size);
  if (valid == size) return;
  cursor = ptr + valid;
  complain('is not UTF-8');
}

/** Begins to read what Python's json has written: NaN, Infinity, half surrogates. */
export function openLoosely(ptr: usize, size: usize, onError: u32): void {
  open(ptr, size, onError);
  isLoose = true;
}

/** The next byte that is no white space, not taken yet; 0 at the end. */
export function peek(): u32 {
  while (cursor < end) {
    const byte = <u32>load<u8>(cursor);
    if (byte > 0x20 || (byte != 0x20 && byte != 0x0a && byte != 0x0d && byte != 0x09)) return byte;
    cursor++;
  }
  return 0;
}

/** The address of the next byte: what lies between two of them is a value as it is written. */
@inline
export function place(): usize {
  return cursor;
}

/** Takes a bracket that opens a list or an object. */
export function enter(bracket: u32): bool {
  if (!take(bracket)) return false;
  if (++depth > MAX_DEPTH) complain('nests deeper than 127 levels');
  return ok();
}

/** In an object: the key of the next member, or null behind the last one. */
export function nextKey(isFirst: bool): Text | null {
  if (!another(0x7d, isFirst)) return null;
  if (peek() != 0x22) complain('lacks a key in quotes');
  const key = readString();
  return take(0x3a) ? key : null;
}

/** In a list: whether another element follows. */
@inline
export function nextElement(isFirst: bool): bool {
  return another(0x5d, isFirst);
}

/** After the outermost value: complains about anything that follows it. */
export function close(): void {
  if (ok() && (peek() != 0 || cursor < end)) complain('goes on after its end');
}

function another(bracket: u32, isFirst: bool): bool {
  if (!ok()) return false;
  if (peek() == bracket) {
    cursor++;
    depth--;
    return false;
  }
  return isFirst || take(0x2c);
}

function take(byte: u32): bool {
  if (!ok()) return false;
  if (peek() == byte && cursor < end) {
    cursor++;
    return true;
  }
  complain('lacks a ').message.byte(0x60).byte(byte).byte(0x60);
  return false;
}

export function readString(): Text {
  if (!take(0x22)) return textAt(0, 0);
  const begin = cursor;
  while (cursor < end) {
    const byte = load<u8>(cursor);
    if (byte == 0x22) return textAt(begin, cursor++ - begin);
    if (byte == 0x5c) return readEscaped(begin);
    if (byte < 0x20) break;
    cursor++;
  }
  complain(cursor < end ? 'has a raw control character in a string' : 'ends within a string');
  return textAt(0, 0);
}

/** The rest of a string from its first backslash on. */
function readEscaped(begin: usize): Text {
  let close = cursor;
  while (close < end && load<u8>(close) != 0x22) close += load<u8>(close) == 0x5c ? 2 : 1;
  // No escape is shorter than what it stands for.
  const text = textAt(allocate(close - begin), cursor - begin);
  memory.copy(text.ptr, begin, text.size);
  while (cursor < end && ok()) {
    const byte = <u32>load<u8>(cursor++);
    if (byte == 0x22) return text;
    const rune = byte == 0x5c ? readEscape() : byte;
    if (byte == 0x5c) text.size += encodeRune(text.ptr + text.size, rune);
    else store<u8>(text.ptr + text.size++, byte);
    if (byte < 0x20) complain('has a raw control character in a string');
  }
  if (ok()) complain('ends within a string');
  return text;
}

function readEscape(): u32 {
  const letter = cursor < end ? <u32>load<u8>(cursor++) : 0;
  switch (letter) {
    case 0x22: case 0x5c: case 0x2f: return letter;
    case 0x62: return 0x08;
    case 0x66: return 0x0c;
    case 0x6e: return 0x0a;
    case 0x72: return 0x0d;
    case 0x74: return 0x09;
    case 0x75: return readUnicode();
  }
  complain('has an unknown escape in a string');
  return 0;
}

/** `\uXXXX`, two of them for what lies beyond U+FFFF. */
function readUnicode(): u32 {
  const unit = readHex4();
  if (unit < 0xd800 || unit >= 0xe000) return unit;
  const paired = unit < 0xdc00 && cursor + 2 <= end && load<u16>(cursor) == 0x755c;
  if (paired) cursor += 2;
  const low = paired ? readHex4() : 0;
  if (low >= 0xdc00 && low < 0xe000) return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
  if (isLoose) {
    if (paired) cursor -= 6;
    return 0xfffd;
  }
  complainAt(cursor - 6, 'has half a surrogate pair in a string');
  return 0;
}

function readHex4(): u32 {
  let value: u32 = 0;
  for (let i = 0; i < 4; i++) {
    const byte = cursor < end ? <u32>load<u8>(cursor++) : 0;
    const letter = (byte | 0x20) - 0x61;
    if (!isDigit(byte) && letter > 5) {
      complain('has a broken \\u escape in a string');
      return 0;
    }
    value = (value << 4) | (isDigit(byte) ? byte - 0x30 : letter + 10);
  }
  return value;
}

/** A number as it is written. */
export function readNumber(): Text {
  peek();
  const begin = cursor;
  if (cursor < end && load<u8>(cursor) == 0x2d) cursor++;
  if (isLoose && takeWord('Infinity')) return textAt(begin, cursor - begin);
  const leadingZero = cursor < end && load<u8>(cursor) == 0x30;
  const whole = takeDigits();
  let good = whole == 1 || (whole > 1 && !leadingZero);
  if (cursor < end && load<u8>(cursor) == 0x2e) {
    cursor++;
    if (takeDigits() == 0) good = false;
  }
  if (cursor < end && (load<u8>(cursor) | 0x20) == 0x65) {
    cursor++;
    if (cursor < end && (load<u8>(cursor) == 0x2b || load<u8>(cursor) == 0x2d)) cursor++;
    if (takeDigits() == 0) good = false;
  }
  const text = textAt(begin, cursor - begin);
  if (!good) complainAt(begin, 'has a broken number');
  return text;
}

function takeDigits(): usize {
  const begin = cursor;
  while (cursor < end && isDigit(load<u8>(cursor))) cursor++;
  return cursor - begin;
}

/** Takes `true`, `false` or `null` and answers its first letter. */
export function readWord(): u32 {
  const letter = peek();
  if (takeWord(letter == 0x74 ? 'true' : letter == 0x66 ? 'false' : 'null')) return letter;
  if (!isLoose || !(takeWord('NaN') || takeWord('Infinity'))) complain('has something that is no value');
  return letter;
}

/** Takes exactly this word, if it comes next. */
export function takeWord(word: string): bool {
  const length = <usize>word.length;
  peek();
  if (cursor + length > end || !textAt(cursor, length).is(word)) return false;
  cursor += length;
  return true;
}

/** Takes any value and forgets it. */
export function skipValue(): void {
  const before = mark();
  skip();
  // A complaint lies in the same memory and is still wanted.
  if (ok()) release(before);
}

function skip(): void {
  const byte = peek();
  if (byte == 0x22) {
    readString();
  } else if (byte == 0x5b) {
    enter(byte);
    for (let first = true; nextElement(first); first = false) skipValue();
  } else if (byte == 0x7b) {
    enter(byte);
    for (let first = true; nextKey(first) !== null; first = false) skipValue();
  } else if (byte == 0x2d || isDigit(byte)) {
    readNumber();
  } else {
    readWord();
  }
}

function complainAt(place: usize, what: string): void {
  cursor = place;
  complain(what);
}

/** "The JSON <what>", with the place and what stands there. */
function complain(what: string): Problem {
  const made = problem(status);
  made.message.put('The JSON ').put(cursor < end || depth == 0 ? what : 'ends too early');
  let line: u64 = 1, column: u64 = 1;
  for (let at = origin; at < min(cursor, end); at++) {
    const byte = load<u8>(at);
    if (byte == 0x0a) line++;
    column = byte == 0x0a ? 1 : column + ((byte & 0xc0) != 0x80 ? 1 : 0);
  }
  const place = newOutput().put('line ').number(line).put(', column ').number(column);
  if (cursor >= end) {
    place.put(', at the end of the text');
  } else {
    decodeRune(cursor, end);
    place.put(', before `').shown(textAt(cursor, min(runeBytes, end - cursor))).byte(0x60);
  }
  return made.found(place.asText());
}

/** Takes a number that must be an unsigned integer; false where it is none or does not fit 64 bits. */
export function readUnsigned(): bool {
  const before = mark();
  const good = parseUnsigned(readNumber()) && ok();
  if (ok()) release(before);
  return good;
}

/** A number as an unsigned integer, exactly; false where it is none or does not fit 64 bits. */
export function parseUnsigned(text: Text): bool {
  unsigned = 0;
  if (text.size == 0 || text.size > 20) return false;
  for (let i: usize = 0; i < text.size; i++) {
    const digit = <u64>(text.at(i) - 0x30);
    if (digit > 9) return false;
    if (unsigned > (u64.MAX_VALUE - digit) / 10) return false;
    unsigned = unsigned * 10 + digit;
  }
  return true;
}

/** What the last parseUnsigned or readUnsigned read. */
export let unsigned: u64 = 0;
