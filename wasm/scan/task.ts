// What the scanner is reading: a stack of tasks, each a range of bytes and the format that reads it.
// A reader never waits. It asks `want` for bytes and, where they are not there yet, answers MORE; the
// session (session.ts) has the host fill the task's window and calls the reader again.
//
//   source:  ...|from ======= pos ----- windowed bytes ----- end|...      source 0 is the file itself
//
// All of this lies in reserved memory and has a fixed size, whatever the file says.

import { reserve } from '../abi';

/** What a reader's step answers. */
export const MORE: u32 = 0; // the window lacks bytes
export const AGAIN: u32 = 1; // call the topmost task again: it may be another one
export const DONE: u32 = 2; // nothing left to read

/** Archives within archives. Honest models have two levels (npz or checkpoint, array or pickle). */
export const MAX_TASKS = 12;
/** Bytes that a reader sees at once. Larger reads cost memory, smaller ones more calls. */
export const WINDOW_BYTES: usize = 128 * 1024;
/** Bytes of a member's name that are kept: enough to find it. */
export const NAME_BYTES: usize = 1024;
/** Bytes that a format may keep about its task. */
const STATE_BYTES: usize = 256;
/** The first read of a task; each further one doubles. Members are mostly judged by their start. */
const FIRST_READ_BYTES: usize = 4096;
/** Where the end of a source that is being decoded is not known. */
export const NO_END: u64 = u64.MAX_VALUE;

@unmanaged
export class Task {
  format: u32;
  /** Where the format's reader stands; each starts at 0. */
  step: u32;
  source: u32;
  /** Whether the source was opened for this task and is closed with it. */
  owns: bool;
  /** Reads on in its parent's bytes: what is left of its window goes back to the parent. */
  inner: bool;
  /** The source can be read at any place. */
  seekable: bool;
  from: u64;
  end: u64;
  /** What `end` was at first: it shrinks when the source turns out to be shorter. */
  limit: u64;
  /** The next byte to be read. */
  pos: u64;
  window: usize;
  windowAt: u64;
  windowSize: usize;
  /** What `want` or `whole` lacked, in bytes from pos. */
  lacking: usize;
  /** Bytes beyond the window are kept for it: whole.ts. */
  gathers: bool;
  readAhead: usize;
  /** What the host has to do before the task can go on: see session.ts. 0: nothing. */
  pending: u32;
  method: u32;
  packedFrom: u64;
  packedSize: u64;
  /** The member's name with those of the archives around it, `outer.zip!inner.pkl`. */
  name: usize;
  nameSize: usize;
  /** How the content is looked at: content.ts. */
  mode: u32;
  state: usize;
  /** What checksum.ts knows about the content. */
  checks: bool;
  wantedCrc: u32;
  wantedSize: u64;
  crc: u32;
  crcTo: u64;
  /** What a pickle that has ended tells its parent: see pickle/stream.ts. */
  childResult: u32;

  /** Bytes that can be looked at from `here`. */
  @inline get have(): usize {
    const passed = this.pos - this.windowAt;
    const have: usize = passed > <u64>this.windowSize ? 0 : this.windowSize - <usize>passed;
    const left = this.end - this.pos;
    return left < <u64>have ? <usize>left : have;
  }

  /** The address of the byte at pos. */
  @inline get here(): usize {
    return this.window + <usize>(this.pos - this.windowAt);
  }

  /** Whether `size` bytes (at most WINDOW_BYTES) can be looked at. If not: either `ended`, or MORE. */
  want(size: usize): bool {
    if (this.have >= size) return true;
    this.lacking = size;
    return false;
  }

  /** After a `want` in vain: the range ends before that many bytes. */
  @inline get ended(): bool {
    return this.end - this.pos < <u64>this.lacking;
  }

  @inline get left(): u64 {
    return this.end - this.pos;
  }

  /** Moves on, at most to the end; false where the range ends before. */
  skip(size: u64): bool {
    const enough = size <= this.end - this.pos;
    this.pos = enough ? this.pos + size : this.end;
    return enough;
  }
}

let slots: usize = 0;
/** How many tasks there are. */
export let count: i32 = 0;

/** Cleared memory for each task, once per instance. */
export function openTasks(): void {
  count = 0;
  if (slots != 0) return;
  const size = slotSize();
  slots = reserve(size * <usize>MAX_TASKS);
  for (let i: usize = 0; i < <usize>MAX_TASKS; i++) {
    const task = changetype<Task>(slots + i * size);
    task.state = slots + i * size + offsetof<Task>();
    task.name = task.state + STATE_BYTES;
    task.window = task.name + NAME_BYTES;
  }
}

