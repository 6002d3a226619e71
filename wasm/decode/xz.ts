// The .xz container (xz-file-format.txt 1.2.1): streams of blocks of LZMA2 chunks. Filters other than
// LZMA2, which nobody uses for models, are not taken.

import { LZMA } from '../scan/decoding';
import { become } from './decoder';
import { follow } from './lzma-alone';
import {
  beginStep, copyPlain, decodeSymbols, endStep, isCoderDone, MAX_DICTIONARY_BYTES, openDictionary, resetDictionary, resetState,
  setProperties, startCoder,
} from './lzma';
import { AGAIN, BROKEN, CANNOT, END, stream, TRAILING } from './stream';

/** fd 7zX */
export const XZ_MAGIC: u32 = 0x587a37fd;
const HEADER_BYTES: usize = 12;
const FOOTER_BYTES: usize = 12;
const LZMA2: u64 = 0x21;
/** A number of 63 bits takes nine bytes. */
const NUMBER_BYTES: usize = 9;

const HEADER: u32 = 0;
const BLOCK: u32 = 1;
const CHUNK: u32 = 2;
const PADDING: u32 = 3;
const INDEX: u32 = 4;
const FOOTER: u32 = 5;
const BETWEEN: u32 = 6;

let state: u32 = 0;
let checkBytes: usize = 0;
/** Of the block or the index so far: both are filled up to a multiple of four. */
let count: usize = 0;
let numbers: u64 = 0;
let needsDictionary: bool = false;
let needsState: bool = false;
let needsProperties: bool = false;

export function openXz(): void {
  state = HEADER;
}

export function stepXz(): u32 {
  switch (state) {
    case HEADER: return header();
    case BLOCK: return blockHeader();
    case CHUNK: return chunk();
    case PADDING: return padding();
    case INDEX: return index();
    case FOOTER: return footer();
  }
  return between();
}

function header(): u32 {
  if (!stream.need(HEADER_BYTES)) return stream.lack;
  const check = <u32>load<u8>(stream.at, 7);
  if (load<u32>(stream.at) != XZ_MAGIC || load<u8>(stream.at, 6) != 0 || check > 15) return BROKEN;
  checkBytes = check == 0 ? 0 : <usize>4 << ((check - 1) / 3);
  stream.at += HEADER_BYTES;
  state = BLOCK;
  return AGAIN;
}

/** The number at `reader`, which moves on. */
let reader: usize = 0;

function number(): u64 {
  let value: u64 = 0;
  for (let i: usize = 0; i < NUMBER_BYTES; i++) {
    const byte = <u64>load<u8>(reader++);
    value |= (byte & 0x7f) << <u64>(i * 7);
    if (byte < 0x80) break;
  }
  return value;
}

function blockHeader(): u32 {
  if (!stream.need(1)) return stream.lack;
  const first = <usize>load<u8>(stream.at);
  if (first == 0) return startIndex();
  const size = (first + 1) * 4;
  if (!stream.need(size)) return stream.lack;
  const flags = <u32>load<u8>(stream.at, 1);
  if ((flags & 0x3c) != 0) return BROKEN;
  if ((flags & 3) != 0) return CANNOT;
  reader = stream.at + 2;
  if ((flags & 0x40) != 0) number();
  if ((flags & 0x80) != 0) number();
  if (number() != LZMA2) return CANNOT;
  if (number() != 1) return BROKEN;
  const bits = <u32>load<u8>(reader++);
  if (reader > stream.at + size || bits > 40) return BROKEN;
  stream.at += size;
  count = 0;
  needsDictionary = true;
  state = CHUNK;
  const bytes = bits == 40 ? <u64>u32.MAX_VALUE : <u64>(2 | (bits & 1)) << <u64>((bits >>> 1) + 11);
  return bytes <= <u64>MAX_DICTIONARY_BYTES && openDictionary(<u32>bytes) ? AGAIN : CANNOT;
}

