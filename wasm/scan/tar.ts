// A tar, as torch 0.1 wrote checkpoints and as models are sometimes packed: header by header, each member
// as a content of its own.

import { ARCHIVE_BROKEN, ARCHIVE_LIMIT, ARCHIVE_PATH } from '../../build/generated/scan-rules';
import { CONTENT } from './format-ids';
import { reportPlain } from './findings';
import { isHostilePath } from './path';
import { AGAIN, canNest, DONE, MORE, nameMember, pushTask, Task } from './task';

const BLOCK: u64 = 512;
/** Members of one tar. */
const MAX_MEMBERS: u32 = 100_000;

@unmanaged
class State {
  members: u32;
}

export function stepTar(task: Task): u32 {
  const state = changetype<State>(task.state);
  if (!task.want(<usize>BLOCK)) {
    if (!task.ended) return MORE;
    if (task.have > 0) reportPlain(ARCHIVE_BROKEN, task, task.pos, 'The tar is cut off.');
    task.pos = task.end;
    return DONE;
  }
  const header = task.here;
  if (isZero(header)) {
    // Two blocks of zeros end it; what follows is read by nobody, or by those who ignore zeros.
    task.skip(BLOCK);
    return AGAIN;
  }
  if (++state.members > MAX_MEMBERS) {
    reportPlain(ARCHIVE_LIMIT, task, task.pos, 'Holds more than 100,000 members.');
    task.pos = task.end;
    return DONE;
  }
  return member(task, header);
}

function member(task: Task, header: usize): u32 {
  const size = numberAt(header + 124, 12), type = load<u8>(header, 156), at = task.pos;
  if (!isHeader(header) || size > task.left - BLOCK) {
    reportPlain(ARCHIVE_BROKEN, task, at, 'The tar has a member that is broken or cut off.');
    task.pos = task.end;
    return DONE;
  }
  const nameSize = textSize(header, 100);
  if (isHostilePath(header, nameSize)) reportPlain(ARCHIVE_PATH, task, at, 'The tar holds a name that leads out of its directory.');
  // Hard links, symbolic links, devices, pipes.
  if (type >= 0x31 && type <= 0x36 && type != 0x35) {
    reportPlain(ARCHIVE_PATH, task, at, 'The tar holds a link or a device.');
  }
  const isFile = type == 0 || type == 0x30 || type == 0x37;
  task.skip(BLOCK + min((size + BLOCK - 1) & ~(BLOCK - 1), task.left - BLOCK));
  if (!isFile || size == 0) return AGAIN;
  if (!canNest()) {
    reportPlain(ARCHIVE_LIMIT, task, at, 'Lies in more archives inside each other than the scanner follows.');
    task.pos = task.end;
    return DONE;
  }
  const child = pushTask(CONTENT, task.source, at + BLOCK, at + BLOCK + size);
  nameMember(child, task, header, nameSize);
  return AGAIN;
}

function isZero(block: usize): bool {
  for (let i: usize = 0; i < <usize>BLOCK; i += 8) if (load<u64>(block + i) != 0) return false;
  return true;
}

/** The checksum: the sum of all bytes, with its own counted as blanks. */
export function isHeader(header: usize): bool {
  let sum: u64 = 8 * 0x20;
  for (let i: usize = 0; i < <usize>BLOCK; i++) if (i < 148 || i >= 156) sum += load<u8>(header + i);
  return sum == numberAt(header + 148, 8);
}

/** Octal digits, or base 256 where the first bit is set. */
function numberAt(ptr: usize, size: usize): u64 {
  let number: u64 = 0;
  if (load<u8>(ptr) >= 0x80) {
    for (let i: usize = 1; i < size; i++) number = (number << 8) | <u64>load<u8>(ptr + i);
    return number;
  }
  for (let i: usize = 0; i < size; i++) {
    const digit = <u32>load<u8>(ptr + i) - 0x30;
    if (digit < 8) number = number * 8 + <u64>digit;
  }
  return number;
}

function textSize(ptr: usize, room: usize): usize {
  let size: usize = 0;
  while (size < room && load<u8>(ptr + size) != 0) size++;
  return size;
}
