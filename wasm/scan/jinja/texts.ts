// Names with double underscores in the texts of a template: in one of them, or put together from several.
// Only judge.ts calls this.

import { newOutput, Output } from '../../output';
import { Text, textAt } from '../../text';
import { isEscapingAttribute, isInner, isPlainInner } from './names';

/** What a text may be: nothing special, a way out, a way out inside of prose, a piece of one. */
export const HARMLESS: u32 = 0;
export const ESCAPES: u32 = 1;
export const PROSE: u32 = 2;
export const STRANGE: u32 = 3;

/** Longer texts are no pieces of names. Bytes. */
const MAX_PIECE_BYTES: usize = 64;
/** The longest name between double underscores. */
const MAX_INNER_BYTES: usize = 24;

/** All short texts, one behind the other. */
let joined: Output = changetype<Output>(0);
let foundAlone = false;
let underscores = false;
let plainInner = false;

export function openTexts(): void {
  joined = newOutput(1024);
  foundAlone = false;
  underscores = false;
  plainInner = false;
}

export function judgeText(text: Text): u32 {
  const trimmed = trim(text);
  if (text.size <= MAX_PIECE_BYTES) joined.text(text);
  else joined.byte(0x0a);
  if (trimmed.size == 0) return HARMLESS;
  if (isUnderscores(trimmed)) underscores = true;
  if (isPlainInner(trimmed)) plainInner = true;
  const isProse = hasBlank(trimmed);
  if (dunderIn(trimmed) !== null || (isEscapingAttribute(trimmed) && trimmed.indexOf(0x5f) > 0)) {
    foundAlone = true;
    return isProse && trimmed.indexOf(0x7b) < 0 ? PROSE : ESCAPES;
  }
  if (isProse) return HARMLESS;
  return trimmed.startsWith('__') || trimmed.endsWith('__') || holdsCharacterFormat(trimmed) ? STRANGE : HARMLESS;
}

/** After the last text: a name that several of them make together. */
export function textsTogether(): Text | null {
  if (foundAlone) return null;
  const forwards = joined.asText(), backwards = newOutput(joined.size + 1);
  for (let i = forwards.size; i > 0; i--) backwards.byte(forwards.at(i - 1));
  const name = dunderIn(forwards);
  if (name !== null) return name;
  const reversed = dunderIn(backwards.asText());
  if (reversed !== null) return reversed;
  return underscores && plainInner ? newOutput().put('__').asText() : null;
}

/** The first name with double underscores around it that leads out of a sandbox. */
export function dunderIn(text: Text): Text | null {
  for (let i: usize = 0; i + 4 < text.size; i++) {
    if (text.at(i) != 0x5f || text.at(i + 1) != 0x5f) continue;
    const end = min(text.size - 1, i + 2 + MAX_INNER_BYTES);
    for (let j = i + 3; j < end; j++) {
      if (text.at(j) != 0x5f || text.at(j + 1) != 0x5f) continue;
      if (isInner(text.part(i + 2, j))) return text.part(i, j + 2);
      break;
    }
  }
  return null;
}

export function isUnderscores(text: Text): bool {
  for (let i: usize = 0; i < text.size; i++) if (text.at(i) != 0x5f) return false;
  return text.size > 0;
}

export function hasTwoUnderscores(text: Text): bool {
  for (let i: usize = 0; i + 1 < text.size; i++) if (text.at(i) == 0x5f && text.at(i + 1) == 0x5f) return true;
  return false;
}

/** `%c`: letters by their numbers. */
function holdsCharacterFormat(text: Text): bool {
  for (let i: usize = 0; i + 1 < text.size; i++) if (text.at(i) == 0x25 && text.at(i + 1) == 0x63) return true;
  return false;
}

function trim(text: Text): Text {
  let from: usize = 0, to = text.size;
  while (from < to && text.at(from) <= 0x20) from++;
  while (to > from && text.at(to - 1) <= 0x20) to--;
  return textAt(text.ptr + from, to - from);
}

function hasBlank(text: Text): bool {
  for (let i: usize = 0; i < text.size; i++) if (text.at(i) <= 0x20) return true;
  return false;
}