function bigEndian16(offset: usize): usize {
  return (<usize>load<u8>(stream.at + offset) << 8 | <usize>load<u8>(stream.at + offset + 1)) + 1;
}

function chunk(): u32 {
  if (!stream.need(1)) return stream.lack;
  const control = <u32>load<u8>(stream.at);
  if (control == 0) {
    stream.at++;
    count++;
    state = PADDING;
    return AGAIN;
  }
  if (control >= 0xe0 || control == 1) {
    needsProperties = true;
    needsDictionary = false;
    resetDictionary();
  } else if (needsDictionary) return BROKEN;
  if (control >= 0x80) return packedChunk(control);
  return control > 2 ? BROKEN : plainChunk(control);
}

function plainChunk(control: u32): u32 {
  if (!stream.need(3)) return stream.lack;
  const size = bigEndian16(1);
  if (!stream.need(3 + size)) return stream.lack;
  if (control == 1) needsState = true;
  stream.at += 3;
  const from = beginStep();
  copyPlain(size);
  endStep(from);
  count += 3 + size;
  return AGAIN;
}

/** A chunk is at most 64 KiB, so that all of it is waited for. */
function packedChunk(control: u32): u32 {
  const head: usize = control >= 0xc0 ? 6 : 5;
  if (!stream.need(head)) return stream.lack;
  const unpacked = (<usize>(control & 0x1f) << 16) + bigEndian16(1), packed = bigEndian16(3);
  if (!stream.need(head + packed)) return stream.lack;
  if (packed < 5) return BROKEN;
  if (control >= 0xc0) {
    if (!setProperties(load<u8>(stream.at, 5))) return BROKEN;
    needsProperties = false;
  } else if (needsProperties) return BROKEN;
  if (control >= 0xa0) {
    resetState();
    needsState = false;
  } else if (needsState) return BROKEN;
  stream.at += head;
  count += head + packed;
  return unpack(stream.at + packed, unpacked);
}

function unpack(end: usize, unpacked: usize): u32 {
  const whole = stream.end;
  if (!startCoder()) return BROKEN;
  const from = beginStep();
  // What lies behind the chunk is not its own.
  stream.end = end;
  const status = decodeSymbols(from + unpacked, 0);
  stream.end = whole;
  endStep(from);
  return status == AGAIN && stream.outSize == unpacked && isCoderDone() && stream.at == end ? AGAIN : BROKEN;
}

function padding(): u32 {
  const size = (<usize>0 - count & 3) + checkBytes;
  if (!stream.need(size)) return stream.lack;
  stream.at += size;
  state = BLOCK;
  return AGAIN;
}

function startIndex(): u32 {
  if (!stream.need(1 + NUMBER_BYTES)) return stream.lack;
  reader = stream.at + 1;
  // Each record has two numbers.
  numbers = number() << 1;
  count = reader - stream.at;
  stream.at = reader;
  state = INDEX;
  return AGAIN;
}

function index(): u32 {
  while (numbers > 0) {
    if (!stream.need(NUMBER_BYTES)) return stream.lack;
    reader = stream.at;
    number();
    count += reader - stream.at;
    stream.at = reader;
    numbers--;
  }
  const size = (<usize>0 - count & 3) + 4;
  if (!stream.need(size)) return stream.lack;
  stream.at += size;
  state = FOOTER;
  return AGAIN;
}

function footer(): u32 {
  if (!stream.need(FOOTER_BYTES)) return stream.lack;
  // "YZ"
  if (load<u16>(stream.at, 10) != 0x5a59) return BROKEN;
  stream.at += FOOTER_BYTES;
  state = BETWEEN;
  return AGAIN;
}

/** Another stream, zeros, or the end. */
function between(): u32 {
  while (stream.have > 0 && load<u8>(stream.at) == 0) stream.at++;
  if (!stream.need(4)) return !stream.last ? stream.lack : stream.have == 0 ? END : TRAILING;
  become(LZMA);
  return follow();
}
