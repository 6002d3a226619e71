// Parts that must be unpacked before they can be read. The core names the method; the host unpacks, or
// says that it cannot (session.ts).

import { CONTENT } from './format-ids';
import { nameMember, NO_END, pushTask, Task } from './task';

/** A task's `pending`: what the host is asked for before the task runs (the kinds of session.ts). */
export const OPEN: u32 = 2;
export const KEEP: u32 = 3;

/** Methods, as numbers of a request. src/core/scan-source.ts has the same list. */
export const DEFLATE: u32 = 1;
export const ZLIB: u32 = 2;
export const GZIP: u32 = 3;
export const BZIP2: u32 = 4;
export const XZ: u32 = 5;
export const LZMA: u32 = 6;
export const LZ4: u32 = 7;
export const ZSTD: u32 = 8;
/** LZMA with the header that zips have. */
export const ZIP_LZMA: u32 = 9;
export const UNKNOWN_METHOD: u32 = 99;

/** The content of a compressed range of the parent's source, as a task of its own. */
export function pushDecoded(parent: Task, method: u32, from: u64, size: u64): Task {
  const task = pushTask(CONTENT, parent.source, 0, NO_END);
  task.pending = OPEN;
  task.method = method;
  task.packedFrom = from;
  task.packedSize = size;
  task.seekable = false;
  nameMember(task, parent, 0, 0);
  return task;
}

/** A decoded content that has to be read at any place: begins again with all of it in memory. */
export function keepDecoded(task: Task): void {
  // The host reads it, not this side.
  task.checks = false;
  task.pending = KEEP;
  task.step = 0;
  task.from = 0;
  task.pos = 0;
  task.windowAt = 0;
  task.windowSize = 0;
}
