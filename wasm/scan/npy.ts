// numpy's .npy: a header that says type and shape, then the elements, or a pickle where the type holds
// objects.

import { CERTAIN } from '../pickle/modes';
import { ARRAY_HEADER, ARRAY_OBJECTS, TRAILING_DATA } from '../../build/generated/scan-rules';
import { reportPlain } from './findings';
import { PICKLE } from './format-ids';
import { headerBytes, headerHasObjects, headerIsKnown, readHeader } from './npy-header';
import { AGAIN, canNest, DONE, MORE, NO_END, pushInner, Task } from './task';

/** Magic, version, and the length of the header: 2 bytes in version 1, 4 after that. */
const SHORT_PREFIX: usize = 10;
const LONG_PREFIX: usize = 12;
const MAGIC: u32 = 0x4d554e93; // 93 NUM
/** numpy itself refuses more than 10,000 unless it is told otherwise. */
const MAX_HEADER_BYTES: usize = 64 * 1024;

const HEADER: u32 = 0;
const TRAILING: u32 = 1;

export function stepNpy(task: Task): u32 {
  if (task.step == HEADER) return header(task);
  if (task.step != TRAILING) return DONE;
  if (!task.want(1)) {
    if (!task.ended) return MORE;
    return DONE;
  }
  reportPlain(TRAILING_DATA, task, task.pos, 'Something follows behind the end of the array.');
  task.pos = task.end;
  return DONE;
}

function bad(task: Task, why: string): u32 {
  reportPlain(ARRAY_HEADER, task, task.pos, why);
  task.pos = task.end;
  return DONE;
}

/** What readArrayHeader answers beside MORE and DONE: npy-header.ts knows it all. */
export const READ: u32 = 3;

/** Reads the header and moves on to the elements. DONE: it is broken, which has been reported. */
export function readArrayHeader(task: Task): u32 {
  if (!task.want(LONG_PREFIX)) return task.ended ? bad(task, 'Ends within the header of the array.') : MORE;
  if (load<u32>(task.here) != MAGIC) return bad(task, 'Is named like an array and is none.');
  const version = load<u8>(task.here, 6);
  if (version < 1 || version > 3) return bad(task, 'Is an array of a version that there is not.');
  const prefix = version == 1 ? SHORT_PREFIX : LONG_PREFIX;
  const size: usize = version == 1 ? load<u16>(task.here, 8) : <usize>load<u32>(task.here, 8);
  if (size > MAX_HEADER_BYTES) return bad(task, 'Has a header of more than 64 KiB.');
  if (!task.want(prefix + size)) return task.ended ? bad(task, 'Ends within the header of the array.') : MORE;
  const good = readHeader(task.here + prefix, size);
  if (!good) return bad(task, 'Has a header that is not the dictionary which numpy writes.');
  task.skip(<u64>(prefix + size));
  return READ;
}

function header(task: Task): u32 {
  const answer = readArrayHeader(task);
  return answer == READ ? elements(task) : answer;
}

function elements(task: Task): u32 {
  task.step = TRAILING;
  if (headerHasObjects) {
    reportPlain(ARRAY_OBJECTS, task, task.pos, 'Holds Python objects: its elements are a pickle, which has been looked at.');
    task.step = TRAILING + 1;
    if (!canNest()) return bad(task, 'Lies in more archives inside each other than the scanner follows.');
    pushInner(task, PICKLE, task.pos, task.end).mode = CERTAIN;
    return AGAIN;
  }
  if (!headerIsKnown) return bad(task, 'Has elements of a type that the scanner does not know.');
  if (task.end != NO_END && headerBytes > task.left) return bad(task, 'Ends before all elements are there.');
  task.skip(headerBytes);
  return AGAIN;
}
