// Four SHA-256 messages side by side, for hosts that hash several files on one core. The host keeps
// a buffer for each message, refills the ones that run empty, and starts a lane again with another
// message when one ends; messages of unequal length need nothing more.
//
// A table, in memory that outlives a call (`lanesopen` reserves it):
//
//   +0    u32[8][4]  state words, transposed: word i of message l is at 16 i + 4 l
//   +128  u32[8]     scratch: one message's state, for the kernel that takes one
//
// In the scalar build the same calls work, one message after the other.

import { allocate, reply, reserve } from './abi';
import { compress256, digest256, start256 } from './sha256';
import { compress256x4 } from './sha256-lanes';

const SCRATCH: usize = 128;
const TABLE_BYTES: usize = 160;

export function lanesopen(): usize {
  return reserve(TABLE_BYTES);
}

/** Makes a lane ready for a new message. */
export function lanestart(table: usize, lane: usize): void {
  start256(table + SCRATCH);
  scatter(table, lane);
}

/** Takes `blocks` blocks of 64 bytes in each lane whose address is not 0. */
export function lanesrun(
  table: usize, p0: usize, p1: usize, p2: usize, p3: usize, blocks: usize,
): void {
  const busy = i32(p0 != 0) + i32(p1 != 0) + i32(p2 != 0) + i32(p3 != 0);
  // From two messages on, four lanes are quicker than one message after the other. An idle lane
  // reads what another one reads, and its result is never asked for.
  if (ASC_FEATURE_SIMD && busy > 1) {
    const any = p0 != 0 ? p0 : p1 != 0 ? p1 : p2;
    compress256x4(
      table, p0 != 0 ? p0 : any, p1 != 0 ? p1 : any, p2 != 0 ? p2 : any, p3 != 0 ? p3 : any, blocks,
    );
    return;
  }
  if (p0 != 0) runOne(table, 0, p0, blocks);
  if (p1 != 0) runOne(table, 1, p1, blocks);
  if (p2 != 0) runOne(table, 2, p2, blocks);
  if (p3 != 0) runOne(table, 3, p3, blocks);
}

function runOne(table: usize, lane: usize, ptr: usize, blocks: usize): void {
  gather(table, lane);
  compress256(table + SCRATCH, ptr, blocks);
  scatter(table, lane);
}

function gather(table: usize, lane: usize): void {
  const column = table + lane * 4;
  for (let i: usize = 0; i < 8; i++) {
    store<u32>(table + SCRATCH + i * 4, load<u32>(column + i * 16));
  }
}

function scatter(table: usize, lane: usize): void {
  const column = table + lane * 4;
  for (let i: usize = 0; i < 8; i++) {
    store<u32>(column + i * 16, load<u32>(table + SCRATCH + i * 4));
  }
}

/**
 * Ends a message: writes the padding behind its last `len` bytes (room for 72 more) and returns how
 * many bytes that makes, a whole number of blocks. `total` is the length of the whole message.
 */
export function lanepad(ptr: usize, len: usize, total: u64): usize {
  const padded = (len + 72) & ~63;
  store<u8>(ptr + len, 0x80);
  memory.fill(ptr + len + 1, 0, padded - len - 9);
  store<u64>(ptr + padded - 8, bswap(total << 3));
  return padded;
}

/** The reply is the digest of a lane's message, all of whose blocks have been taken. */
export function lanedigest(table: usize, lane: usize): usize {
  const digest = allocate(32);
  gather(table, lane);
  digest256(table + SCRATCH, digest);
  return reply(0, digest, 32);
}
