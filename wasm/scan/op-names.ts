// Operators that a graph uses and no list knows, and functions that the same file defines: an operator is
// foreign only where neither the runtime nor the file brings it. Definitions may stand behind their uses,
// so that the question is answered when the file has been read.

import { mark, release, reserve } from '../abi';
import { newOutput } from '../output';
import { textAt } from '../text';
import { PROTOBUF_LIMIT } from '../../build/generated/scan-rules';
import { report, reportPlain } from './findings';
import { Task } from './task';

/** Different operators that are not known. Exporters that write each module as a function need thousands. */
const MAX_USES: u32 = 8192;
/** Functions of one file. */
const MAX_DEFINITIONS: u32 = 16384;
const SLOTS: u32 = 32768;
/** Bytes of the names of all uses, and of one. */
const TEXT_BYTES: usize = 512 * 1024;
const NAME_BYTES: usize = 256;

@unmanaged
class Use {
  hash: u64;
  at: u64;
  /** Uses of one group (a domain) make one finding. */
  group: u64;
  text: usize;
  size: usize;
}

let uses: usize = 0;
let useCount: u32 = 0;
let texts: usize = 0;
let textSize: usize = 0;
/** Open addressing; the first half for definitions, the second for uses. */
let slots: usize = 0;
let definitionCount: u32 = 0;
let full = false;

/** Only while the arena is empty. */
export function openOpNames(): void {
  if (uses == 0) {
    uses = reserve(<usize>MAX_USES * offsetof<Use>());
    texts = reserve(TEXT_BYTES);
    slots = reserve(<usize>SLOTS * 2 * 8);
  }
  if (useCount + definitionCount > 0) memory.fill(slots, 0, <usize>SLOTS * 2 * 8);
  useCount = 0;
  definitionCount = 0;
  textSize = 0;
  full = false;
}

/** Whether the hash was not in the table before. */
function add(table: usize, hash: u64): bool {
  const key = hash | 1;
  let i = <u32>(key >> 1) & (SLOTS - 1);
  while (load<u64>(table + <usize>i * 8) != 0) {
    if (load<u64>(table + <usize>i * 8) == key) return false;
    i = (i + 1) & (SLOTS - 1);
  }
  store<u64>(table + <usize>i * 8, key);
  return true;
}

function has(table: usize, hash: u64): bool {
  const key = hash | 1;
  let i = <u32>(key >> 1) & (SLOTS - 1);
  while (load<u64>(table + <usize>i * 8) != 0) {
    if (load<u64>(table + <usize>i * 8) == key) return true;
    i = (i + 1) & (SLOTS - 1);
  }
  return false;
}

export function defineOp(hash: u64): void {
  if (definitionCount == MAX_DEFINITIONS) full = true;
  else if (add(slots, hash)) definitionCount++;
}

/** An operator with what it is called in a finding. */
export function useOp(hash: u64, group: u64, at: u64, name: usize, size: usize): void {
  const kept = min(size, NAME_BYTES);
  if (useCount == MAX_USES || textSize + kept > TEXT_BYTES) {
    full = true;
    return;
  }
  if (!add(slots + <usize>SLOTS * 8, hash)) return;
  const use = useAt(useCount++);
  use.hash = hash;
  use.group = group;
  use.at = at;
  use.text = texts + textSize;
  use.size = kept;
  memory.copy(use.text, name, kept);
  textSize += kept;
}

/** A finding for each group of operators that the file does not define. */
export function reportForeignOps(task: Task, rule: u32, words: string): void {
  for (let i: u32 = 0; i < useCount; i++) {
    const use = useAt(i);
    if (has(slots, use.hash) || !add(slots, use.group)) continue;
    const before = mark();
    const name = textAt(use.text, use.size);
    report(rule, task, use.at, newOutput().put(words).shown(name), name);
    release(before);
  }
  if (full) reportPlain(PROTOBUF_LIMIT, task, task.from, 'Uses or defines more different operators than the scanner keeps.');
}

@inline
function useAt(index: u32): Use {
  return changetype<Use>(uses + <usize>index * offsetof<Use>());
}
