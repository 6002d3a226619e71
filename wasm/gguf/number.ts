// Metadata numbers as JSON. JSON has no NaN and no infinity, and most of its readers keep integers
// exact only up to 2^53: what JSON cannot carry becomes a text.

import { dtoa_buffered } from 'util/number';
import { allocate, mark, release } from '../abi';
import { Output } from '../output';

const MAX_SAFE: u64 = (1 << 53) - 1;

export function writeUnsigned(to: Output, value: u64): void {
  if (value <= MAX_SAFE) to.number(value);
  else to.byte(0x22).number(value).byte(0x22);
}

export function writeSigned(to: Output, value: i64): void {
  const isNegative = value < 0;
  const size = isNegative ? 0 - <u64>value : <u64>value;
  const isSafe = size <= MAX_SAFE;
  to.put(isSafe ? '' : '"').put(isNegative ? '-' : '').number(size).put(isSafe ? '' : '"');
}

/** The shortest digits that give the same number again: 0.00001 and not 0.000009999999747378752. */
export function writeFloat<T extends number>(to: Output, value: T): void {
  if (isNaN<T>(value)) {
    to.put('"NaN"');
  } else if (!isFinite<T>(value)) {
    to.put(value < 0 ? '"-Infinity"' : '"Infinity"');
  } else {
    const before = mark();
    const units = allocate(64);
    const length = dtoa_buffered<T>(units, value);
    const ascii = allocate(32);
    for (let i: u32 = 0; i < length; i++) store<u8>(ascii + i, load<u16>(units + (<usize>i << 1)));
    to.bytes(ascii, length);
    // Where the output had to grow, its new room lies behind what would be given back.
    if (to.ptr < before) release(before);
  }
}
