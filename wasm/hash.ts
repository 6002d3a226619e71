// Hashing as hosts see it: one call for bytes that are at hand, and a state for bytes that arrive in
// pieces. The rest of the core uses `sum` directly.
//
// A state, in memory that outlives a call (`hashopen` reserves it):
//
//   +0   u32 algorithm     SHA256 or SHA512
//   +8   u64 length        bytes taken so far; a test may preset it, to a multiple of the block size
//   +16  u32[8] or u64[8]  state words
//   +80  u8[64] or u8[128] the bytes of an unfinished block: `length` modulo the block size of them
//
// Lengths are u64 all the way. SHA-512's 128-bit length field never needs its upper half.

import { allocate, reply, reserve } from './abi';
import { compress256, digest256, start256 } from './sha256';
import { compress512, digest512, start512 } from './sha512';

export const SHA256: u32 = 0;
export const SHA512: u32 = 1;

const STATE_BYTES: usize = 208;
const WORDS: usize = 16;
const BLOCK: usize = 80;

export function digestBytes(algorithm: u32): usize {
  return algorithm == SHA512 ? 64 : 32;
}

// @ts-ignore: decorator
@inline
function blockBytes(state: usize): usize {
  return <usize>64 << load<u32>(state);
}

function start(state: usize, algorithm: u32): void {
  store<u32>(state, algorithm);
  store<u64>(state, 0, 8);
  if (algorithm == SHA512) start512(state + WORDS);
  else start256(state + WORDS);
}

function compress(state: usize, data: usize, blocks: usize): void {
  if (load<u32>(state) == SHA512) compress512(state + WORDS, data, blocks);
  else compress256(state + WORDS, data, blocks);
}

/** A new state, kept until the instance is dropped. */
export function hashopen(algorithm: u32): usize {
  const state = reserve(STATE_BYTES);
  start(state, algorithm);
  return state;
}

export function hashupdate(state: usize, ptr: usize, len: usize): void {
  const size = blockBytes(state);
  const length = load<u64>(state, 8);
  const held = (length as usize) & (size - 1);
  store<u64>(state, length + len, 8);
  if (held > 0) {
    const part = min(size - held, len);
    memory.copy(state + BLOCK + held, ptr, part);
    if (held + part < size) return;
    compress(state, state + BLOCK, 1);
    ptr += part;
    len -= part;
  }
  const rest = len & (size - 1);
  compress(state, ptr, (len - rest) / size);
  memory.copy(state + BLOCK, ptr + len - rest, rest);
}

/** The reply is the digest. The state is used up: `hashopen` makes another. */
export function hashfinal(state: usize): usize {
  const len = digestBytes(load<u32>(state));
  const out = allocate(len);
  finish(state, out);
  return reply(0, out, len);
}

/** Padding: a one bit, zeros, and the length in bits in the last eight bytes of a block. */
function finish(state: usize, out: usize): void {
  const size = blockBytes(state);
  const length = load<u64>(state, 8);
  const block = state + BLOCK;
  let held = (length as usize) & (size - 1);
  store<u8>(block + held++, 0x80);
  if (held + size / 8 > size) {
    memory.fill(block + held, 0, size - held);
    compress(state, block, 1);
    held = 0;
  }
  memory.fill(block + held, 0, size - held);
  store<u64>(block + size - 8, bswap(length << 3));
  if (size == 128) store<u64>(block + size - 16, bswap(length >>> 61));
  compress(state, block, 1);
  if (size == 128) digest512(state + WORDS, out);
  else digest256(state + WORDS, out);
}

/** Writes the digest of bytes that are all at hand. */
export function sum(algorithm: u32, ptr: usize, len: usize, out: usize): void {
  const state = allocate(STATE_BYTES);
  start(state, algorithm);
  hashupdate(state, ptr, len);
  finish(state, out);
}

function digestOf(algorithm: u32, ptr: usize, len: usize): usize {
  const bytes = digestBytes(algorithm);
  const out = allocate(bytes);
  sum(algorithm, ptr, len, out);
  return reply(0, out, bytes);
}

export function sha256(ptr: usize, len: usize): usize {
  return digestOf(SHA256, ptr, len);
}

export function sha512(ptr: usize, len: usize): usize {
  return digestOf(SHA512, ptr, len);
}
