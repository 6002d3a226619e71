// A whole content in memory, for formats whose parsers want all of a header or a document at once. One
// piece of reserved memory serves the topmost task, and the next one after it: a task that had another
// one on top of it reads again. What fits a window stays there.

import { growReserved, reserve } from '../abi';
import { Task, WINDOW_BYTES } from './task';

/** Bytes: the largest header of safetensors, and the length before it. The caller compares before it asks. */
export const MAX_WHOLE_BYTES: u64 = 100_000_000 + 8;
/** Memory is taken as the bytes come, at least so much at once: a file may say more than it has. */
const FIRST_BYTES: usize = 1024 * 1024;

/** Where the bytes are after `whole` said so, until the next one. */
export let wholeAt: usize = 0;

let memoryAt: usize = 0;
let memorySize: usize = 0;
/** Whose bytes they are, where the first one stands in its source, and how many there are. */
let owner: usize = 0;
let from: u64 = 0;
let filled: usize = 0;

/** At the start of each scan. */
export function openWhole(): void {
  owner = 0;
}

/**
 * Whether the next `size` bytes of the task lie at `wholeAt`. If not, as with `want`: the task has
 * `ended`, or answers MORE.
 */
export function whole(task: Task, size: usize): bool {
  if (size <= WINDOW_BYTES) {
    if (!task.want(size)) return false;
    wholeAt = task.here;
    return true;
  }
  task.lacking = size;
  if (!isCurrent(task) || filled < size) return false;
  wholeAt = memoryAt;
  return true;
}

/** Whether the task lacks more than its window holds. */
@inline
export function mustGather(task: Task): bool {
  return task.lacking > WINDOW_BYTES;
}

/** Where the next read begins, how long it is and where it goes. */
export let gatherAt: u64 = 0;
export let gatherSize: usize = 0;
export let gatherTo: usize = 0;

/** Only between steps: the arena is empty. */
export function prepareGather(task: Task): void {
  if (!isCurrent(task)) begin(task);
  const wanted = min(task.lacking, max(FIRST_BYTES, filled << 1));
  if (wanted > memorySize) enlarge(wanted);
  gatherAt = from + <u64>filled;
  gatherSize = wanted - filled;
  gatherTo = memoryAt + filled;
}

/** The host has put so many bytes there: fewer than it was asked for only at the end of the source. */
export function gathered(task: Task, size: usize): void {
  filled += size;
  if (size < gatherSize) task.end = from + <u64>filled;
}

function isCurrent(task: Task): bool {
  return owner == changetype<usize>(task) && task.gathers && from == task.pos;
}

/** What the window has of it is not read again. */
function begin(task: Task): void {
  filled = 0;
  if (memorySize == 0) enlarge(FIRST_BYTES);
  owner = changetype<usize>(task);
  task.gathers = true;
  from = task.pos;
  filled = task.have;
  memory.copy(memoryAt, task.here, filled);
}

/** In place where nothing else has been reserved behind it. */
function enlarge(size: usize): void {
  if (memorySize > 0 && growReserved(memoryAt + memorySize, size - memorySize)) {
    memorySize = size;
    return;
  }
  const larger = reserve(size);
  memory.copy(larger, memoryAt, filled);
  memoryAt = larger;
  memorySize = size;
}
