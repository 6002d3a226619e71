// The header of a numpy array: a Python dictionary, read as numpy does, by its syntax and not by looking
// for words in it. `'\x7c\x4f'` is a way to write the type of objects.

import { dtypeOf, dtypeSize, hasObjects } from '../pickle/dtype';
import { quotedBytes, quotedText } from '../pickle/arguments';
import { isDigit, isLetter } from '../text';

/** Levels of structured types. */
const MAX_DEPTH = 16;

let cursor: usize = 0;
let end: usize = 0;
let good = true;
let depth = 0;

/** What readHeader found. */
export let headerBytes: u64 = 0;
export let headerHasObjects = false;
/** Whether headerBytes is right. */
export let headerIsKnown = true;

/** { 'descr': …, 'fortran_order': …, 'shape': … } in any order, and nothing else. */
export function readHeader(ptr: usize, size: usize): bool {
  cursor = ptr;
  end = ptr + size;
  good = true;
  depth = 0;
  headerHasObjects = false;
  headerIsKnown = true;
  let element: u64 = 0, count: u64 = 1, seen: u32 = 0;
  expect(0x7b);
  while (good && !take(0x7d)) {
    const key = readKey();
    expect(0x3a);
    if (key == 1) element = readType();
    else if (key == 2) readWord();
    else if (key == 4) count = readShape();
    if (key == 0 || (seen & key) != 0) good = false;
    seen |= key;
    if (!take(0x2c)) {
      expect(0x7d);
      break;
    }
  }
  if (peek() != 0 || seen != 7) good = false;
  headerBytes = times(element, count);
  return good;
}

function peek(): u32 {
  while (cursor < end && (load<u8>(cursor) == 0x20 || load<u8>(cursor) - 9 < 5)) cursor++;
  return cursor < end ? load<u8>(cursor) : 0;
}

function take(byte: u32): bool {
  if (peek() != byte) return false;
  cursor++;
  return true;
}

function expect(byte: u32): void {
  if (!take(byte)) good = false;
}

/** 1 descr, 2 fortran_order, 4 shape, 0 anything else. */
function readKey(): u32 {
  if (!readString()) return 0;
  if (quotedText.is('descr')) return 1;
  if (quotedText.is('fortran_order')) return 2;
  return quotedText.is('shape') ? 4 : 0;
}

/** A string, its escapes decoded, into quotedText. */
function readString(): bool {
  // Bytes and raw strings are literals as well; numpy writes neither.
  const quote = peek();
  const begin = cursor;
  if (quote != 0x22 && quote != 0x27) good = false;
  cursor++;
  while (good && cursor < end && load<u8>(cursor) != quote) cursor += load<u8>(cursor) == 0x5c ? 2 : 1;
  if (cursor >= end) good = false;
  if (!good) return false;
  cursor++;
  if (!quotedBytes(begin, cursor - begin)) good = false;
  return good;
}

function readWord(): void {
  const begin = cursor;
  peek();
  while (cursor < end && isLetter(load<u8>(cursor))) cursor++;
  if (cursor == begin) good = false;
}

/** A type: a text, a list of fields, or a type with a shape. Bytes of one element. */
function readType(): u64 {
  const byte = peek();
  if (++depth > MAX_DEPTH) good = false;
  if (!good) return 0;
  const bytes = byte == 0x5b ? readFields() : byte == 0x28 ? readShaped() : readPlain();
  depth--;
  return bytes;
}

function readPlain(): u64 {
  if (!readString()) return 0;
  const dtype = dtypeOf(quotedText.ptr, quotedText.size);
  const bytes = dtypeSize(dtype);
  if (hasObjects(dtype) || (bytes == 0 && mayNameObjects())) headerHasObjects = true;
  else if (bytes == 0 && !isEmptyType()) headerIsKnown = false;
  return bytes;
}

/** `O`, `object`, `i4,O`: whatever the scanner does not read as a plain type. */
function mayNameObjects(): bool {
  return quotedText.indexOf(0x4f) >= 0 || quotedText.indexOf(0x6f) >= 0;
}

/** `S0`, `U0`, `V0` */
function isEmptyType(): bool {
  const size = quotedText.size;
  return size >= 2 && quotedText.at(size - 1) == 0x30 && isLetter(quotedText.at(size - 2));
}

/** [('name', type), ('name', type, shape), …] */
function readFields(): u64 {
  let sum: u64 = 0;
  expect(0x5b);
  while (good && !take(0x5d)) {
    expect(0x28);
    if (take(0x28)) {
      // A title and a name.
      readString();
      expect(0x2c);
      readString();
      take(0x2c);
      expect(0x29);
    } else {
      readString();
    }
    expect(0x2c);
    let bytes = readType();
    if (take(0x2c) && peek() != 0x29) bytes = times(bytes, readShape());
    take(0x2c);
    expect(0x29);
    sum += bytes;
    if (!take(0x2c)) {
      expect(0x5d);
      break;
    }
  }
  return sum;
}

/** (type, shape) */
function readShaped(): u64 {
  expect(0x28);
  const bytes = readType();
  expect(0x2c);
  const count = readShape();
  take(0x2c);
  expect(0x29);
  return times(bytes, count);
}

/** A number or a tuple of numbers: their product. */
function readShape(): u64 {
  if (!take(0x28)) return readNumber();
  let product: u64 = 1;
  while (good && !take(0x29)) {
    product = times(product, readNumber());
    if (!take(0x2c)) {
      expect(0x29);
      break;
    }
  }
  return product;
}

function readNumber(): u64 {
  let number: u64 = 0;
  const first = peek(), begin = cursor;
  while (cursor < end && isDigit(load<u8>(cursor)) && number < (1 << 58)) number = number * 10 + load<u8>(cursor++) - 0x30;
  if (cursor == begin || first == 0) good = false;
  // Python 2 wrote long integers.
  if (cursor < end && load<u8>(cursor) == 0x4c) cursor++;
  return number;
}

/** Products beyond 64 bits are as good as endless. */
function times(a: u64, b: u64): u64 {
  return b != 0 && a > (u64.MAX_VALUE >> 2) / b ? u64.MAX_VALUE >> 2 : a * b;
}
