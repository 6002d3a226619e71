// Which attributes there are. An unknown one is an error that names the nearest known one: a typing
// mistake that is ignored would fetch another model than was meant.

import { HUGGINGFACE_ATTRIBUTES, SPEC_ATTRIBUTES } from '../../build/generated/spec-attributes';
import { SPEC_INVALID, SPEC_UNKNOWN_ATTRIBUTE } from '../../build/generated/status';
import { allocate } from '../abi';
import { keyOf, NULL, pathOf, Value } from '../json/value';
import { newOutput } from '../output';
import { ok, problem } from '../problem';
import { isLetter, literal, Text } from '../text';

/** Longer keys are nobody's typing mistake. */
const MAX_COMPARED_BYTES: usize = 40;

/** Complains about a member that is not in the table (names between blanks). */
export function checkAttributes(object: Value, table: string): void {
  for (let i = 0; i < object.count && ok(); i++) {
    if (!listed(table, keyOf(object.child(i)))) complainUnknown(object.child(i), table);
  }
}

/** Complains about members that a later version will understand. */
export function refuseLater(object: Value, table: string): void {
  for (let i = 0; i < object.count && ok(); i++) {
    const member = object.child(i);
    if (member.kind == NULL || !listed(table, keyOf(member))) continue;
    const made = problem(SPEC_INVALID);
    made.message.byte(0x60).text(keyOf(member)).put('` is not supported by this version');
    made.remedy(literal('Leave it out; docs/spec.md lists what this version understands.'));
  }
}

export function listed(table: string, key: Text): bool {
  for (let from = 1; from < table.length; from = wordEnd(table, from) + 1) {
    const size = wordEnd(table, from) - from;
    if (<usize>size == key.size && sameAt(table, from, key)) return true;
  }
  return false;
}

function wordEnd(table: string, from: i32): i32 {
  let end = from;
  while (table.charCodeAt(end) != 0x20) end++;
  return end;
}

function sameAt(table: string, from: i32, key: Text): bool {
  for (let i = 0; i < <i32>key.size; i++) if (table.charCodeAt(from + i) != key.at(i)) return false;
  return true;
}

function complainUnknown(member: Value, table: string): void {
  const key = keyOf(member);
  const made = problem(SPEC_UNKNOWN_ATTRIBUTE);
  made.message.put('Unknown attribute `').text(pathOf(member)).byte(0x60);
  const near = nearest(table, key);
  if (near !== null) {
    made.message.put('; did you mean `').text(near).put('`?');
  } else if (key.is('sha256') || key.is('sha512')) {
    made.message.put('; did you mean `hash`?');
  } else if (table == SPEC_ATTRIBUTES && listed(HUGGINGFACE_ATTRIBUTES, key)) {
    made.message.put('; it belongs in `source.huggingface`');
  }
  const known = newOutput().put('Known here:').put(table).asText();
  made.remedy(known.part(0, known.size - 1));
}

/** The listed name with the fewest letters to change; null where all are far. */
export function nearest(table: string, key: Text): Text | null {
  if (key.size > MAX_COMPARED_BYTES) return null;
  let best: Text | null = null;
  let bestDistance = max(1, min(3, <i32>key.size / 2)) + 1;
  for (let from = 1; from < table.length; from = wordEnd(table, from) + 1) {
    const name = literalPart(table, from, wordEnd(table, from));
    const distance = editDistance(name, key);
    if (distance >= bestDistance) continue;
    best = name;
    bestDistance = distance;
  }
  return best;
}

function literalPart(table: string, from: i32, to: i32): Text {
  const part = newOutput();
  for (let i = from; i < to; i++) part.byte(table.charCodeAt(i));
  return part.asText();
}

/** Insertions, deletions and changes (Levenshtein), case ignored. */
function editDistance(a: Text, b: Text): i32 {
  const row = allocate((b.size + 1) * 4);
  for (let j: usize = 0; j <= b.size; j++) store<i32>(row + j * 4, <i32>j);
  for (let i: usize = 1; i <= a.size; i++) {
    let diagonal = load<i32>(row);
    store<i32>(row, <i32>i);
    for (let j: usize = 1; j <= b.size; j++) {
      const above = load<i32>(row + j * 4);
      const change = lower(a.at(i - 1)) == lower(b.at(j - 1)) ? 0 : 1;
      store<i32>(row + j * 4, min(min(above, load<i32>(row + j * 4 - 4)) + 1, diagonal + change));
      diagonal = above;
    }
  }
  return load<i32>(row + b.size * 4);
}

@inline
function lower(byte: u32): u32 {
  return isLetter(byte) ? byte | 0x20 : byte;
}
