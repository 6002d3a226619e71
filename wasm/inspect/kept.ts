// Memory for what an inspection has found: it outlives the steps, grows in chunks, and is used again by
// the next one. Nothing in it is ever given back singly.

import { reserve } from '../abi';

const CHUNK_BYTES: usize = 256 * 1024;
/** 64 MiB: names and shapes of half a million tensors. */
const MAX_CHUNKS: u32 = 256;
/** What is kept at once at most. */
export const MAX_KEPT_BYTES: usize = 64 * 1024;

const chunks: usize = memory.data(256 * 4);
let reserved: u32 = 0;
/** Chunks that are in use, and how much of the last one. */
let used: u32 = 0;
let top: usize = CHUNK_BYTES;
/** Something did not fit. */
export let keptAll = true;

export function openKept(): void {
  used = 0;
  top = CHUNK_BYTES;
  keptAll = true;
}

/** Cleared memory, 16-byte aligned; 0 where there is no more. Only while the arena is empty, as `reserve`. */
export function keep(size: usize): usize {
  size = (max(size, 1) + 15) & ~15;
  if (size > CHUNK_BYTES - top && !nextChunk()) return 0;
  const address = chunk(used - 1) + top;
  top += size;
  memory.fill(address, 0, size);
  return address;
}

/** A copy; 0 where there is no room for it. */
export function keepBytes(ptr: usize, size: usize): usize {
  const to = keep(min(size, MAX_KEPT_BYTES));
  if (to != 0) memory.copy(to, ptr, min(size, MAX_KEPT_BYTES));
  return to;
}

@inline
function chunk(index: u32): usize {
  return load<u32>(chunks + <usize>index * 4);
}

function nextChunk(): bool {
  if (used == MAX_CHUNKS) {
    keptAll = false;
    return false;
  }
  if (used == reserved) store<u32>(chunks + <usize>(reserved++) * 4, <u32>reserve(CHUNK_BYTES));
  used++;
  top = 0;
  return true;
}

/** A literal as bytes. ASCII only. */
export function keepLiteral(text: string): usize {
  const size = <usize>text.length, to = keep(size);
  for (let i: usize = 0; to != 0 && i < size; i++) store<u8>(to + i, load<u16>(changetype<usize>(text) + (i << 1)));
  return to;
}
