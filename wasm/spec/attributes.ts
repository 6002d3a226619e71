// Which attributes there are. An unknown one is an error that names the nearest known one: a typing
// mistake that is ignored would fetch another model than was meant.

import {
  AZURE_ATTRIBUTES, GCS_ATTRIBUTES, GIT_LFS_ATTRIBUTES, HUGGINGFACE_ATTRIBUTES, MLFLOW_ATTRIBUTES,
  OCI_ATTRIBUTES, OLLAMA_ATTRIBUTES, S3_ATTRIBUTES, SPEC_ATTRIBUTES, URL_ATTRIBUTES,
} from '../../build/generated/spec-attributes';
import { SPEC_INVALID, SPEC_UNKNOWN_ATTRIBUTE } from '../../build/generated/status';
import { allocate } from '../abi';
import { keyOf, NULL, pathOf, Value } from '../json/value';
import { newOutput } from '../output';
import { ok, problem } from '../problem';
import { isLetter, literal, Text } from '../text';

/** Longer keys are nobody's typing mistake. */
const MAX_COMPARED_BYTES: usize = 40;

/** A name and a table for each kind. */
const KINDS: StaticArray<string> = [
  'huggingface', HUGGINGFACE_ATTRIBUTES, 'url', URL_ATTRIBUTES, 'mlflow', MLFLOW_ATTRIBUTES,
  'git-lfs', GIT_LFS_ATTRIBUTES, 's3', S3_ATTRIBUTES, 'gcs', GCS_ATTRIBUTES, 'azure', AZURE_ATTRIBUTES,
  'ollama', OLLAMA_ATTRIBUTES, 'oci', OCI_ATTRIBUTES,
];

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

/** Whether a table (names between blanks, two bytes a character) has the key. Asked for every attribute. */
export function listed(table: string, key: Text): bool {
  let at = changetype<usize>(table) + 2;
  const end = at + (<usize>table.length << 1) - 2;
  while (at < end) {
    let i: usize = 0;
    while (i < key.size && key.at(i) != 0x20 && load<u16>(at + (i << 1)) == <u16>key.at(i)) i++;
    if (i == key.size && load<u16>(at + (i << 1)) == 0x20) return true;
    while (load<u16>(at) != 0x20) at += 2;
    at += 2;
  }
  return false;
}

function wordEnd(table: string, from: i32): i32 {
  let end = from;
  while (table.charCodeAt(end) != 0x20) end++;
  return end;
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
  } else if (table == SPEC_ATTRIBUTES) {
    const kind = kindWith(key);
    if (kind.length > 0) made.message.put('; it belongs in `source.').put(kind).byte(0x60);
  }
  const known = newOutput().put('Known here:').put(table).asText();
  made.remedy(known.part(0, known.size - 1));
}

/** The first kind of source that has such an attribute; empty where none has. */
function kindWith(key: Text): string {
  for (let i = 0; i < KINDS.length; i += 2) if (listed(KINDS[i + 1], key)) return KINDS[i];
  return '';
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
