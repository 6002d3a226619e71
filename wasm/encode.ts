// Bytes as text and back: hexadecimal, base64 (RFC 4648, with padding) and Nix's base-32. Plain
// writers and strict readers on memory ranges; hash-text.ts puts them together.

/** Nix's digits: no e, o, t, u. */
const NIX_DIGITS = '0123456789abcdfghijklmnpqrsvwxyz';
const BASE64_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export const HEX: u32 = 0;
export const BASE64: u32 = 1;
export const NIX32: u32 = 2;

/** Characters that `bytes` bytes take. */
export function encodedLength(format: u32, bytes: usize): usize {
  if (format == HEX) return bytes * 2;
  if (format == BASE64) return ((bytes + 2) / 3) * 4;
  return (bytes * 8 + 4) / 5;
}

/** Writes `encodedLength` characters. */
export function encode(format: u32, ptr: usize, len: usize, to: usize): void {
  if (format == HEX) encodeHex(ptr, len, to);
  else if (format == BASE64) encodeBase64(ptr, len, to);
  else encodeNix32(ptr, len, to);
}

/** Reads text that stands for exactly `bytes` bytes; false when it is not the one way to write them. */
export function decode(format: u32, text: usize, len: usize, to: usize, bytes: usize): bool {
  if (len != encodedLength(format, bytes)) return false;
  if (format == HEX) return decodeHex(text, to, bytes);
  if (format == BASE64) return decodeBase64(text, len, to, bytes);
  return decodeNix32(text, len, to, bytes);
}

function encodeHex(ptr: usize, len: usize, to: usize): void {
  for (let i: usize = 0; i < len; i++) {
    const byte: u32 = load<u8>(ptr + i);
    store<u8>(to + i * 2, hexDigit(byte >> 4));
    store<u8>(to + i * 2, hexDigit(byte & 15), 1);
  }
}

function hexDigit(value: u32): u8 {
  return (value + (value < 10 ? 48 : 87)) as u8;
}

function decodeHex(text: usize, to: usize, bytes: usize): bool {
  for (let i: usize = 0; i < bytes; i++) {
    const high = hexValue(load<u8>(text + i * 2));
    const low = hexValue(load<u8>(text + i * 2, 1));
    if ((high | low) > 15) return false;
    store<u8>(to + i, (high << 4) | low);
  }
  return true;
}

/** 255 for what is no digit. Upper case is read, never written. */
function hexValue(character: u32): u32 {
  if (character - 48 < 10) return character - 48;
  const letter = (character | 32) - 97;
  return letter < 6 ? letter + 10 : 255;
}

function encodeBase64(ptr: usize, len: usize, to: usize): void {
  for (let i: usize = 0; i < len; i += 3, to += 4) {
    let bits: u32 = (load<u8>(ptr + i) as u32) << 16;
    if (i + 1 < len) bits |= (load<u8>(ptr + i, 1) as u32) << 8;
    if (i + 2 < len) bits |= load<u8>(ptr + i, 2);
    store<u8>(to, base64Digit(bits >> 18));
    store<u8>(to, base64Digit(bits >> 12), 1);
    store<u8>(to, i + 1 < len ? base64Digit(bits >> 6) : 61, 2);
    store<u8>(to, i + 2 < len ? base64Digit(bits) : 61, 3);
  }
}

function base64Digit(bits: u32): u8 {
  return BASE64_DIGITS.charCodeAt(bits & 63) as u8;
}

function decodeBase64(text: usize, len: usize, to: usize, bytes: usize): bool {
  const padding = ((bytes + 2) / 3) * 3 - bytes;
  let bits: u32 = 0;
  let held = 0;
  let written: usize = 0;
  for (let i: usize = 0; i < len; i++) {
    const character: u32 = load<u8>(text + i);
    if (i >= len - padding) {
      if (character != 61) return false;
      continue;
    }
    const value = base64Value(character);
    if (value > 63) return false;
    bits = (bits << 6) | value;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    store<u8>(to + written++, (bits >> held) as u8);
  }
  // Left-over bits that are not zero would be a second way to write the same bytes.
  return (bits & ((1 << held) - 1)) == 0;
}

/** 255 for what is no digit. */
function base64Value(character: u32): u32 {
  if (character - 65 < 26) return character - 65;
  if (character - 97 < 26) return character - 71;
  if (character - 48 < 10) return character + 4;
  return character == 43 ? 62 : character == 47 ? 63 : 255;
}

/** Nix writes the bytes as one little-endian number, most significant digit first. */
function encodeNix32(ptr: usize, len: usize, to: usize): void {
  const digits = encodedLength(NIX32, len);
  for (let i: usize = 0; i < digits; i++) {
    const bit = (digits - 1 - i) * 5;
    const at = ptr + bit / 8;
    let pair: u32 = load<u8>(at);
    if (bit / 8 + 1 < len) pair |= (load<u8>(at, 1) as u32) << 8;
    store<u8>(to + i, NIX_DIGITS.charCodeAt((pair >> ((bit & 7) as u32)) & 31) as u8);
  }
}

function decodeNix32(text: usize, len: usize, to: usize, bytes: usize): bool {
  memory.fill(to, 0, bytes);
  for (let i: usize = 0; i < len; i++) {
    const value = nixValue(load<u8>(text + i));
    if (value > 31) return false;
    const bit = (len - 1 - i) * 5;
    const at = to + bit / 8;
    const pair = value << ((bit & 7) as u32);
    store<u8>(at, load<u8>(at) | (pair as u8));
    if (bit / 8 + 1 < bytes) store<u8>(at, load<u8>(at, 1) | ((pair >> 8) as u8), 1);
    else if (pair >> 8) return false;
  }
  return true;
}

/** 255 for what is no digit. */
function nixValue(character: u32): u32 {
  for (let i = 0; i < 32; i++) if (NIX_DIGITS.charCodeAt(i) == character) return i;
  return 255;
}
