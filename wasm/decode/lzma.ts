// LZMA itself: a range coder, probabilities that adapt, and a dictionary. xz.ts (LZMA2) and lzma-alone.ts
// frame it. Names are those of the LZMA specification (LZMA SDK, lzma-specification.txt).
//
//   dictionary:  | start ==== what matches may refer to ==== pos | room of one step |
//
// It slides to the front when a step's room is used up.

import { reserve } from '../abi';
import { AGAIN, BROKEN, END, MORE, stream } from './stream';

/** `xz -9` needs as much. Files may ask for 4 GiB, and then get an answer instead of it. */
export const MAX_DICTIONARY_BYTES: u32 = 64 * 1024 * 1024;
const MIN_DICTIONARY_BYTES: u32 = 4096;
/** Room for what one step makes: a chunk of LZMA2 is 2 MiB at most. */
export const STEP_BYTES: usize = 2 * 1024 * 1024;
const MAX_MATCH_BYTES: usize = 273;
/** Sliding costs a copy of the dictionary: seldom. */
const ROOM_BYTES: usize = 8 * 1024 * 1024;
/** The most packed bytes that one symbol may take. */
export const SYMBOL_BYTES: usize = 20;

const IS_MATCH: usize = 0;
const IS_REP: usize = 192;
const IS_REP0: usize = 204;
const IS_REP1: usize = 216;
const IS_REP2: usize = 228;
const IS_REP0_LONG: usize = 240;
const SLOT: usize = 432;
const SPECIAL: usize = 688;
const ALIGN: usize = 816;
const LENGTH: usize = 832;
const REP_LENGTH: usize = 1346;
const LITERAL: usize = 1860;
/** lc + lp of at most 4, as liblzma has it. */
const PROBABILITIES: usize = LITERAL + (0x300 << 4);
const HALF: u16 = 1024;

/** Within a coder of lengths. */
const CHOICE: usize = 0;
const LOW: usize = 2;
const MIDDLE: usize = 130;
const HIGH: usize = 258;

let probabilities: usize = 0;
let buffer: usize = 0;
let bufferSize: usize = 0;
let dictionary: usize = 0;
let start: usize = 0;
let pos: usize = 0;
/** Where the position of a symbol counts from; may lie before the buffer. */
let base: usize = 0;

let range: u32 = 0;
let code: u32 = 0;
let state: u32 = 0;
let rep0: u32 = 0;
let rep1: u32 = 0;
let rep2: u32 = 0;
let rep3: u32 = 0;
let literalContext: u32 = 0;
let literalMask: u32 = 0;
let positionMask: u32 = 0;

/** False where it is too large. */
export function openDictionary(size: u32): bool {
  if (size > MAX_DICTIONARY_BYTES) return false;
  if (probabilities == 0) probabilities = reserve(PROBABILITIES * 2);
  dictionary = max(size, MIN_DICTIONARY_BYTES);
  // Powers of two, so that ever larger dictionaries take twice the largest one together.
  const rounded = <usize>1 << (32 - clz(<u32>dictionary - 1));
  if (rounded + ROOM_BYTES > bufferSize) {
    bufferSize = rounded + ROOM_BYTES;
    buffer = reserve(bufferSize);
  }
  pos = buffer;
  resetDictionary();
  return true;
}

export function resetDictionary(): void {
  start = pos;
  base = pos;
}

/** lc, lp and pb in a byte. */
export function setProperties(byte: u32): bool {
  if (byte >= 225) return false;
  literalContext = byte % 9;
  const lp = (byte / 9) % 5;
  literalMask = (1 << lp) - 1;
  positionMask = (1 << (byte / 45)) - 1;
  return literalContext + lp <= 4;
}

export function resetState(): void {
  state = 0;
  rep0 = 0;
  rep1 = 0;
  rep2 = 0;
  rep3 = 0;
  for (let i: usize = 0; i < PROBABILITIES; i++) store<u16>(probabilities + (i << 1), HALF);
}

/** Reads the five bytes that a range coder begins with. */
export function startCoder(): bool {
  const first = load<u8>(stream.at);
  code = bswap(load<u32>(stream.at, 1));
  range = 0xffffffff;
  stream.at += 5;
  return first == 0;
}

/** Nothing is left in the range coder, as at the end of every honest one. */
export function isCoderDone(): bool {
  normalise();
  return code == 0;
}

/** Before a step: room for what it makes. What the last step made is gone then. */
export function beginStep(): usize {
  if (pos + STEP_BYTES + MAX_MATCH_BYTES > buffer + bufferSize) {
    const kept = min(pos - start, dictionary), shift = pos - kept - buffer;
    memory.copy(buffer, pos - kept, kept);
    pos -= shift;
    base -= shift;
    start = buffer;
  }
  return pos;
}

export function endStep(from: usize): void {
  stream.out = from;
  stream.outSize = pos - from;
}

/** Bytes that are not packed. */
export function copyPlain(size: usize): void {
  memory.copy(pos, stream.at, size);
  pos += size;
  stream.at += size;
}

