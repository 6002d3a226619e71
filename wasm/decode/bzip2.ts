// bzip2: Huffman codes, move to front, Burrows-Wheeler, runs. A block is read at once, for it ends at any
// bit, and handed out in pieces. Blocks that old versions "randomised" are not taken.

import { reserve } from '../abi';
import { AGAIN, BROKEN, CANNOT, END, stream, TRAILING } from './stream';

/** The largest block of packed bytes, generously: 900,000 symbols of 20 bits and the tables. */
const PACKED_BLOCK_BYTES: usize = 2_560 * 1024;
const LEVEL_BYTES: u32 = 100_000;
const MAX_SYMBOLS: usize = 258;
const MAX_CODE_BITS: u32 = 20;
const MAX_GROUPS: u32 = 6;
const GROUP_SYMBOLS: u32 = 50;
const MAX_SELECTORS: usize = 32_768;
const BLOCK_MAGIC: u64 = 0x314159265359; // pi
const END_MAGIC: u64 = 0x177245385090; // its square root
const OUT_BYTES: usize = 64 * 1024;

const HEADER: u32 = 0;
const BLOCK: u32 = 1;
const OUTPUT: u32 = 2;
const BETWEEN: u32 = 3;

/** Per group: the largest code of each length, what to subtract from one, and the symbols in order. */
@unmanaged
class Group {
  minBits: u32;
  maxBits: u32;
}
const LIMITS: usize = 8;
const BASES: usize = LIMITS + 4 * 24;
const SYMBOLS: usize = BASES + 4 * 24;
const GROUP_BYTES: usize = SYMBOLS + 2 * MAX_SYMBOLS + 4;

const groups: usize = memory.data(<i32>GROUP_BYTES * 6, 8);
const lengths: usize = memory.data(260);
const used: usize = memory.data(256);
const order: usize = memory.data(256);
const starts: usize = memory.data(257 * 4, 4);
const selectors: usize = memory.data(32_768);

/** The block: a byte in the low bits of each word, where the next one stands in the others. */
let block: usize = 0;
let out: usize = 0;
let state: u32 = 0;
let blockLimit: u32 = 0;
/** Bits of the byte at stream.at that are read already. */
let bit: u32 = 0;
let symbolCount: u32 = 0;
let size: u32 = 0;

/** Where the output stands. */
let word: u32 = 0;
let left: u32 = 0;
let previous: i32 = 0;
let run: u32 = 0;

export function openBzip2(): void {
  if (block == 0) {
    block = reserve(9 * LEVEL_BYTES * 4);
    out = reserve(OUT_BYTES + 256);
  }
  state = HEADER;
}

export function stepBzip2(): u32 {
  switch (state) {
    case HEADER: return header();
    case BLOCK: return readBlock();
    case OUTPUT: return writeRuns();
  }
  return between();
}

function header(): u32 {
  if (!stream.need(4)) return stream.lack;
  const level = <u32>load<u8>(stream.at, 3) - 0x30;
  if ((load<u32>(stream.at) & 0xffffff) != 0x685a42 || level < 1 || level > 9) return BROKEN;
  blockLimit = level * LEVEL_BYTES;
  stream.at += 4;
  bit = 0;
  state = BLOCK;
  return AGAIN;
}

/** Up to 32 bits. Behind the end there is whatever was in the window before: see `past`. */
function bits(count: u32): u32 {
  const value = <u32>((bswap(load<u64>(stream.at)) << <u64>bit) >>> <u64>(64 - count));
  advance(count);
  return value;
}

@inline
function advance(count: u32): void {
  bit += count;
  stream.at += bit >>> 3;
  bit &= 7;
}

@inline
function past(): bool {
  return stream.at + <usize>(bit != 0) > stream.end;
}

