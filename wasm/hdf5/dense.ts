// Links and attributes that are too many for an object's header: messages in a fractal heap, found by a
// B-tree of version 2. Everything is read through the tree, in the order that it comes in.
//
//   INDEX    the tree's beginning         NODE           its nodes: records with places in the heap
//   MANAGED  a place in a heap of blocks  DENSE_MESSAGE  the message itself
// Messages of more than a few KiB lie outside of the heap, and a second tree knows where.

import { AGAIN, DONE, Task, WINDOW_BYTES } from '../scan/task';
import { readAttribute } from './attribute';
import { complain, countStep, lacks, numberAt, offsetAt, offsetBytes, seek, tooMuch } from './file';
import {
  heapAt, heapBits, heapIdBytes, heapLengthBytes, heapMaxDirect, heapOffsetBytes, heapRoot, heapRows, heapStart, heapWidth, hugeAreDirect,
  hugeTree, readHeap,
} from './heap';
import { addJob, DENSE_MESSAGE, INDEX, isNew, Job, job, MANAGED, NODE } from './jobs';
import { readLink } from './link';
import { LINK } from './object';
import { lengthBytes, lengthAt } from './file';
import { pointerBytes, readTree, recordBytes, recordCountBytes, treeAt, treeDepth, treeNodeBytes, treeRoot, treeRootRecords, treeType } from './tree';

/** A job's flag beside its message's type: looks for one place outside of the heap. */
const HUGE: u32 = 0x100;

/** Types of trees. */
const HUGE_PLACES: u32 = 1;
const LINK_NAMES: u32 = 5;
const ATTRIBUTE_NAMES: u32 = 8;

const BTLF: u32 = 0x464c5442;
const BTIN: u32 = 0x4e495442;
const NODE_PREFIX_BYTES: usize = 6;

/** Where both have been read before, they are known; else they are read first. */
function prepare(task: Task): u32 {
  if (treeAt != job.tree) {
    if (!seek(task, job.tree)) return bad(task);
    const what = readTree(task, job.tree);
    if (what != AGAIN) return what;
  }
  return prepareHeap(task);
}

function prepareHeap(task: Task): u32 {
  if (heapAt == job.heap) return AGAIN;
  return seek(task, job.heap) ? readHeap(task, job.heap) : bad(task);
}

export function readIndex(task: Task): u32 {
  const what = prepare(task);
  if (what != AGAIN) return what;
  const wanted = (job.flags & HUGE) != 0 ? HUGE_PLACES : job.flags == LINK ? LINK_NAMES : ATTRIBUTE_NAMES;
  const size: usize = wanted == HUGE_PLACES ? offsetBytes + 2 * lengthBytes : heapIdBytes + (wanted == LINK_NAMES ? 4 : 9);
  if (treeType != wanted || recordBytes != size) return bad(task);
  if (treeRootRecords > 0) addNode(task, treeRoot, treeRootRecords, treeDepth);
  return DONE;
}

function addNode(task: Task, address: u64, records: u32, depth: u32): void {
  if ((job.flags & HUGE) == 0 && !isNew(task, NODE, address)) return;
  const node = addJob(task, NODE, address, job.size);
  node.count = records;
  node.depth = depth;
  node.flags = job.flags;
  node.heap = job.heap;
  node.tree = job.tree;
}

export function readNode(task: Task): u32 {
  if (!job.begun) {
    const what = prepare(task);
    if (what != AGAIN) return what;
    if (!seek(task, job.address)) return bad(task);
    if (!task.want(NODE_PREFIX_BYTES)) return lacks(task);
    const signature = load<u32>(task.here);
    if (signature != (job.depth == 0 ? BTLF : BTIN) || <u64>job.count * <u64>recordBytes > treeNodeBytes) return bad(task);
    job.begun = true;
    job.children = job.depth == 0 ? 0 : job.count + 1;
    task.skip(<u64>NODE_PREFIX_BYTES);
  }
  for (; job.count > 0; job.count--) {
    if (!task.want(recordBytes)) return lacks(task);
    if (!countStep()) return tooLong(task);
    readRecord(task, task.here);
    task.skip(<u64>recordBytes);
  }
  const size = pointerBytes(job.depth);
  for (; job.children > 0; job.children--) {
    if (!task.want(size)) return lacks(task);
    if (!countStep()) return tooLong(task);
    addNode(task, offsetAt(task.here), <u32>numberAt(task.here + offsetBytes, recordCountBytes), job.depth - 1);
    task.skip(<u64>size);
  }
  return DONE;
}