@inline
function slotSize(): usize {
  return (offsetof<Task>() + STATE_BYTES + NAME_BYTES + WINDOW_BYTES + 15) & ~15;
}

@inline
export function taskAt(index: i32): Task {
  return changetype<Task>(slots + <usize>index * slotSize());
}

@inline
export function topTask(): Task {
  return taskAt(count - 1);
}

/** The task that began this one; the outermost has itself. */
export function parentOf(task: Task): Task {
  const index = <i32>((changetype<usize>(task) - slots) / slotSize());
  return taskAt(max(index - 1, 0));
}

/** The task whose bytes these are: those that read on in their parent's have none of their own. */
export function ownerOf(task: Task): Task {
  let owner = task;
  while (owner.inner) owner = parentOf(owner);
  return owner;
}

/** Whether another level is allowed. */
@inline
export function canNest(): bool {
  return count < MAX_TASKS;
}

/** A task on top of the others for a range of a source. The caller has asked canNest. */
export function pushTask(format: u32, source: u32, from: u64, end: u64): Task {
  const task = taskAt(count++);
  task.format = format;
  task.step = 0;
  task.source = source;
  task.owns = false;
  task.inner = false;
  task.seekable = true;
  task.from = from;
  task.end = end;
  task.limit = end;
  task.pos = from;
  task.windowAt = from;
  task.windowSize = 0;
  task.lacking = 0;
  task.gathers = false;
  task.readAhead = FIRST_READ_BYTES;
  task.pending = 0;
  task.mode = 0;
  task.nameSize = 0;
  task.childResult = 0;
  task.checks = false;
  memory.fill(task.state, 0, STATE_BYTES);
  return task;
}

/** A task for a part of its parent's own bytes, under the same name; windowed bytes are taken along. */
export function pushInner(parent: Task, format: u32, from: u64, end: u64): Task {
  const task = pushTask(format, parent.source, from, end);
  task.inner = true;
  task.seekable = parent.seekable;
  task.mode = parent.mode;
  task.nameSize = parent.nameSize;
  memory.copy(task.name, parent.name, parent.nameSize);
  const passed = from - parent.windowAt;
  if (from >= parent.windowAt && passed < <u64>parent.windowSize) {
    task.windowSize = parent.windowSize - <usize>passed;
    memory.copy(task.window, parent.window + <usize>passed, task.windowSize);
  }
  return task;
}

export function popTask(): Task {
  const task = taskAt(--count);
  if (!task.inner || count == 0) return task;
  const parent = taskAt(count - 1);
  if (task.end < task.limit && parent.end > task.end) parent.end = task.end;
  parent.childResult = task.childResult;
  parent.pos = task.pos;
  parent.windowAt = task.pos;
  parent.windowSize = task.have;
  if (parent.windowSize > 0) memory.copy(parent.window, task.here, parent.windowSize);
  return task;
}

/** Gives a task its name: the parent's, and the member's own behind it. */
export function nameMember(task: Task, parent: Task, ptr: usize, size: usize): void {
  let at: usize = parent.nameSize;
  memory.copy(task.name, parent.name, at);
  if (at > 0 && at < NAME_BYTES) store<u8>(task.name + at++, 0x21);
  const room = min(size, NAME_BYTES - at);
  memory.copy(task.name + at, ptr, room);
  task.nameSize = at + room;
}

/** Where the next read begins and how long it is; the window is shifted to make room for it. */
export let readAt: u64 = 0;
export let readSize: usize = 0;
export let readTo: usize = 0;

export function prepareRead(task: Task): void {
  const have = task.have;
  // What lies behind a jump is as unknown as the beginning was.
  if (task.pos > task.windowAt + <u64>task.windowSize) task.readAhead = FIRST_READ_BYTES;
  if (have > 0) memory.copy(task.window, task.here, have);
  task.windowAt = task.pos;
  task.windowSize = have;
  const size = min(max(task.lacking, task.readAhead), WINDOW_BYTES) - have;
  task.readAhead = min(task.readAhead << 1, WINDOW_BYTES);
  readAt = task.pos + <u64>have;
  const left = task.end - readAt;
  readSize = left < <u64>size ? <usize>left : size;
  readTo = task.window + have;
}

/** The host has put so many bytes there: fewer than it was asked for only at the end of the source. */
export function fed(task: Task, size: usize): void {
  task.windowSize += size;
  if (size < readSize) task.end = readAt + <u64>size;
}
