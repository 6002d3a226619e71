// Groups as they were first written: a B-tree of symbol tables. The names are of no interest, only what
// they lead to.

import { AGAIN, DONE, Task } from '../scan/task';
import { complain, countStep, lacks, lengthBytes, offsetAt, offsetBytes, tooMuch } from './file';
import { addJob, GROUP_ENTRIES, GROUP_TREE, isNew, job, OBJECT, SYMBOLS } from './jobs';

const TREE: u32 = 0x45455254;
const SNOD: u32 = 0x444f4e53;

/** Behind the two addresses of a symbol's entry: what is cached, and 16 bytes of it. */
const CACHE_BYTES: usize = 24;
/** Cached is where the group's tree lies. */
const CACHED_GROUP: u32 = 1;

export function readGroupTree(task: Task): u32 {
  const size: usize = 8 + 2 * offsetBytes;
  if (!task.want(size)) return lacks(task);
  if (load<u32>(task.here) != TREE || load<u8>(task.here, 4) != 0) return bad(task);
  job.depth = load<u8>(task.here, 5);
  job.count = load<u16>(task.here, 6);
  task.skip(<u64>size);
  task.step = GROUP_ENTRIES;
  return AGAIN;
}

/** Keys and children take turns: trees of a level below, or symbol tables. */
export function readEntries(task: Task): u32 {
  const size = lengthBytes + offsetBytes;
  for (; job.count > 0; job.count--) {
    if (!task.want(size)) return lacks(task);
    if (!countStep()) return tooLong(task);
    const address = offsetAt(task.here + lengthBytes), kind = job.depth == 0 ? SYMBOLS : GROUP_TREE;
    if (isNew(task, kind, address)) addJob(task, kind, address, 0);
    task.skip(<u64>size);
  }
  return DONE;
}

/** job.depth: whether its beginning has been read. */
export function readSymbols(task: Task): u32 {
  if (job.depth == 0) {
    if (!task.want(8)) return lacks(task);
    if (load<u32>(task.here) != SNOD || load<u8>(task.here, 4) != 1) return bad(task);
    job.count = load<u16>(task.here, 6);
    job.depth = 1;
    task.skip(8);
  }
  const size: usize = 2 * offsetBytes + CACHE_BYTES;
  for (; job.count > 0; job.count--) {
    if (!task.want(size)) return lacks(task);
    if (!countStep()) return tooLong(task);
    symbolEntry(task, task.here);
    task.skip(<u64>size);
  }
  return DONE;
}

/** The object of an entry, and the tree that the entry caches: an object may say something else. */
export function symbolEntry(task: Task, ptr: usize): void {
  const address = offsetAt(ptr + offsetBytes), cached = ptr + 2 * offsetBytes;
  if (isNew(task, OBJECT, address)) addJob(task, OBJECT, address, 0);
  if (load<u32>(cached) != CACHED_GROUP) return;
  const tree = offsetAt(cached + 8);
  if (isNew(task, GROUP_TREE, tree)) addJob(task, GROUP_TREE, tree, 0);
}

function tooLong(task: Task): u32 {
  tooMuch(task, 'The HDF5 file has more parts than the scanner follows.');
  return DONE;
}

function bad(task: Task): u32 {
  complain(task, 'The HDF5 file has a group whose tree cannot be read.');
  return DONE;
}
