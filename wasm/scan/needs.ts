// Files that a file says it reads besides itself: for the report, so that whoever sees the whole
// repository can tell whether they are there (tree.ts), and for people.

import { reserve } from '../abi';
import { newOutput, Output } from '../output';
import { Text } from '../text';
import { hashBytes } from './hash64';

/** Old exporters write one file for each tensor of a large model. */
const MAX_NEEDS: u32 = 4096;
const LIST_BYTES: usize = 256 * 1024;
const SLOTS: u32 = 8192;

let list: Output = changetype<Output>(0);
let slots: usize = 0;
let needCount: u32 = 0;
/** Whether there were more. */
export let needsOmitted = false;

/** At the start of a scan, while the arena is empty. */
export function openNeeds(): void {
  if (changetype<usize>(list) == 0) {
    list = changetype<Output>(reserve(offsetof<Output>()));
    list.ptr = reserve(LIST_BYTES);
    list.room = LIST_BYTES;
    slots = reserve(<usize>SLOTS * 8);
  }
  if (needCount > 0) memory.fill(slots, 0, <usize>SLOTS * 8);
  list.size = 0;
  needCount = 0;
  needsOmitted = false;
}

/** A relative path with slashes, UTF-8. */
export function addNeed(path: Text): void {
  const key = hashBytes(path.ptr, path.size) | 1;
  let i = <u32>(key >> 1) & (SLOTS - 1);
  for (; load<u64>(slots + <usize>i * 8) != 0; i = (i + 1) & (SLOTS - 1)) {
    if (load<u64>(slots + <usize>i * 8) == key) return;
  }
  // A quoted path may take twice its bytes.
  if (needCount == MAX_NEEDS || list.room - list.size < path.size * 2 + 16) {
    needsOmitted = true;
    return;
  }
  store<u64>(slots + <usize>i * 8, key);
  needCount++;
  list.comma().quoted(path);
}

/** `"needs":["a","b"]` where there are any. */
export function writeNeeds(json: Output): void {
  if (needCount > 0) json.member('needs').byte(0x5b).bytes(list.ptr, list.size).byte(0x5d);
}

/** The path without empty and `.` components, in the arena. */
export function tidyPath(path: Text): Text {
  const to = newOutput(path.size + 1);
  for (let begin: usize = 0; begin < path.size;) {
    let end = begin;
    while (end < path.size && path.at(end) != 0x2f) end++;
    const isDot = end - begin == 1 && path.at(begin) == 0x2e;
    if (end > begin && !isDot) {
      if (to.size > 0) to.byte(0x2f);
      to.text(path.part(begin, end));
    }
    begin = end + 1;
  }
  return to.asText();
}
