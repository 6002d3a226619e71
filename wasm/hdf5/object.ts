// Object headers, versions 1 and 2: lists of messages in one block or several. Those that name other parts
// of the file become jobs; attributes and links are read at once.

import { HDF5_EXTERNAL } from '../../build/generated/scan-rules';
import { reportPlain } from '../scan/findings';
import { AGAIN, DONE, Task } from '../scan/task';
import { readAttribute } from './attribute';
import { addressOf, complain, countStep, lacks, lengthAt, offsetAt, offsetBytes, tooMuch, UNDEFINED } from './file';
import { addJob, BLOCK, GROUP_TREE, INDEX, isNew, job } from './jobs';
import { readLink } from './link';

/** Types of messages. */
const LINK_INFO: u32 = 0x02;
export const LINK: u32 = 0x06;
const EXTERNAL_FILES: u32 = 0x07;
const LAYOUT: u32 = 0x08;
export const ATTRIBUTE: u32 = 0x0c;
const CONTINUATION: u32 = 0x10;
const SYMBOL_TABLE: u32 = 0x11;
const ATTRIBUTE_INFO: u32 = 0x15;

/** A message's flag: its content lies somewhere else, shared by several objects. */
const SHARED: u32 = 2;

const OHDR: u32 = 0x5244484f;
const OCHK: u32 = 0x4b48434f;
/** Flags of a version 2 header. */
const ORDERED: u32 = 0x04;
const LIMITS: u32 = 0x10;
const TIMES: u32 = 0x20;

/** The prefix of version 2 at its longest: signature to the size of the first block. */
const PREFIX_BYTES: usize = 34;
const OLD_PREFIX_BYTES: usize = 16;

/** Leaves a block of messages: job.size its end, job.flags the version (1 or 2) and, above it, the flags. */
export function readObject(task: Task): u32 {
  if (!task.want(4)) return lacks(task);
  if (load<u32>(task.here) == OHDR) return readNewObject(task);
  if (!task.want(OLD_PREFIX_BYTES)) return lacks(task);
  if (load<u8>(task.here) != 1) return bad(task, 'The HDF5 file has an object whose header is of no version that there is.');
  const size = <u64>load<u32>(task.here, 8);
  task.skip(<u64>OLD_PREFIX_BYTES);
  return enterBlock(task, size, 1);
}

function readNewObject(task: Task): u32 {
  if (!task.want(<usize>min(<u64>PREFIX_BYTES, task.left))) return lacks(task);
  if (task.have < 6) return bad(task, 'The HDF5 file has an object that is cut off.');
  const flags = <u32>load<u8>(task.here, 5), width = <usize>1 << (flags & 3);
  const at: usize = 6 + ((flags & TIMES) != 0 ? 16 : 0) + ((flags & LIMITS) != 0 ? 4 : 0);
  if (load<u8>(task.here, 4) != 2 || at + width > task.have) return bad(task, 'The HDF5 file has an object whose header is of no version that there is.');
  let size: u64 = 0;
  for (let i = width; i > 0; i--) size = (size << 8) | <u64>load<u8>(task.here + at + i - 1);
  task.skip(<u64>(at + width));
  return enterBlock(task, size, 2 | (flags << 8));
}

/** A continuation, where the header goes on. */
export function readBlock(task: Task): u32 {
  if (job.depth == 0) {
    job.depth = 1;
    if ((job.flags & 0xff) == 2) {
      if (!task.want(4)) {
        job.depth = 0;
        return lacks(task);
      }
      if (load<u32>(task.here) != OCHK || job.size < 8) return bad(task, 'The HDF5 file has an object whose header does not go on where it says.');
      task.skip(4);
      return enterBlock(task, job.size - 8, job.flags);
    }
    return enterBlock(task, job.size, job.flags);
  }
  return readMessages(task);
}

function enterBlock(task: Task, size: u64, flags: u32): u32 {
  if (size > task.left) return bad(task, 'The HDF5 file has an object that is cut off.');
  job.kind = BLOCK;
  job.depth = 1;
  job.flags = flags;
  job.size = addressOf(task) + size;
  task.step = BLOCK;
  return AGAIN;
}

