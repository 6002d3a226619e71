// keras_metadata.pb of a TensorFlow SavedModel: a protobuf list of the model's objects, each with its
// configuration as JSON. Loaders read the file of exactly this name; they make the layers that Keras knows
// and take the others from the graph, so that names that Keras does not have need no code here. The
// fields may come in any order; saved-keras.ts finds such lists under other names as well.

import { KERAS_UNREADABLE } from '../../build/generated/scan-rules';
import { reportPlain } from './findings';
import { judgeKerasConfig } from './keras-config';
import { makeFromGraph } from './keras-object';
import { DONE, MORE, Task } from './task';
import { MAX_WHOLE_BYTES, whole, wholeAt } from './whole';

/** Fields: an object of the list; its configuration. */
const OBJECT: u32 = 1;
const CONFIGURATION: u32 = 5;

const VARINT: u32 = 0;
const FIXED64: u32 = 1;
const BYTES: u32 = 2;
const FIXED32: u32 = 5;

/** childResult: it was such a list. */
export const WAS_METADATA: u32 = 0x2000;

let cursor: usize = 0;
let end: usize = 0;
let broken = false;
let objects: u32 = 0;

export function stepKerasMetadata(task: Task): u32 {
  if (task.left > MAX_WHOLE_BYTES) return unreadable(task);
  const size = <usize>task.left;
  if (!whole(task, size)) return task.ended ? DONE : MORE;
  if (!readList(task, size)) return unreadable(task);
  if (objects > 0) task.childResult = WAS_METADATA;
  return DONE;
}

function unreadable(task: Task): u32 {
  reportPlain(KERAS_UNREADABLE, task, task.pos, 'The list of Keras objects beside a SavedModel cannot be read.');
  return DONE;
}

function readList(task: Task, size: usize): bool {
  const last = wholeAt + size;
  cursor = wholeAt;
  end = last;
  broken = false;
  objects = 0;
  while (cursor < last && !broken) {
    const key = <u32>readVarint();
    const length = skipField(key & 7);
    if (key >> 3 != OBJECT || (key & 7) != BYTES || broken) continue;
    end = cursor;
    cursor -= length;
    readObject(task);
    end = last;
  }
  return !broken;
}

function readObject(task: Task): void {
  while (cursor < end && !broken) {
    const key = <u32>readVarint();
    const length = skipField(key & 7);
    if (broken || (key & 7) != BYTES || key >> 3 != CONFIGURATION || length == 0) continue;
    objects++;
    makeFromGraph(true);
    judgeKerasConfig(task, task.pos + <u64>(cursor - length - wholeAt), cursor - length, length);
    makeFromGraph(false);
  }
}

/** Behind a field; the length of its bytes. */
function skipField(wire: u32): usize {
  let length: u64 = 0;
  if (wire == VARINT) readVarint();
  else if (wire == FIXED64) length = 8;
  else if (wire == FIXED32) length = 4;
  else if (wire == BYTES) length = readVarint();
  else broken = true;
  if (length > <u64>(end - cursor)) broken = true;
  if (!broken) cursor += <usize>length;
  return <usize>length;
}

function readVarint(): u64 {
  let value: u64 = 0;
  for (let shift: u64 = 0; shift < 64 && cursor < end; shift += 7) {
    const byte = <u64>load<u8>(cursor++);
    value |= (byte & 127) << shift;
    if (byte < 128) return value;
  }
  broken = true;
  return 0;
}
