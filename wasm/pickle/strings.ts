// Literal strings of a pickle, because any of them may turn out to be the name of a function. The last
// sixteen thousand short ones lie in a ring; one that is used as a name is kept for good, and the memo's
// entry for it is changed to the kept one, so that names that are used again are known however far back.

import { reserve } from '../abi';
import { memoGet, memoPut } from './memo';
import { KEPT, kindOf, LONG_STRING, MAX_PAYLOAD, payloadOf, RECENT, value, WORD } from './values';
import { wordBytes, wordOf, wordSize } from './words';

/** Bytes; a longer string is no name. */
export const MAX_NAME_BYTES: usize = 512;
const SLOTS: u32 = 16384;
const RING_BYTES: u64 = 1024 * 1024;
/** Names that are kept, and their bytes. */
const MAX_KEPT: u32 = 4096;
const KEPT_BYTES: usize = 256 * 1024;

@unmanaged
class Slot {
  number: u32;
  size: u32;
  /** Where the bytes begin, counted from the first string ever. */
  start: u64;
  /** The memo entry that holds it: one more than the index, 0 for none. */
  memo: u32;
}

@unmanaged
class Kept {
  ptr: usize;
  size: usize;
}

let slots: usize = 0;
let ring: usize = 0;
let keptSlots: usize = 0;
let keptBytes: usize = 0;
/** Number of the next string; after MAX_PAYLOAD of them the ring stops, so that none is mistaken. */
let next: u32 = 1;
let head: u64 = 0;
let keptCount: u32 = 0;
let keptSize: usize = 0;

/** Where `findString` found it. */
export let stringPtr: usize = 0;
export let stringSize: usize = 0;

export function openStrings(): void {
  if (slots == 0) {
    slots = reserve(<usize>SLOTS * offsetof<Slot>());
    ring = reserve(<usize>RING_BYTES);
    keptSlots = reserve(<usize>MAX_KEPT * offsetof<Kept>());
    keptBytes = reserve(KEPT_BYTES);
  }
  memory.fill(slots, 0, <usize>SLOTS * offsetof<Slot>());
  next = 1;
  head = 0;
  keptCount = 0;
  keptSize = 0;
}

/** The value of a literal string whose bytes (UTF-8) lie anywhere. */
export function stringValue(ptr: usize, size: usize): u32 {
  if (size > MAX_NAME_BYTES) return value(LONG_STRING);
  const word = wordOf(ptr, size);
  if (word != 0) return value(WORD, word);
  if (next == MAX_PAYLOAD) return value(RECENT, 0);
  // A string does not wrap around.
  const rest = RING_BYTES - head % RING_BYTES;
  if (<u64>size > rest) head += rest;
  memory.copy(ring + <usize>(head % RING_BYTES), ptr, size);
  const slot = slotOf(next);
  slot.number = next;
  slot.size = <u32>size;
  slot.start = head;
  slot.memo = 0;
  head += <u64>size;
  return value(RECENT, next++);
}

@inline
function slotOf(number: u32): Slot {
  return changetype<Slot>(slots + <usize>(number % SLOTS) * offsetof<Slot>());
}

@inline
function isInRing(number: u32): bool {
  const slot = slotOf(number);
  return number != 0 && slot.number == number && head - slot.start <= RING_BYTES;
}

/** Sets stringPtr and stringSize; false for what is no literal string or is forgotten. */
export function findString(word: u32): bool {
  const kind = kindOf(word), number = payloadOf(word);
  if (kind == WORD) {
    stringPtr = wordBytes(number);
    stringSize = wordSize(number);
    return true;
  }
  if (kind == KEPT) {
    const kept = changetype<Kept>(keptSlots + <usize>number * offsetof<Kept>());
    stringPtr = kept.ptr;
    stringSize = kept.size;
    return true;
  }
  if (kind != RECENT || !isInRing(number)) return false;
  const slot = slotOf(number);
  stringPtr = ring + <usize>(slot.start % RING_BYTES);
  stringSize = slot.size;
  return true;
}

/** A string goes into the memo. */
@inline
export function noteMemo(word: u32, index: u64): void {
  const number = payloadOf(word);
  if (isInRing(number)) slotOf(number).memo = <u32>index + 1;
}

/** A string has been used as a name: it, and its memo entry, stay. */
export function keepString(word: u32, directory: usize): void {
  if (kindOf(word) != RECENT || !findString(word)) return;
  if (keptCount == MAX_KEPT || keptSize + stringSize > KEPT_BYTES) return;
  const memo = slotOf(payloadOf(word)).memo;
  if (memo == 0 || memoGet(directory, memo - 1) != word) return;
  const kept = changetype<Kept>(keptSlots + <usize>keptCount * offsetof<Kept>());
  kept.ptr = keptBytes + keptSize;
  kept.size = stringSize;
  memory.copy(kept.ptr, stringPtr, stringSize);
  keptSize += stringSize;
  memoPut(directory, memo - 1, value(KEPT, keptCount++));
}
