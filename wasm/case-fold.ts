// Which file names are one and the same on a file system that ignores case and Unicode normalisation
// (macOS, Windows). Covers ASCII, Latin, Greek, Cyrillic, Vietnamese and Korean; the order of several
// accents on one letter is not looked at. The table comes from scripts/generate-tables.mjs.

import { CASE_FOLD, CASE_FOLD_ROWS } from '../build/generated/case-fold';
import { newOutput, Output } from './output';
import { Text } from './text';
import { decodeRune, encodeRune, runeBytes } from './utf8';

/** A row: the character, how many it becomes, and those (at most four), as u16. */
const ROW_BYTES: usize = 12;

/** Characters from here on are not in the table. */
const TABLE_END: u32 = 0x2000;

const HANGUL: u32 = 0xac00;
const HANGUL_COUNT: u32 = 11172;

/** The text with case and composition taken out, for comparing only. */
export function foldCase(text: Text): Text {
  const folded = newOutput(text.size + 8);
  for (let i: usize = 0; i < text.size; i += runeBytes) {
    const rune = decodeRune(text.ptr + i, text.ptr + text.size);
    if (rune - 0x41 < 26) folded.byte(rune | 0x20);
    else if (rune < 0x80) folded.byte(rune);
    else if (rune < TABLE_END) foldByTable(folded, rune);
    else if (rune - HANGUL < HANGUL_COUNT) foldHangul(folded, rune - HANGUL);
    else put(folded, rune);
  }
  return folded.asText();
}

function foldByTable(folded: Output, rune: u32): void {
  let low: usize = 0, high: usize = CASE_FOLD_ROWS;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (<u32>load<u16>(CASE_FOLD + middle * ROW_BYTES) < rune) low = middle + 1;
    else high = middle;
  }
  const row = CASE_FOLD + low * ROW_BYTES;
  if (low == CASE_FOLD_ROWS || <u32>load<u16>(row) != rune) return put(folded, rune);
  const end = row + 4 + <usize>load<u16>(row, 2) * 2;
  for (let at = row + 4; at < end; at += 2) put(folded, load<u16>(at));
}

/** A Korean syllable as its two or three letters (The Unicode Standard, section 3.12). */
function foldHangul(folded: Output, index: u32): void {
  put(folded, 0x1100 + index / 588);
  put(folded, 0x1161 + (index % 588) / 28);
  if (index % 28 != 0) put(folded, 0x11a7 + (index % 28));
}

function put(folded: Output, rune: u32): void {
  folded.size += encodeRune(folded.reserve(4), rune);
}