@inline
function normalise(): void {
  if (range >= 1 << 24) return;
  range <<= 8;
  code = (code << 8) | load<u8>(stream.at++);
}

function bit(index: usize): u32 {
  normalise();
  const at = probabilities + (index << 1), p = <u32>load<u16>(at), bound = (range >>> 11) * p;
  if (code < bound) {
    range = bound;
    store<u16>(at, p + ((2048 - p) >>> 5));
    return 0;
  }
  range -= bound;
  code -= bound;
  store<u16>(at, p - (p >>> 5));
  return 1;
}

function tree(index: usize, count: u32): u32 {
  let symbol: u32 = 1;
  for (let i: u32 = 0; i < count; i++) symbol = (symbol << 1) | bit(index + symbol);
  return symbol - (1 << count);
}

function reverseTree(index: usize, count: u32): u32 {
  let symbol: u32 = 1, value: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const one = bit(index + symbol);
    symbol = (symbol << 1) | one;
    value |= one << i;
  }
  return value;
}

function direct(count: u32): u32 {
  let value: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    normalise();
    range >>>= 1;
    const one: u32 = code >= range ? 1 : 0;
    if (one != 0) code -= range;
    value = (value << 1) | one;
  }
  return value;
}

/**
 * Unpacks until `stop`, at most one match further, or until fewer than `margin` packed bytes are left
 * (0: there will be no more). END where an end mark stands.
 */
export function decodeSymbols(stop: usize, margin: usize): u32 {
  while (pos < stop) {
    if (stream.at + margin > stream.end) return margin > 0 ? MORE : BROKEN;
    const before = pos, ended = decodeSymbol();
    if (stream.at > stream.end) {
      // The symbol was made of what is not there.
      pos = before;
      return BROKEN;
    }
    if (ended != AGAIN) return ended;
  }
  return AGAIN;
}

function decodeSymbol(): u32 {
  const position = <u32>(pos - base) & positionMask;
  if (bit(IS_MATCH + (state << 4) + position) == 0) {
    literal();
    return AGAIN;
  }
  let length: u32 = 0;
  if (bit(IS_REP + state) == 0) {
    length = newMatch(position);
    if (rep0 == 0xffffffff) return END;
  } else {
    if (pos == start) return BROKEN;
    length = oldMatch(position);
  }
  if (<usize>rep0 >= pos - start) return BROKEN;
  const from = <usize>rep0 + 1;
  for (const stop = pos + length; pos < stop; pos++) store<u8>(pos, load<u8>(pos - from));
  return AGAIN;
}

function literal(): void {
  const byte: u32 = pos == start ? 0 : <u32>load<u8>(pos - 1);
  const context = ((<u32>(pos - base) & literalMask) << literalContext) + (byte >>> (8 - literalContext));
  const index = LITERAL + 0x300 * <usize>context;
  let symbol: u32 = 1;
  if (state >= 7 && <usize>rep0 < pos - start) {
    let matched = <u32>load<u8>(pos - <usize>rep0 - 1);
    while (symbol < 0x100) {
      const expected = (matched >>> 7) & 1;
      matched <<= 1;
      const one = bit(index + <usize>(((1 + expected) << 8) + symbol));
      symbol = (symbol << 1) | one;
      if (one != expected) break;
    }
  }
  while (symbol < 0x100) symbol = (symbol << 1) | bit(index + symbol);
  store<u8>(pos++, symbol);
  state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
}

function lengthOf(index: usize, position: u32): u32 {
  if (bit(index + CHOICE) == 0) return 2 + tree(index + LOW + (position << 3), 3);
  if (bit(index + CHOICE + 1) == 0) return 10 + tree(index + MIDDLE + (position << 3), 3);
  return 18 + tree(index + HIGH, 8);
}

function newMatch(position: u32): u32 {
  rep3 = rep2;
  rep2 = rep1;
  rep1 = rep0;
  const length = lengthOf(LENGTH, position);
  state = state < 7 ? 7 : 10;
  const slot = tree(SLOT + (min<u32>(length - 2, 3) << 6), 6);
  if (slot < 4) {
    rep0 = slot;
    return length;
  }
  const count = (slot >>> 1) - 1;
  rep0 = (2 | (slot & 1)) << count;
  if (slot < 14) rep0 += reverseTree(SPECIAL + rep0 - slot, count);
  else rep0 += (direct(count - 4) << 4) + reverseTree(ALIGN, 4);
  return length;
}

function oldMatch(position: u32): u32 {
  if (bit(IS_REP0 + state) == 0) {
    if (bit(IS_REP0_LONG + (state << 4) + position) == 0) {
      state = state < 7 ? 9 : 11;
      return 1;
    }
  } else {
    let distance = rep1;
    if (bit(IS_REP1 + state) != 0) {
      distance = rep2;
      if (bit(IS_REP2 + state) != 0) {
        distance = rep3;
        rep3 = rep2;
      }
      rep2 = rep1;
    }
    rep1 = rep0;
    rep0 = distance;
  }
  const length = lengthOf(REP_LENGTH, position);
  state = state < 7 ? 8 : 11;
  return length;
}
