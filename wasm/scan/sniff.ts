// What bytes are, by how they begin. The answer is a kind for content.ts, a name for the report and, for
// compressed ones, the method.

import { BZIP2, GZIP, LZ4, LZMA, UNKNOWN_METHOD, XZ, ZLIB, ZSTD } from './decoding';
import { GGUF, HDF5, SAFETENSORS } from './format-ids';
import { A_PROGRAM, knownData, knownName, NOTHING_KNOWN } from './known-data';
import { isHeader as isTarHeader } from './tar';
import { decodeRune, runeBytes } from '../utf8';

/** Data that runs nothing and is read by nobody as a pickle, a zip or an archive. */
export const HARMLESS: u32 = 1;
export const THE_ZIP: u32 = 2;
export const THE_NPY: u32 = 3;
export const THE_TAR: u32 = 4;
/** Compressed as a whole. */
export const ANY_ARCHIVE: u32 = 5;
/** Known, and not looked into yet, or ever. */
export const OPAQUE_CONTENT: u32 = 6;
/** Nothing of the above: perhaps a pickle. */
export const THE_PICKLE: u32 = 7;

/** Judged by a reader of its own, sniffedFormat; then as a pickle besides, since it may begin like one. */
export const WITH_HEADER: u32 = 8;

/** Machine code, or Python's. */
export const PROGRAM: u32 = 9;

export let sniffedName: string = '';
export let sniffedMethod: u32 = 0;
/** Of format-ids.ts. */
export let sniffedFormat: u32 = 0;
/** Bytes in front of what is compressed. */
export let sniffedSkip: u64 = 0;

const TAR_HEADER: usize = 512;
/** Bytes that a content is judged by, where it has as many. */
export const HEAD_BYTES: usize = 512;

/** `size` bytes of a content of `left` bytes (or an unknown number). */
export function sniff(ptr: usize, size: usize, left: u64): u32 {
  sniffedMethod = 0;
  sniffedSkip = 0;
  const four: u32 = size >= 4 ? load<u32>(ptr) : 0;
  switch (four) {
    case 0x04034b50: case 0x06054b50: return is(THE_ZIP, 'zip'); // PK34, PK56
    case 0x46554747: return read(GGUF, 'gguf'); // GGUF
    case 0x474e5089: return is(HARMLESS, 'png'); // 89 PNG
    case 0x38464947: return is(HARMLESS, 'gif'); // GIF8
    case 0x46464952: return is(HARMLESS, 'riff'); // RIFF: wav, webp
    case 0x5367674f: return is(HARMLESS, 'ogg'); // OggS
    case 0x43614c66: return is(HARMLESS, 'flac'); // fLaC
    case 0x46445025: return is(HARMLESS, 'pdf'); // %PDF
    case 0x184d2204: return packed(LZ4, 'lz4');
    case 0xfd2fb528: return packed(ZSTD, 'zstd');
    case 0x587a37fd: return packed(XZ, 'xz'); // fd 7zX
    case 0xafbc7a37: return packed(UNKNOWN_METHOD, '7z');
    case 0x21726152: return packed(UNKNOWN_METHOD, 'rar'); // Rar!
  }
  if (size >= 6 && four == 0x4d554e93 && load<u16>(ptr, 4) == 0x5950) return is(THE_NPY, 'npy'); // 93 NUMPY
  if (size >= 8 && load<u64>(ptr) == 0x0a1a0a0d46444889) return read(HDF5, 'hdf5'); // 89 HDF and line ends
  const two: u32 = size >= 2 ? load<u16>(ptr) : 0;
  if (two == 0x8b1f) return packed(GZIP, 'gzip');
  if ((four & 0xffffff) == 0x685a42 && size >= 10 && isBzip2(load<u8>(ptr, 4))) return packed(BZIP2, 'bzip2'); // BZh
  if (two == 0x005d && size >= 13) return packed(LZMA, 'lzma');
  if ((four & 0xffffff) == 0xffd8ff) return is(HARMLESS, 'jpeg');
  if (two == 0x465a && !isText(ptr, size)) return oldJoblib(ptr, size); // ZF
  if (isZlib(ptr, size)) return packed(ZLIB, 'zlib');
  if (isTar(ptr, size)) return is(THE_TAR, 'tar');
  if (isSafetensors(ptr, size, left)) return read(SAFETENSORS, 'safetensors');
  const known = knownData(ptr, size);
  if (known != NOTHING_KNOWN) return is(known == A_PROGRAM ? PROGRAM : HARMLESS, knownName);
  return is(THE_PICKLE, 'pickle');
}

function is(kind: u32, name: string): u32 {
  sniffedName = name;
  return kind;
}

function read(format: u32, name: string): u32 {
  sniffedFormat = format;
  return is(WITH_HEADER, name);
}

function packed(method: u32, name: string): u32 {
  sniffedMethod = method;
  return is(ANY_ARCHIVE, name);
}

/** How a block begins (pi), or the end of a stream without any (the root of pi), which others may follow. */
function isBzip2(byte: u32): bool {
  return byte == 0x31 || byte == 0x17;
}

/** joblib before 0.10: the size in hexadecimal, filled with blanks up to 19 characters or 20, then zlib. */
function oldJoblib(ptr: usize, size: usize): u32 {
  sniffedSkip = size > 21 && load<u8>(ptr, 21) == 0x20 ? 22 : 21;
  return packed(ZLIB, 'joblib-zf');
}

/** RFC 1950 with the window that everybody uses, 32 KiB. (Other first bytes are opcodes of pickles.) */
function isZlib(ptr: usize, size: usize): bool {
  return size >= 6 && load<u8>(ptr) == 0x78 && (0x7800 + <u32>load<u8>(ptr, 1)) % 31 == 0 && !isText(ptr, size);
}

function isTar(ptr: usize, size: usize): bool {
  return size >= TAR_HEADER && load<u8>(ptr) != 0 && isTarHeader(ptr);
}

/** The length of a header that fits, and the header's brace behind any white space. */
function isSafetensors(ptr: usize, size: usize, left: u64): bool {
  if (size < 9 || load<u64>(ptr) > left - 8) return false;
  let i: usize = 8;
  while (i < size && isBlank(load<u8>(ptr + i))) i++;
  return i == size ? size == HEAD_BYTES : load<u8>(ptr + i) == 0x7b;
}

function isBlank(byte: u32): bool {
  return byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d;
}

/** Whether the head of a content is text: UTF-8, or any with a byte order mark, without controls. */
export function isText(ptr: usize, size: usize): bool {
  const mark: u32 = size >= 2 ? load<u16>(ptr) : 0;
  if (mark == 0xfeff || mark == 0xfffe) return true;
  for (let i: usize = 0; i < size;) {
    const rune = decodeRune(ptr + i, ptr + size);
    // A character may be cut at the end of the head, not at the end of the content.
    if (rune >= 0x110000 && (size < HEAD_BYTES || i + 4 <= size)) return false;
    if (rune < 0x20 && (rune < 0x09 || rune > 0x0d) && rune != 0x1b) return false;
    if (rune == 0x7f) return false;
    i += runeBytes;
  }
  return true;
}
