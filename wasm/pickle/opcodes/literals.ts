// Opcodes that push a number or a string. The body of a long string is passed over without being read.

import { binaryInteger, looksLikeFloat, quotedString, rawUnicode, textInteger, wholeNumber } from '../arguments';
import { fail, push } from '../machine';
import { MAX_NAME_BYTES, stringValue } from '../strings';
import { DATA, LONG_STRING, value } from '../values';
import { advance, cursor, give, lineEnd, machine, pass, passLine, takes } from './window';

/** A string or bytes with its length before it. `isText`: it may be used as a name. */
export function literal(header: usize, size: u64, isText: bool): void {
  if (!isText || size > <u64>MAX_NAME_BYTES) {
    push(machine, value(isText ? LONG_STRING : DATA));
    if (size > u64.MAX_VALUE - <u64>header) return fail('Ends in the middle of a string.');
    return pass(<u64>header + size);
  }
  if (!takes(header - 1 + <usize>size)) return;
  push(machine, stringValue(cursor + header, <usize>size));
  advance(header + <usize>size);
}

/** BINSTRING's length has a sign. */
export function binaryString(): void {
  const size = load<i32>(cursor + 1);
  if (size < 0) return fail('Has a string of negative length.');
  literal(5, <u64>size, true);
}

export function binaryLong(header: usize, size: u64): void {
  if (size > <u64>i32.MAX_VALUE) return fail('Has a number of negative length.');
  if (size > 16) {
    push(machine, value(DATA));
    return pass(<u64>header + size);
  }
  if (!takes(header - 1 + <usize>size)) return;
  push(machine, binaryInteger(cursor + header, <usize>size));
  advance(header + <usize>size);
}

@inline
export function signed(number: i32): u32 {
  return number < 0 ? value(DATA) : wholeNumber(<u64>number);
}

export function textNumber(opcode: u32): void {
  const from = cursor + 1, end = lineEnd(from);
  if (end == 0) return passLine();
  // INT spells booleans 00 and 01.
  const isBoolean = opcode == 0x49 && end - from == 2 && load<u8>(from) == 0x30 && (load<u8>(from + 1) | 1) == 0x31;
  const word = isBoolean ? value(DATA) : textInteger(from, end - from, 0);
  if (word == 0) return fail('Has a number that is none.');
  give(word, end - from + 1);
}

export function textFloat(): void {
  const from = cursor + 1, end = lineEnd(from);
  if (end == 0) return passLine();
  if (!looksLikeFloat(from, end - from)) return fail('Has a number that is none.');
  give(value(DATA), end - from + 1);
}

export function textString(isQuoted: bool): void {
  const from = cursor + 1, end = lineEnd(from);
  if (end == 0) return passLine();
  const word = isQuoted ? quotedString(from, end - from) : rawUnicode(from, end - from);
  if (word == 0) return fail('Has a string that is not written as one.');
  give(word, end - from + 1);
}
