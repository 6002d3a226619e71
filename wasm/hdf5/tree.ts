// The beginning of a B-tree of version 2: what its nodes look like. The last one read is remembered.

import { AGAIN, DONE, MORE, Task } from '../scan/task';
import { bytesFor, complain, lacks, lengthBytes, offsetAt, offsetBytes, UNDEFINED } from './file';

const BTHD: u32 = 0x44485442;
/** Signature, version and type of a node, and its checksum. */
const NODE_BYTES: u64 = 10;
/** Trees of that many levels hold more than any file. */
const MAX_DEPTH: u32 = 16;

export let treeAt: u64 = UNDEFINED;
export let treeType: u32 = 0;
export let treeNodeBytes: u64 = 0;
export let recordBytes: usize = 0;
export let treeDepth: u32 = 0;
export let treeRoot: u64 = 0;
export let treeRootRecords: u32 = 0;
/** Bytes of a number of records in a pointer to a node. */
export let recordCountBytes: usize = 0;

export function forgetTree(): void {
  treeAt = UNDEFINED;
}

/** AGAIN when it has been read; DONE when it is bad. */
export function readTree(task: Task, address: u64): u32 {
  const size: usize = 22 + offsetBytes + lengthBytes;
  if (!task.want(size)) return lacks(task);
  const ptr = task.here;
  treeType = load<u8>(ptr, 5);
  treeNodeBytes = load<u32>(ptr, 6);
  recordBytes = load<u16>(ptr, 10);
  treeDepth = load<u16>(ptr, 12);
  treeRoot = offsetAt(ptr + 16);
  treeRootRecords = load<u16>(ptr + 16 + offsetBytes);
  const good = load<u32>(ptr) == BTHD && load<u8>(ptr, 4) == 0 && recordBytes > 0 && treeDepth <= MAX_DEPTH
    && treeNodeBytes >= NODE_BYTES + <u64>recordBytes;
  if (!good) {
    complain(task, 'The HDF5 file has an index that cannot be read.');
    return DONE;
  }
  recordCountBytes = bytesFor((treeNodeBytes - NODE_BYTES) / <u64>recordBytes);
  treeAt = address;
  return AGAIN;
}

/** Bytes of a pointer in a node of this depth: an address, and how many records are there and below. */
export function pointerBytes(depth: u32): usize {
  let below = (treeNodeBytes - NODE_BYTES) / <u64>recordBytes, size = offsetBytes + recordCountBytes;
  for (let level: u32 = 1; level < depth; level++) {
    const room = treeNodeBytes - NODE_BYTES - min(treeNodeBytes - NODE_BYTES, <u64>size);
    const records = room / (<u64>recordBytes + <u64>size);
    below = (records + 1) * below + records;
    size = offsetBytes + recordCountBytes + bytesFor(below);
  }
  return size;
}
