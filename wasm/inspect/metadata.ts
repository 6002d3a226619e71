// What a model says of itself: names and texts, in the order in which they were found.

import { Output } from '../output';
import { keep, keepBytes } from './kept';
import { writeText } from './listing';

@unmanaged
class Entry {
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
export function addMetadata(key: usize, keySize: usize, text: usize, textSize: usize): void {
  const address = keep(offsetof<Entry>());
  const keptKey = keepBytes(key, keySize), keptText = keepBytes(text, textSize);
  if (address == 0 || keptKey == 0 || keptText == 0) return;
  const entry = changetype<Entry>(address);
  entry.key = keptKey;
  entry.keySize = keySize;
  entry.text = keptText;
  entry.textSize = textSize;
  if (last == 0) first = address;
  else changetype<Entry>(last).next = address;
  last = address;
}

/** The JSON object. */
export function writeMetadata(to: Output): void {
  to.byte(0x7b);
  for (let at = first; at != 0; at = changetype<Entry>(at).next) {
    const entry = changetype<Entry>(at);
    to.put(at == first ? '"' : ',"');
    writeText(to, entry.key, entry.keySize);
    to.put('":"');
    writeText(to, entry.text, entry.textSize);
    to.byte(0x22);
  }
  to.byte(0x7d);
}
