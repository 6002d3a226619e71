// The first look of an inspection: which of the formats that it reads a file has, by its content. (Those
// with a header that says all, safetensors and GGUF, have exports of their own.)

import { nameFormat } from '../scan/findings';
import { INSPECT_NPY, INSPECT_ONNX, ZIP } from '../scan/format-ids';
import { beginsAsMessage } from '../scan/proto-sniff';
import { HEAD_BYTES, isText, sniff, sniffedName, THE_NPY, THE_PICKLE, THE_ZIP } from '../scan/sniff';
import { AGAIN, DONE, MORE, pushInner, Task } from '../scan/task';

const SNIFF: u32 = 0;
const END: u32 = 1;

/** Why nothing was looked into: what the file is instead; empty for one of these formats. */
export let unread: string = '';

export function openContent(): void {
  unread = '';
}

export function leaveUnread(what: string): void {
  unread = what;
}

export function stepFirstLook(task: Task): u32 {
  if (task.step == END) return DONE;
  if (!task.want(<usize>min(<u64>HEAD_BYTES, task.left))) return MORE;
  task.step = END;
  const kind = sniff(task.here, task.have, task.left);
  if (kind == THE_ZIP) pushInner(task, ZIP, task.pos, task.end);
  else if (kind == THE_NPY) pushInner(task, INSPECT_NPY, task.pos, task.end);
  else if (kind == THE_PICKLE && !isPickle(task) && beginsAsMessage(task.here, task.have)) {
    pushInner(task, INSPECT_ONNX, task.pos, task.end);
  } else leaveUnread(kind == THE_PICKLE ? likely(task) : sniffedName);
  nameFormat(sniffedName);
  return AGAIN;
}

/** What was not recognised may be a pickle. */
function likely(task: Task): string {
  if (task.have == 0) return 'an empty file';
  if (isText(task.here, task.have)) return 'a text';
  if (!isPickle(task)) return 'unknown';
  const isLegacy = task.have >= 12 && load<u64>(task.here, 4) == LEGACY_MAGIC;
  return isLegacy ? 'a PyTorch checkpoint of the old format' : 'a pickle';
}

/** It says which protocol it has. */
function isPickle(task: Task): bool {
  return task.have >= 2 && load<u8>(task.here) == 0x80 && load<u8>(task.here, 1) < 6;
}

/** The beginning of the number that a legacy checkpoint begins with, behind PROTO and LONG1. */
const LEGACY_MAGIC: u64 = 0xa86a20f9469cfc6c;
