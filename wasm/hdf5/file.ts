// What all readers of an HDF5 file share: where it begins, how wide its numbers are, and what is said when
// it cannot be followed. One file is read at a time, since nothing is opened inside of it.

import { HDF5_LIMIT, HDF5_UNREADABLE } from '../../build/generated/scan-rules';
import { reportPlain } from '../scan/findings';
import { DONE, MORE, Task } from '../scan/task';

/** An address that is not set: all bits. */
export const UNDEFINED: u64 = u64.MAX_VALUE;

/** Messages, records and heap objects that are looked at. Keras' largest files have some ten thousand. */
const MAX_STEPS: u32 = 4_000_000;
/** What is read after a jump, if no more is wanted: metadata lies in small pieces. */
const READ_BYTES: usize = 2048;

/** Where addresses count from, in the task's content. */
export let base: u64 = 0;
/** Bytes of an address and of a length. */
export let offsetBytes: usize = 8;
export let lengthBytes: usize = 8;

let steps: u32 = 0;
let complained: bool = false;

export function openFile(): void {
  base = 0;
  steps = 0;
  complained = false;
}

export function setBase(to: u64): void {
  base = to;
}

export function setWidths(offset: u32, length: u32): bool {
  offsetBytes = <usize>offset;
  lengthBytes = <usize>length;
  return isWidth(offset) && isWidth(length);
}

/** The library also knows 16 and 32 bytes, which no file needs. */
function isWidth(bytes: u32): bool {
  return bytes == 2 || bytes == 4 || bytes == 8;
}

/** A little-endian number of 1 to 8 bytes. */
export function numberAt(ptr: usize, bytes: usize): u64 {
  let value: u64 = 0;
  for (let i = bytes; i > 0; i--) value = (value << 8) | <u64>load<u8>(ptr + i - 1);
  return value;
}

export function offsetAt(ptr: usize): u64 {
  const value = numberAt(ptr, offsetBytes);
  return offsetBytes < 8 && value == (<u64>1 << (<u64>offsetBytes << 3)) - 1 ? UNDEFINED : value;
}

@inline
export function lengthAt(ptr: usize): u64 {
  return numberAt(ptr, lengthBytes);
}

/** Bytes that numbers up to this one take, as the library counts them. */
export function bytesFor(limit: u64): usize {
  return limit == 0 ? 1 : <usize>((63 - clz(limit)) >> 3) + 1;
}

/** Goes to an address; false where the file ends before it. */
export function seek(task: Task, address: u64): bool {
  const start = task.from + base;
  if (address > task.end - start) return false;
  task.pos = start + address;
  if (task.have == 0) task.readAhead = READ_BYTES;
  return true;
}

/** The address of the task's position. */
export function addressOf(task: Task): u64 {
  return task.pos - task.from - base;
}

/** One more piece is looked at. */
export function countStep(): bool {
  return ++steps <= MAX_STEPS;
}

/** Said once per file; what else can be read is read all the same. */
export function complain(task: Task, why: string): void {
  if (!complained) reportPlain(HDF5_UNREADABLE, task, task.pos, why);
  complained = true;
}

export function tooMuch(task: Task, why: string): void {
  if (!complained) reportPlain(HDF5_LIMIT, task, task.pos, why);
  complained = true;
}

/** After a `want` in vain: MORE, or DONE where the file has been cut off. */
export function lacks(task: Task): u32 {
  if (!task.ended) return MORE;
  complain(task, 'The HDF5 file ends before all of its parts do.');
  return DONE;
}