function readRecord(task: Task, ptr: usize): void {
  if ((job.flags & HUGE) == 0) return readPlace(task, job.flags == LINK ? ptr + 4 : ptr);
  if (lengthAt(ptr + offsetBytes + lengthBytes) != job.size) return;
  addMessage(task, offsetAt(ptr), lengthAt(ptr + offsetBytes));
}

/** A place in the heap, outside of it, or the message itself where it is tiny. */
function readPlace(task: Task, ptr: usize): void {
  const head = <u32>load<u8>(ptr), kind = head >> 4;
  if (kind == 0) {
    const offset = numberAt(ptr + 1, heapOffsetBytes), length = numberAt(ptr + 1 + heapOffsetBytes, heapLengthBytes);
    if (heapRows == 0) addMessage(task, heapRoot + offset, length);
    else addManaged(task, heapRoot, offset, length);
  } else if (kind == 1) readHuge(task, ptr + 1);
  else if (kind == 2) {
    const long: u32 = heapIdBytes > 17 ? 1 : 0;
    const length = long != 0 ? (((head & 15) << 8) | <u32>load<u8>(ptr, 1)) + 1 : (head & 15) + 1;
    addMessage(task, task.pos - task.from + <u64>(ptr - task.here) + 1 + <u64>long, length);
  } else complain(task, 'The HDF5 file keeps a link or an attribute in a way that the scanner does not know.');
}

function readHuge(task: Task, ptr: usize): void {
  if (hugeAreDirect) return addMessage(task, offsetAt(ptr), lengthAt(ptr + offsetBytes));
  const search = addJob(task, INDEX, hugeTree, numberAt(ptr, min(heapIdBytes - 1, 8)));
  search.flags = job.flags | HUGE;
  search.heap = job.heap;
  search.tree = hugeTree;
}

function addManaged(task: Task, block: u64, offset: u64, length: u64): void {
  const made = addJob(task, MANAGED, block, offset);
  made.length = length;
  made.flags = job.flags;
  made.heap = job.heap;
}

function addMessage(task: Task, address: u64, length: u64): void {
  addJob(task, DENSE_MESSAGE, address, length).flags = job.flags & 0xff;
}

/** One step from a block of blocks, job.address, to the one that holds its job.size-th byte. */
export function readManaged(task: Task): u32 {
  const what = prepareHeap(task);
  if (what != AGAIN) return what;
  const perRow = heapStart * heapWidth, offset = job.size;
  const row = offset < perRow ? 0 : <u64>(64 - clz(offset / perRow));
  const rowStart = row == 0 ? 0 : perRow << (row - 1), blockSize = row == 0 ? heapStart : heapStart << (row - 1);
  if (row >= <u64>heapBits) return bad(task);
  const column = (offset - rowStart) / blockSize, rest = offset - rowStart - column * blockSize;
  const entry = <u64>(5 + offsetBytes + heapOffsetBytes) + (row * heapWidth + column) * <u64>offsetBytes;
  if (!seek(task, job.address) || entry > task.left) return bad(task);
  task.skip(entry);
  if (!task.want(offsetBytes)) return lacks(task);
  if (!countStep()) return tooLong(task);
  const child = offsetAt(task.here);
  if (blockSize <= heapMaxDirect) addMessage(task, child + rest, job.length);
  else addManaged(task, child, rest, job.length);
  return DONE;
}

export function readDenseMessage(task: Task): u32 {
  if (job.size > task.left) return bad(task);
  const size = <usize>min(job.size, <u64>WINDOW_BYTES);
  if (!task.want(size)) return lacks(task);
  if (job.flags != LINK) readAttribute(task, task.here, size, job.address, job.size);
  else if (<u64>size == job.size) readLink(task, task.here, size);
  else return bad(task);
  return DONE;
}

function tooLong(task: Task): u32 {
  tooMuch(task, 'The HDF5 file has more parts than the scanner follows.');
  return DONE;
}

function bad(task: Task): u32 {
  complain(task, 'The HDF5 file keeps links or attributes in a way that the scanner cannot follow.');
  return DONE;
}