function readMessages(task: Task): u32 {
  const isOld = (job.flags & 0xff) == 1, flags = job.flags >> 8;
  const head: usize = isOld ? 8 : (flags & ORDERED) != 0 ? 6 : 4;
  while (job.size - addressOf(task) >= <u64>head) {
    const left = job.size - addressOf(task);
    if (!countStep()) return tooLong(task);
    if (!task.want(head)) return lacks(task);
    const type: u32 = isOld ? load<u16>(task.here) : load<u8>(task.here);
    const size = <usize>(isOld ? load<u16>(task.here, 2) : load<u16>(task.here, 1));
    const mark: u32 = isOld ? load<u8>(task.here, 4) : load<u8>(task.here, 3);
    if (<u64>(head + size) > left) return bad(task, 'The HDF5 file has a message that is longer than its object.');
    if (matters(type)) {
      if (!task.want(head + size)) return lacks(task);
      if ((mark & SHARED) != 0) complain(task, 'The HDF5 file shares attributes or links between objects, which the scanner does not follow.');
      else readMessage(task, type, task.here + head, size, addressOf(task) + <u64>head);
    }
    task.skip(<u64>(head + size));
  }
  return DONE;
}

function matters(type: u32): bool {
  return type == LINK_INFO || type == LINK || type == EXTERNAL_FILES || type == LAYOUT || type == ATTRIBUTE
    || type == CONTINUATION || type == SYMBOL_TABLE || type == ATTRIBUTE_INFO;
}

function readMessage(task: Task, type: u32, ptr: usize, size: usize, address: u64): void {
  switch (type) {
    case LINK: return readLink(task, ptr, size);
    case ATTRIBUTE: return readAttribute(task, ptr, size, address, <u64>size);
    case LINK_INFO: return readInfo(task, ptr, size, LINK, 8);
    case ATTRIBUTE_INFO: return readInfo(task, ptr, size, ATTRIBUTE, 2);
    case CONTINUATION: return goOn(task, ptr, size);
    case SYMBOL_TABLE: return readGroup(task, ptr, size);
    case EXTERNAL_FILES: return reportPlain(HDF5_EXTERNAL, task, task.pos, 'The HDF5 file has a tensor whose numbers lie in another file.');
  }
  if (isVirtual(ptr, size)) reportPlain(HDF5_EXTERNAL, task, task.pos, 'The HDF5 file has a tensor that is put together from others, which may lie in other files.');
}

/** A layout: the class stands behind the version, before version 3 behind the number of dimensions. */
function isVirtual(ptr: usize, size: usize): bool {
  return size >= 3 && load<u8>(ptr) >= 3 && load<u8>(ptr, 1) == 3;
}

function goOn(task: Task, ptr: usize, size: usize): void {
  if (size < offsetBytes * 2) return complain(task, 'The HDF5 file has an object whose header does not go on where it says.');
  const address = offsetAt(ptr);
  if (isNew(task, BLOCK, address)) addJob(task, BLOCK, address, lengthAt(ptr + offsetBytes)).flags = job.flags;
}

function readGroup(task: Task, ptr: usize, size: usize): void {
  if (size < offsetBytes) return complain(task, 'The HDF5 file has a group that is cut off.');
  const address = offsetAt(ptr);
  if (isNew(task, GROUP_TREE, address)) addJob(task, GROUP_TREE, address, 0);
}

/** Where many links or attributes are kept: `orderBytes` of a counter stand first, if its flag says so. */
function readInfo(task: Task, ptr: usize, size: usize, type: u32, orderBytes: usize): void {
  const at: usize = size >= 2 && (load<u8>(ptr, 1) & 1) != 0 ? 2 + orderBytes : 2;
  if (size < at + 2 * offsetBytes || load<u8>(ptr) != 0) return complain(task, 'The HDF5 file keeps links or attributes in a version that there is not.');
  const heap = offsetAt(ptr + at), tree = offsetAt(ptr + at + offsetBytes);
  if (tree == UNDEFINED && heap != UNDEFINED) return complain(task, 'The HDF5 file keeps links or attributes without an index.');
  if (!isNew(task, INDEX, tree)) return;
  const index = addJob(task, INDEX, tree, 0);
  index.heap = heap;
  index.tree = tree;
  index.flags = type;
}

function tooLong(task: Task): u32 {
  tooMuch(task, 'The HDF5 file has more parts than the scanner follows.');
  return DONE;
}

function bad(task: Task, why: string): u32 {
  complain(task, why);
  return DONE;
}
