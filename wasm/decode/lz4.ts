// LZ4 frames (lz4_Frame_format.md 1.6.4), as joblib writes them. A block is unpacked at once, behind the
// 64 KiB that it may refer to. Dictionaries from outside are not taken.

import { reserve } from '../abi';
import { AGAIN, BROKEN, CANNOT, END, stream, TRAILING } from './stream';

const FRAME: u32 = 0x184d2204;
/** 16 numbers for frames of a program's own, which are passed over. */
const SKIPPED_FRAME: u32 = 0x184d2a50;

const HISTORY_BYTES: usize = 64 * 1024;
const MAX_BLOCK_BYTES: usize = 4 * 1024 * 1024;

const DESCRIPTOR: u32 = 0;
const BLOCK: u32 = 1;
const BETWEEN: u32 = 2;
const SKIP: u32 = 3;

let buffer: usize = 0;
/** History in the buffer, in front of which the next block goes. */
let history: usize = 0;
let state: u32 = 0;
let flags: u32 = 0;
let blockBytes: usize = 0;
let toSkip: usize = 0;

export function openLz4(): void {
  if (buffer == 0) buffer = reserve(HISTORY_BYTES + MAX_BLOCK_BYTES);
  state = DESCRIPTOR;
}

export function stepLz4(): u32 {
  switch (state) {
    case DESCRIPTOR: return descriptor();
    case BLOCK: return block();
    case SKIP: return skip();
  }
  return between();
}

function descriptor(): u32 {
  if (!stream.need(7)) return stream.lack;
  flags = load<u8>(stream.at, 4);
  const size = (load<u8>(stream.at, 5) >> 4) & 7;
  if (load<u32>(stream.at) != FRAME || size < 4) return BROKEN;
  // Another version, or a dictionary.
  if (flags >>> 6 != 1 || (flags & 1) != 0) return CANNOT;
  const length: usize = (flags & 8) != 0 ? 15 : 7;
  if (!stream.need(length)) return stream.lack;
  stream.at += length;
  blockBytes = <usize>1 << (8 + 2 * <usize>size);
  history = 0;
  state = BLOCK;
  return AGAIN;
}

function block(): u32 {
  if (!stream.need(4)) return stream.lack;
  const word = load<u32>(stream.at), size = <usize>(word & 0x7fffffff);
  if (word == 0) {
    const checksum: usize = (flags & 4) != 0 ? 8 : 4;
    if (!stream.need(checksum)) return stream.lack;
    stream.at += checksum;
    state = BETWEEN;
    return AGAIN;
  }
  if (size > blockBytes) return BROKEN;
  const length: usize = size + ((flags & 16) != 0 ? 8 : 4);
  if (!stream.need(length)) return stream.lack;
  const from = stream.at + 4;
  stream.at += length;
  return word >>> 31 != 0 ? copyBlock(from, size) : unpackBlock(from, from + size);
}

function copyBlock(from: usize, size: usize): u32 {
  const to = startBlock();
  memory.copy(to, from, size);
  return endBlock(to, to + size, AGAIN);
}

/** Moves the end of what there is to the front; the block goes behind it. */
function startBlock(): usize {
  // Blocks that are independent of one another may not look back.
  if ((flags & 32) != 0) history = 0;
  if (history > HISTORY_BYTES) {
    memory.copy(buffer, buffer + history - HISTORY_BYTES, HISTORY_BYTES);
    history = HISTORY_BYTES;
  }
  return buffer + history;
}

function endBlock(start: usize, end: usize, status: u32): u32 {
  stream.out = start;
  stream.outSize = end - start;
  history = end - buffer;
  return status;
}

/** lz4_Block_format.md: literals and a match, in turn, the last literals without one. */
function unpackBlock(from: usize, end: usize): u32 {
  const start = startBlock(), limit = start + blockBytes;
  let to = start;
  while (from < end) {
    const token = <u32>load<u8>(from++);
    let count = <usize>(token >>> 4);
    if (count == 15) {
      count += extension(from, end);
      from = extended;
    }
    if (count > end - min(from, end) || count > limit - to) return endBlock(start, to, BROKEN);
    memory.copy(to, from, count);
    to += count;
    from += count;
    if (from == end) return endBlock(start, to, AGAIN);
    if (end - from < 2) return endBlock(start, to, BROKEN);
    const distance = <usize>load<u16>(from);
    from += 2;
    count = <usize>(token & 15) + 4;
    if (count == 19) {
      count += extension(from, end);
      from = extended;
    }
    if (from > end || distance == 0 || distance > to - buffer || count > limit - to) return endBlock(start, to, BROKEN);
    for (const stop = to + count; to < stop; to++) store<u8>(to, load<u8>(to - distance));
  }
  return endBlock(start, to, BROKEN);
}

/** Where an extended length ends; behind the block's end where it is cut off. */
let extended: usize = 0;

function extension(from: usize, end: usize): usize {
  let count: usize = 0;
  while (from < end) {
    const byte = <usize>load<u8>(from++);
    count += byte;
    if (byte != 255) {
      extended = from;
      return count;
    }
  }
  extended = end + 1;
  return count;
}

/** Another frame, one to be passed over, zeros, or the end. */
function between(): u32 {
  while (stream.have > 0 && load<u8>(stream.at) == 0) stream.at++;
  if (!stream.need(4)) return !stream.last ? stream.lack : stream.have == 0 ? END : TRAILING;
  const magic = load<u32>(stream.at);
  if (magic == FRAME) state = DESCRIPTOR;
  else if ((magic & 0xfffffff0) == SKIPPED_FRAME) {
    if (!stream.need(8)) return stream.lack;
    toSkip = <usize>load<u32>(stream.at, 4);
    stream.at += 8;
    state = SKIP;
  } else return TRAILING;
  return AGAIN;
}

function skip(): u32 {
  const part = min(toSkip, stream.have);
  stream.at += part;
  toSkip -= part;
  if (toSkip == 0) state = BETWEEN;
  else if (!stream.need(1)) return stream.lack;
  return AGAIN;
}
