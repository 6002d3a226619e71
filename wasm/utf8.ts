// UTF-8, strictly: no overlong forms, no surrogates, nothing above U+10FFFF.

/** What decodeRune answers for a byte that begins no valid sequence: 0x110000 + the byte. */
const BROKEN: u32 = 0x110000;

/** Bytes that the last decodeRune took. */
export let runeBytes: usize = 1;

/** The code point at `ptr`; 0x110000 + byte where there is none (and then one byte is taken). */
export function decodeRune(ptr: usize, end: usize): u32 {
  const first = <u32>load<u8>(ptr);
  runeBytes = 1;
  if (first < 0x80) return first;
  const length: usize = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || ptr + length > end) return BROKEN + first;
  let rune = first & (0x7f >> <u32>length);
  for (let i: usize = 1; i < length; i++) {
    const next = <u32>load<u8>(ptr + i);
    if ((next & 0xc0) != 0x80) return BROKEN + first;
    rune = (rune << 6) | (next & 0x3f);
  }
  const overlong = (length == 3 && rune < 0x800) || (length == 4 && rune < 0x10000);
  if (overlong || (rune >= 0xd800 && rune < 0xe000) || rune > 0x10ffff) return BROKEN + first;
  runeBytes = length;
  return rune;
}

/** Writes a code point; the number of bytes. */
export function encodeRune(to: usize, rune: u32): usize {
  if (rune < 0x80) {
    store<u8>(to, rune);
    return 1;
  }
  const length: usize = rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4;
  for (let i = length - 1; i > 0; i--) {
    store<u8>(to + i, 0x80 | (rune & 0x3f));
    rune >>= 6;
  }
  store<u8>(to, (0xf00 >> <u32>length) | rune);
  return length;
}

/** The number of bytes, from the start, that are valid UTF-8: all of them in good text. */
export function validUtf8(ptr: usize, size: usize): usize {
  const end = ptr + size;
  let at = ptr;
  while (at < end) {
    // Nearly all input is ASCII: eight bytes at a time.
    while (at + 8 <= end && (load<u64>(at) & 0x8080808080808080) == 0) at += 8;
    if (at >= end) break;
    if (decodeRune(at, end) >= BROKEN) return at - ptr;
    at += runeBytes;
  }
  return size;
}
