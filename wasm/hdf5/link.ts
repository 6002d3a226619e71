// A link message: an object of this file, another name for one, or an object of another file.

import { HDF5_EXTERNAL } from '../../build/generated/scan-rules';
import { mark, release } from '../abi';
import { newOutput } from '../output';
import { report } from '../scan/findings';
import { Task } from '../scan/task';
import { textAt } from '../text';
import { complain, numberAt, offsetAt, offsetBytes } from './file';
import { addJob, isNew, OBJECT } from './jobs';

const HARD: u32 = 0;
const SOFT: u32 = 1;
const EXTERNAL: u32 = 64;

/** Flags: the width of the name's length, and which fields there are. */
const HAS_ORDER: u32 = 0x04;
const HAS_TYPE: u32 = 0x08;
const HAS_CHARSET: u32 = 0x10;

export function readLink(task: Task, ptr: usize, size: usize): void {
  const end = ptr + size;
  if (size < 4 || load<u8>(ptr) != 1) return cut(task);
  const flags = <u32>load<u8>(ptr, 1), width = <usize>1 << (flags & 3);
  const type: u32 = (flags & HAS_TYPE) != 0 ? load<u8>(ptr, 2) : HARD;
  let at = ptr + 2 + ((flags & HAS_TYPE) != 0 ? 1 : 0) + ((flags & HAS_ORDER) != 0 ? 8 : 0) + ((flags & HAS_CHARSET) != 0 ? 1 : 0);
  if (at + width > end) return cut(task);
  const name = numberAt(at, width);
  at += width;
  if (name > <u64>(end - at)) return cut(task);
  at += <usize>name;
  if (type == HARD) {
    if (at + offsetBytes > end) return cut(task);
    const address = offsetAt(at);
    if (isNew(task, OBJECT, address)) addJob(task, OBJECT, address, 0);
  } else if (type == EXTERNAL) readExternal(task, at, end);
  else if (type != SOFT) complain(task, 'The HDF5 file has a link of a kind that the scanner does not know.');
}

/** A length, a byte of flags, the file's name and the object's, each ended by a NUL. */
function readExternal(task: Task, at: usize, end: usize): void {
  const before = mark();
  const name = min(at + 3, end);
  let size: usize = 0;
  while (name + size < end && load<u8>(name + size) != 0) size++;
  report(HDF5_EXTERNAL, task, task.pos, newOutput().put('The HDF5 file has a part that lies in another file.'), textAt(name, size));
  release(before);
}

function cut(task: Task): void {
  complain(task, 'The HDF5 file has a link that cannot be read.');
}