function readBlock(): u32 {
  if (!stream.need(PACKED_BLOCK_BYTES) && !stream.last) return stream.lack;
  if (past()) return BROKEN;
  const magic = (<u64>bits(24) << 24) | <u64>bits(24);
  bits(32); // the checksum
  if (past()) return BROKEN;
  if (magic == END_MAGIC) {
    if (bit != 0) advance(8 - bit);
    state = BETWEEN;
    return AGAIN;
  }
  if (magic != BLOCK_MAGIC) return BROKEN;
  const randomised = bits(1) != 0, origin = bits(24);
  if (past()) return BROKEN;
  if (randomised) return CANNOT;
  const read = readUsed() && readSelectors() && readSymbols();
  if (!read || origin >= size) return BROKEN;
  chain(origin);
  state = OUTPUT;
  return AGAIN;
}

/** Which bytes there are: 16 bits for ranges of 16, and 16 for each range that is there. */
function readUsed(): bool {
  const ranges = bits(16);
  let count: u32 = 0;
  for (let i: u32 = 0; i < 16; i++) {
    if (((ranges >>> (15 - i)) & 1) == 0) continue;
    const range = bits(16);
    for (let j: u32 = 0; j < 16; j++) if (((range >>> (15 - j)) & 1) != 0) store<u8>(used + count++, i * 16 + j);
  }
  symbolCount = count + 2;
  return count > 0 && !past();
}

/** Which group of codes is used for which fifty symbols, and the groups. */
function readSelectors(): bool {
  const groupCount = bits(3), count = bits(15);
  if (groupCount < 2 || groupCount > MAX_GROUPS || count == 0) return false;
  for (let i: u32 = 0; i < groupCount; i++) store<u8>(order + i, i);
  memory.fill(selectors, 0xff, MAX_SELECTORS);
  for (let i: u32 = 0; i < count; i++) {
    let index: u32 = 0;
    while (bits(1) != 0) if (++index >= groupCount) return false;
    if (past()) return false;
    store<u8>(selectors + i, toFront(index));
  }
  for (let i: usize = 0; i < <usize>groupCount; i++) if (!readGroup(changetype<Group>(groups + i * GROUP_BYTES))) return false;
  return true;
}

function toFront(index: u32): u32 {
  const value = load<u8>(order + index);
  memory.copy(order + 1, order, index);
  store<u8>(order, value);
  return value;
}

function readGroup(group: Group): bool {
  let length = bits(5), least: u32 = MAX_CODE_BITS, most: u32 = 1;
  for (let i: u32 = 0; i < symbolCount; i++) {
    for (;;) {
      if (length < 1 || length > MAX_CODE_BITS || past()) return false;
      if (bits(1) == 0) break;
      length += bits(1) != 0 ? -1 : 1;
    }
    store<u8>(lengths + i, length);
    least = min(least, length);
    most = max(most, length);
  }
  group.minBits = least;
  group.maxBits = most;
  orderCodes(changetype<usize>(group), least, most);
  return true;
}

/** Canonical codes: those of one length follow one another, in the order of their symbols. */
function orderCodes(group: usize, least: u32, most: u32): void {
  let code: i32 = 0, index: i32 = 0;
  for (let length = least; length <= most; length++) {
    const first = index;
    for (let i: u32 = 0; i < symbolCount; i++) {
      if (load<u8>(lengths + i) != length) continue;
      store<u16>(group + SYMBOLS + (<usize>index << 1), i);
      index++;
    }
    store<i32>(group + BASES + (<usize>length << 2), code - first);
    code += index - first;
    store<i32>(group + LIMITS + (<usize>length << 2), code - 1);
    code <<= 1;
  }
}

