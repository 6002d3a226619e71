// The header of a numpy array: a Python dictionary, read as numpy does, by its syntax and not by looking
// for words in it. `'\x7c\x4f'` is a way to write the type of objects.

import { dtypeOf, dtypeSize, hasObjects } from '../pickle/dtype';
import { quotedBytes, quotedText } from '../pickle/arguments';
import { isDigit, isLetter, Text } from '../text';

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
/** Elements: the product of the shape. */
export let headerCount: u64 = 0;
export let headerIsFortran = false;
/** A plain type as it is written, without its quotes; empty for one of fields or with a shape. */
export const headerType: Text = changetype<Text>(memory.data(8));
/** Bytes of one element. */
export let headerElement: u64 = 0;
/** How many dimensions, and the first MAX_DIMENSIONS of them: numpy has no more. */
export let headerRank: u32 = 0;
export const MAX_DIMENSIONS: u32 = 64;
const dimensions: usize = memory.data(64 * 8);

@inline
export function headerDimension(index: u32): u64 {
  return load<u64>(dimensions + <usize>index * 8);
}

/** { 'descr': …, 'fortran_order': …, 'shape': … } in any order, and nothing else. */
export function readHeader(ptr: usize, size: usize): bool {
  cursor = ptr;
  end = ptr + size;
  good = true;
  depth = 0;
  headerHasObjects = false;
  headerIsKnown = true;
  headerIsFortran = false;
  headerType.size = 0;
  let element: u64 = 0, count: u64 = 1, seen: u32 = 0;
  expect(0x7b);
  while (good && !take(0x7d)) {
    const key = readKey();
    expect(0x3a);
    if (key == 1) element = readType();
    else if (key == 2) headerIsFortran = readWord();
    else if (key == 4) count = readDimensions();
    if (key == 0 || (seen & key) != 0) good = false;
    seen |= key;
    if (!take(0x2c)) {
      expect(0x7d);
      break;
    }
  }
  if (peek() != 0 || seen != 7) good = false;
  headerElement = element;
  headerCount = count;
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

/** Whether it is True. */
function readWord(): bool {
  const first = peek(), begin = cursor;
  while (cursor < end && isLetter(load<u8>(cursor))) cursor++;
  if (cursor == begin) good = false;
  return first == 0x54;
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
  if (depth == 1) noteType();
  const dtype = dtypeOf(quotedText.ptr, quotedText.size);
  const bytes = dtypeSize(dtype);
  if (hasObjects(dtype) || (bytes == 0 && mayNameObjects())) headerHasObjects = true;
  else if (bytes == 0 && !isEmptyType()) headerIsKnown = false;
  return bytes;
}

/** The text that quotedText holds now: it lies there only until the next string. */
function noteType(): void {
  headerType.ptr = typeText;
  headerType.size = min(quotedText.size, TYPE_BYTES);
  memory.copy(typeText, quotedText.ptr, headerType.size);
}

/** `M8[25us]`, `U1000000`: no plain type is longer. */
const TYPE_BYTES: usize = 64;
const typeText: usize = memory.data(64);

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
  return readTuple(false);
}

/** The array's own shape, which is remembered. */
function readDimensions(): u64 {
  headerRank = 0;
  expect(0x28);
  return readTuple(true);
}

function readTuple(isNoted: bool): u64 {
  let product: u64 = 1;
  while (good && !take(0x29)) {
    const length = readNumber();
    product = times(product, length);
    if (isNoted && headerRank < MAX_DIMENSIONS) store<u64>(dimensions + <usize>(headerRank++) * 8, length);
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
