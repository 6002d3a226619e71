// What a model says of itself: names and texts, in the order in which they were found.

import { Output } from '../output';
import { keep, keepBytes, MAX_KEPT_BYTES } from './kept';
import { writeText } from './listing';

/** What the format itself has a place for, and what a model's maker has added. */
export const OF_MODEL: u32 = 0;
export const PROPERTY: u32 = 1;

@unmanaged
class Entry {
  group: u32;
  key: usize;
  keySize: usize;
  text: usize;
  textSize: usize;
  next: usize;
}

let first: usize = 0;
let last: usize = 0;

export function openMetadata(): void {
  first = 0;
  last = 0;
}

/** Both are copied; where there is no memory, nothing is added. */
export function addMetadata(
  key: usize, keySize: usize, text: usize, textSize: usize, group: u32 = OF_MODEL,
): void {
  const address = keep(offsetof<Entry>());
  const keptKey = keepBytes(key, keySize), keptText = keepBytes(text, textSize);
  if (address == 0 || keptKey == 0 || keptText == 0) return;
  const entry = changetype<Entry>(address);
  entry.group = group;
  entry.key = keptKey;
  entry.keySize = min(keySize, MAX_KEPT_BYTES);
  entry.text = keptText;
  entry.textSize = min(textSize, MAX_KEPT_BYTES);
  if (last == 0) first = address;
  else changetype<Entry>(last).next = address;
  last = address;
}

/** Members of a JSON object that has been opened. */
export function writeEntries(to: Output, group: u32): void {
  for (let at = first; at != 0; at = changetype<Entry>(at).next) {
    const entry = changetype<Entry>(at);
    if (entry.group != group) continue;
    to.comma().byte(0x22);
    writeText(to, entry.key, entry.keySize);
    to.put('":"');
    writeText(to, entry.text, entry.textSize);
    to.byte(0x22);
  }
}