/** -1: there is no such code. */
function symbol(group: usize): i32 {
  const top = bswap(load<u64>(stream.at)) << <u64>bit, most = changetype<Group>(group).maxBits;
  for (let length = changetype<Group>(group).minBits; length <= most; length++) {
    const code = <i32>(top >>> <u64>(64 - length));
    if (code > load<i32>(group + LIMITS + (<usize>length << 2))) continue;
    const index = code - load<i32>(group + BASES + (<usize>length << 2));
    if (<u32>index >= symbolCount) return -1;
    advance(length);
    return load<u16>(group + SYMBOLS + (<usize>index << 1));
  }
  return -1;
}

/** Fills the block with bytes and counts them in `starts`. */
function readSymbols(): bool {
  for (let i: u32 = 0; i < 256; i++) store<u8>(order + i, i);
  memory.fill(starts, 0, 257 * 4);
  const last = <i32>symbolCount - 1;
  let weight: u32 = 1, length: u32 = 0, inGroup: u32 = 0, selector: usize = selectors, group: usize = 0;
  size = 0;
  while (!past()) {
    if (inGroup-- == 0) {
      const chosen = <usize>load<u8>(selector++);
      if (selector > selectors + MAX_SELECTORS || chosen >= MAX_GROUPS) return false;
      group = groups + chosen * GROUP_BYTES;
      inGroup = GROUP_SYMBOLS - 1;
    }
    const found = symbol(group);
    if (found < 0) return false;
    if (found < 2) {
      // A digit of a run's length, in base two with the digits one and two.
      length += weight << <u32>found;
      if (length > blockLimit) return false;
      weight <<= 1;
      continue;
    }
    if (length > 0 && !append(load<u8>(used + load<u8>(order)), length)) return false;
    weight = 1;
    length = 0;
    if (found == last) return !past();
    if (!append(load<u8>(used + toFront(<u32>found - 1)), 1)) return false;
  }
  return false;
}

function append(byte: u32, count: u32): bool {
  if (count > blockLimit - size) return false;
  const slot = starts + (<usize>byte << 2);
  store<u32>(slot, load<u32>(slot) + count);
  for (const end = size + count; size < end; size++) store<u32>(block + (<usize>size << 2), byte);
  return true;
}

/** Undoes the Burrows-Wheeler transform: links each byte to the next one. */
function chain(origin: u32): void {
  let sum: u32 = 0;
  for (let i: usize = 0; i < 256; i++) {
    const count = load<u32>(starts + (i << 2));
    store<u32>(starts + (i << 2), sum);
    sum += count;
  }
  for (let i: u32 = 0; i < size; i++) {
    const slot = starts + (<usize>load<u8>(block + (<usize>i << 2)) << 2), at = load<u32>(slot);
    store<u32>(slot, at + 1);
    const to = block + (<usize>at << 2);
    store<u32>(to, load<u32>(to) | (i << 8));
  }
  word = load<u32>(block + (<usize>origin << 2)) >>> 8;
  left = size;
  previous = -1;
  run = 0;
}

/** Four equal bytes are followed by how many more there are. */
function writeRuns(): u32 {
  let to = out;
  const stop = out + OUT_BYTES;
  while (left > 0 && to < stop) {
    const entry = load<u32>(block + (<usize>word << 2)), byte = <i32>(entry & 0xff);
    word = entry >>> 8;
    left--;
    if (run == 4) {
      memory.fill(to, <u8>previous, <usize>byte);
      to += <usize>byte;
      run = 0;
      previous = -1;
      continue;
    }
    run = byte == previous ? run + 1 : 1;
    previous = byte;
    store<u8>(to++, byte);
  }
  stream.out = out;
  stream.outSize = to - out;
  if (left == 0) state = BLOCK;
  return AGAIN;
}

/** Another stream, zeros, or the end. */
function between(): u32 {
  while (stream.have > 0 && load<u8>(stream.at) == 0) stream.at++;
  if (!stream.need(4)) return !stream.last ? stream.lack : stream.have == 0 ? END : TRAILING;
  if ((load<u32>(stream.at) & 0xffffff) != 0x685a42) return TRAILING;
  state = HEADER;
  return AGAIN;
}
