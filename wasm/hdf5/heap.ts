// The beginning of a fractal heap: how places in it are written, and how its blocks grow. The last one read
// is remembered.

import { AGAIN, DONE, MORE, Task } from '../scan/task';
import { bytesFor, complain, lacks, lengthAt, lengthBytes, offsetAt, offsetBytes, UNDEFINED } from './file';

const FRHP: u32 = 0x50485246;

export let heapAt: u64 = UNDEFINED;
/** Bytes of a place; of the offset and the length in it. */
export let heapIdBytes: usize = 0;
export let heapOffsetBytes: usize = 0;
export let heapLengthBytes: usize = 0;
/** The first block, or the block of blocks, which then has rows. */
export let heapRoot: u64 = 0;
export let heapRows: u32 = 0;
/** Blocks per row; bytes of a block in the first two rows, doubled in each further one, up to the largest. */
export let heapWidth: u64 = 0;
export let heapStart: u64 = 0;
export let heapMaxDirect: u64 = 0;
/** Bits of the largest offset. */
export let heapBits: u32 = 0;
/** Where things outside of the heap are, and whether places say so themselves. */
export let hugeTree: u64 = 0;
export let hugeAreDirect: bool = false;

export function forgetHeap(): void {
  heapAt = UNDEFINED;
}

/** AGAIN when it has been read; DONE when it is bad. */
export function readHeap(task: Task, address: u64): u32 {
  const offset = offsetBytes, length = lengthBytes;
  if (!task.want(22 + 12 * length + 3 * offset)) return lacks(task);
  const ptr = task.here, table = ptr + 14 + 10 * length + 2 * offset;
  heapIdBytes = load<u16>(ptr, 5);
  const maxManaged = <u64>load<u32>(ptr, 10);
  hugeTree = offsetAt(ptr + 14 + length);
  heapWidth = load<u16>(table);
  heapStart = lengthAt(table + 2);
  heapMaxDirect = lengthAt(table + 2 + length);
  heapBits = load<u16>(table + 2 + 2 * length);
  heapRoot = offsetAt(table + 6 + 2 * length);
  heapRows = load<u16>(table + 6 + 2 * length + offset);
  const isFiltered = load<u16>(ptr, 7) != 0;
  const good = load<u32>(ptr) == FRHP && load<u8>(ptr, 4) == 0 && !isFiltered && heapBits > 0 && heapBits <= 64
    && isPower(heapWidth) && isPower(heapStart) && isPower(heapMaxDirect) && heapStart <= heapMaxDirect && heapMaxDirect < (1 << 40);
  heapOffsetBytes = <usize>(heapBits + 7) >> 3;
  heapLengthBytes = min(<usize>(ctz(heapMaxDirect) + 7) >> 3, bytesFor(maxManaged));
  if (!good || heapIdBytes < 1 + heapOffsetBytes + heapLengthBytes || heapIdBytes > 64) {
    complain(task, 'The HDF5 file has a heap that cannot be read.');
    return DONE;
  }
  hugeAreDirect = heapIdBytes - 1 >= offset + length;
  heapAt = address;
  return AGAIN;
}

function isPower(value: u64): bool {
  return value > 0 && (value & (value - 1)) == 0;
}
