// Hashes as people write them. Read: SRI (`sha256-…`), `sha256:` before any encoding, and bare
// hexadecimal, base64 or Nix base-32, which their lengths tell apart. Written: any of the four.

import { ENCODING_INVALID } from '../build/generated/status';
import { allocate } from './abi';
import { BASE64, HEX, NIX32, decode, encode, encodedLength } from './encode';
import { SHA256, SHA512, digestBytes } from './hash';
import { newOutput, Output } from './output';
import { begin, finish, problem } from './problem';
import { literal, textAt } from './text';

/** A fourth way to write a hash, beside the encodings: the algorithm, a hyphen, base64. */
export const SRI: u32 = 3;

const PREFIX_BYTES: usize = 7;

/** The length of `digestBytes(algorithm)` bytes as text. */
export function hashTextLength(algorithm: u32, format: u32): usize {
  const bytes = digestBytes(algorithm);
  if (format == SRI) return PREFIX_BYTES + encodedLength(BASE64, bytes);
  return encodedLength(format, bytes);
}

/** Writes `hashTextLength` characters. */
export function putHash(algorithm: u32, format: u32, digest: usize, to: usize): void {
  const bytes = digestBytes(algorithm);
  if (format != SRI) return encode(format, digest, bytes, to);
  memory.copy(to, literal(algorithm == SHA512 ? 'sha512-' : 'sha256-').ptr, PREFIX_BYTES);
  encode(BASE64, digest, bytes, to + PREFIX_BYTES);
}

/** Reads a hash in any form to `to` (64 bytes of room); the algorithm, or -1. */
export function getHash(text: usize, len: usize, to: usize): i32 {
  const named = algorithmNamed(text, len);
  if (named < 0) {
    const bare = getDigest(SHA256, text, len, to) ? SHA256 : SHA512;
    return bare == SHA256 || getDigest(SHA512, text, len, to) ? bare : -1;
  }
  const body = text + PREFIX_BYTES;
  const rest = len - PREFIX_BYTES;
  const sri = load<u8>(text, 6) == 45;
  const good = sri
    ? decode(BASE64, body, rest, to, digestBytes(named))
    : getDigest(named, body, rest, to);
  return good ? named : -1;
}

/** The algorithm of a `sha256-` or `sha256:` prefix, or -1. */
function algorithmNamed(text: usize, len: usize): i32 {
  if (len < PREFIX_BYTES) return -1;
  const separator = load<u8>(text, 6);
  if (separator != 45 && separator != 58) return -1;
  // "sha2" and "sha5" as little-endian words, then "56" and "12".
  const start = load<u32>(text);
  const end = load<u16>(text, 4);
  if (start == 0x32616873 && end == 0x3635) return SHA256;
  if (start == 0x35616873 && end == 0x3231) return SHA512;
  return -1;
}

function getDigest(algorithm: u32, text: usize, len: usize, to: usize): bool {
  const bytes = digestBytes(algorithm);
  return decode(HEX, text, len, to, bytes)
    || decode(NIX32, text, len, to, bytes)
    || decode(BASE64, text, len, to, bytes);
}

/** The reply is the digest in the wanted form, whatever form the text had. */
export function hashtext(format: u32, text: usize, len: usize): usize {
  begin();
  const digest = allocate(64);
  const algorithm = getHash(text, len, digest);
  if (algorithm < 0) complain(text, len);
  return finish(written(max(algorithm, 0), format, digest));
}

/** The reply is one byte, the algorithm, and the digest. */
export function hashparse(text: usize, len: usize): usize {
  begin();
  const digest = allocate(64);
  const algorithm = getHash(text, len, digest);
  if (algorithm < 0) complain(text, len);
  return finish(newOutput().byte(algorithm).bytes(digest, digestBytes(algorithm)));
}

/** The reply is a digest (32 or 64 bytes: sha256 or sha512) as text. */
export function hashwrite(format: u32, ptr: usize, len: usize): usize {
  begin();
  if (len != 32 && len != 64) {
    problem(ENCODING_INVALID).message.put('Not a digest: it has ').number(len).put(' bytes');
    return finish(newOutput());
  }
  return finish(written(len == 64 ? SHA512 : SHA256, format, ptr));
}

function written(algorithm: u32, format: u32, digest: usize): Output {
  const output = newOutput();
  const size = hashTextLength(algorithm, format);
  putHash(algorithm, format, digest, output.reserve(size));
  output.size = size;
  return output;
}

function complain(text: usize, len: usize): void {
  const message = problem(ENCODING_INVALID).message;
  message.put('Not a sha256 or sha512 hash: "').shown(textAt(text, len)).byte(0x22);
}
