// What the opcode that is being read sees: the bytes from the cursor to the end of the window, the
// machine it works on, and how the run ends. The rooms beside this one ask here for an opcode's argument;
// what is lacking is noted before anything has been changed.

import { Task } from '../../scan/task';
import { fail, Machine, push } from '../machine';
import { LONG_STRING, value } from '../values';

/** How a run ends. */
export const RUNNING: u32 = 0;
export const WAITING: u32 = 1; // the window lacks bytes
export const PAUSED: u32 = 2; // memory has to grow, or the window has to move
export const STOPPED: u32 = 3; // STOP: the stream is complete
export const BROKEN: u32 = 4; // machine.ts says why
export const AT_ARRAY: u32 = 5; // the raw bytes of an array follow

/** Bytes of a line that is read as a whole; the rest of a longer one is passed over. */
const MAX_LINE_BYTES: usize = 64 * 1024;

export let task: Task = changetype<Task>(0);
export let machine: Machine = changetype<Machine>(0);
export let cursor: usize = 0;
export let windowEnd: usize = 0;
/** Where the inner loop leaves off: the end of the window or of the frame in it. */
export let stop: usize = 0;
export let outcome: u32 = RUNNING;
/** Where to go on, beyond the window; 0: at the cursor. */
let jump: u64 = 0;

export function openWindow(reading: Task, with_: Machine): void {
  task = reading;
  machine = with_;
  cursor = task.here;
  windowEnd = cursor + task.have;
  outcome = RUNNING;
  jump = 0;
  task.lacking = 1;
  placeStop();
}

/** The task goes on where the run has ended. */
export function closeWindow(): void {
  task.pos = jump == 0 ? position(cursor) : jump;
}

@inline
export function advance(size: usize): void {
  cursor += size;
}

@inline
export function end(how: u32): void {
  outcome = how;
}

/** Ends the inner loop behind this opcode. */
@inline
export function stopHere(): void {
  stop = cursor;
}

@inline
export function position(at: usize): u64 {
  return task.windowAt + <u64>(at - task.window);
}

export function placeStop(): void {
  stop = windowEnd;
  if (machine.frameEnd == 0) return;
  const here = position(cursor);
  const left = machine.frameEnd > here ? machine.frameEnd - here : 0;
  if (left < <u64>(windowEnd - cursor)) stop = cursor + <usize>left;
}

/** Whether an argument of so many bytes is in the window. */
@inline
export function takes(size: usize): bool {
  if (cursor + 1 + size <= windowEnd) return true;
  task.lacking = 1 + size;
  end(WAITING);
  return false;
}

/** Passes over bytes from the cursor on, in the window or beyond it. */
export function pass(size: u64): void {
  if (size <= <u64>(windowEnd - cursor)) {
    advance(<usize>size);
    return;
  }
  const left = task.end - position(cursor);
  if (size > left) return fail('Ends in the middle of a string.');
  jump = position(cursor) + size;
  end(PAUSED);
}

/** The end of the line that begins at `from`; 0 where it is not in the window. */
export function lineEnd(from: usize): usize {
  for (let at = from; at < windowEnd; at++) if (load<u8>(at) == 0x0a) return at;
  if (windowEnd - cursor > MAX_LINE_BYTES) return 0;
  task.lacking = windowEnd - cursor + 1;
  end(WAITING);
  return 0;
}

/** After lineEnd in vain: begins to pass over a line too long to be anything but data. */
export function passLine(): void {
  if (outcome == WAITING) return;
  push(machine, value(LONG_STRING));
  machine.inLine = true;
  jump = position(windowEnd);
  end(PAUSED);
}

/** A value, and past an opcode whose argument has so many bytes. */
@inline
export function give(word: u32, size: usize): void {
  push(machine, word);
  advance(1 + size);
}
