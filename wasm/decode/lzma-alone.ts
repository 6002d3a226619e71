// The old `.lzma` format: properties, the dictionary's size, the unpacked size, then LZMA to the end. And
// the same inside a zip (method 14), where a header of its own comes first and no size.

import { XZ } from '../scan/decoding';
import { become } from './decoder';
import {
  beginStep, decodeSymbols, endStep, isCoderDone, openDictionary, resetState, setProperties, startCoder, STEP_BYTES, SYMBOL_BYTES,
} from './lzma';
import { AGAIN, BROKEN, CANNOT, END, MORE, stream, TRAILING } from './stream';
import { XZ_MAGIC, openXz } from './xz';

const HEADER_BYTES: usize = 13;
/** A version, the size of the properties, the properties and the dictionary's size. */
const ZIP_HEADER_BYTES: usize = 9;
const CODER_BYTES: usize = 5;
const UNKNOWN_SIZE: u64 = u64.MAX_VALUE;
/** What liblzma takes for the size in a header; it believes that nobody has more. */
const MAX_SIZE: u64 = <u64>1 << 38;

const HEADER: u32 = 0;
const DATA: u32 = 1;
const BETWEEN: u32 = 2;

let state: u32 = 0;
let inZip: bool = false;
let left: u64 = 0;

export function openAlone(): void {
  inZip = false;
  state = HEADER;
}

export function openZipLzma(): void {
  inZip = true;
  state = HEADER;
}

export function stepAlone(): u32 {
  switch (state) {
    case HEADER: return header();
    case DATA: return data();
  }
  return between();
}

function header(): u32 {
  const size = inZip ? ZIP_HEADER_BYTES : HEADER_BYTES;
  if (!stream.need(size + CODER_BYTES)) return stream.lack;
  if (inZip && load<u16>(stream.at, 2) != 5) return CANNOT;
  const properties = stream.at + (inZip ? 4 : 0);
  left = inZip ? UNKNOWN_SIZE : load<u64>(properties, 5);
  if (left != UNKNOWN_SIZE && left >= MAX_SIZE) return BROKEN;
  if (!setProperties(load<u8>(properties))) return BROKEN;
  // No more of a dictionary is used than there is to unpack.
  if (!openDictionary(<u32>min<u64>(load<u32>(properties, 1), left))) return CANNOT;
  stream.at += size;
  resetState();
  state = DATA;
  return startCoder() ? AGAIN : BROKEN;
}

function data(): u32 {
  if (left == 0) return endMark();
  const from = beginStep(), wanted = <usize>min<u64>(left, <u64>STEP_BYTES);
  const status = decodeSymbols(from + wanted, stream.last ? 0 : SYMBOL_BYTES);
  endStep(from);
  if (status == MORE) stream.lacking = SYMBOL_BYTES;
  if (left != UNKNOWN_SIZE) {
    if (<u64>stream.outSize > left) return BROKEN;
    left -= <u64>stream.outSize;
  }
  // Python's zipfile writes an end mark, others only say in the directory how long it is.
  if (inZip && status == BROKEN && stream.at >= stream.end) return END;
  return status == END ? finish() : status;
}

/** Where the size is known a mark may still stand at the end. */
function endMark(): u32 {
  if (!stream.need(SYMBOL_BYTES) && !stream.last) return stream.lack;
  if (isCoderDone()) return finish();
  const from = beginStep();
  return decodeSymbols(from + 1, 0) == END ? finish() : BROKEN;
}

function finish(): u32 {
  if (!isCoderDone() || stream.at > stream.end) return BROKEN;
  state = BETWEEN;
  return AGAIN;
}

/** Another stream, zeros, or the end. */
function between(): u32 {
  if (inZip) return END;
  while (stream.have > 0 && load<u8>(stream.at) == 0) stream.at++;
  if (!stream.need(4)) return !stream.last ? stream.lack : stream.have == 0 ? END : TRAILING;
  return follow();
}

/** What Python's lzma takes for another stream. */
export function follow(): u32 {
  if (load<u32>(stream.at) == XZ_MAGIC) {
    become(XZ);
    openXz();
    return AGAIN;
  }
  if (load<u8>(stream.at) != 0x5d) return TRAILING;
  openAlone();
  return AGAIN;
}
