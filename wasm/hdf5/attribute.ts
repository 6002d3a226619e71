// Attributes: those that hold a configuration of Keras are read, as a text in the attribute itself or, where
// its length varies, in a collection of such texts somewhere else in the file.

import { judgeKerasConfig } from '../scan/keras-config';
import { isKerasConfig } from '../scan/keras-sniff';
import { DONE, Task } from '../scan/task';
import { MAX_WHOLE_BYTES, whole, wholeAt } from '../scan/whole';
import { Text, textAt } from '../text';
import { mark, release } from '../abi';
import { addressOf, complain, countStep, lacks, lengthAt, lengthBytes, offsetAt, offsetBytes, tooMuch } from './file';
import { addJob, COLLECTION, HEAP_OBJECT, isNew, job, TEXT } from './jobs';

/** Whether an attribute is a configuration, by its name; MAYBE is decided by its text. */
const NO: u32 = 0;
const MAYBE: u32 = 1;
const CERTAIN: u32 = 2;

/** Classes of types. */
const FIXED_STRING: u32 = 3;
const VARIABLE: u32 = 9;
/** The longest prefix of an attribute message. */
const PREFIX_BYTES: usize = 9;
const GCOL: u32 = 0x4c4f4347;
const MAX_RANK: u32 = 32;
const NULL_SPACE: u32 = 2;
/** All texts of a file together. */
const MAX_TEXT_BYTES: u64 = MAX_WHOLE_BYTES;

let textBytes: u64 = 0;

export function openTexts(): void {
  textBytes = 0;
}

/** A message of `size` bytes at `address`; the first `have` of them lie at `ptr`. */
export function readAttribute(task: Task, ptr: usize, have: usize, address: u64, size: u64): void {
  const version = have < PREFIX_BYTES ? 0 : <u32>load<u8>(ptr);
  if (version < 1 || version > 3) return complain(task, 'The HDF5 file has an attribute of a version that there is not.');
  const nameSize = <usize>load<u16>(ptr, 2), typeSize = <usize>load<u16>(ptr, 4), spaceSize = <usize>load<u16>(ptr, 6);
  const round: usize = version == 1 ? 7 : 0;
  const name = ptr + (version == 3 ? 9 : 8), type = name + ((nameSize + round) & ~round);
  const space = type + ((typeSize + round) & ~round), data = space + ((spaceSize + round) & ~round);
  if (data > ptr + have || typeSize < 8) return complain(task, 'The HDF5 file has an attribute that is cut off.');
  const interest = interestIn(name, nameSize);
  if (interest == NO) return;
  const isShared = version > 1 && (load<u8>(ptr, 1) & 3) != 0;
  const known = !isShared && elements(space, spaceSize) == 1
    && readTextOf(task, interest, type, data, ptr + have, address + <u64>(data - ptr), size - <u64>(data - ptr));
  if (!known && interest == CERTAIN) complain(task, 'The HDF5 file has a configuration of Keras that is no single text.');
}

function interestIn(ptr: usize, size: usize): u32 {
  const before = mark();
  let length: usize = 0;
  while (length < size && load<u8>(ptr + length) != 0) length++;
  const name = textAt(ptr, length);
  const certain = name.is('model_config') || name.is('training_config') || name.is('layer_config');
  const interest = certain ? CERTAIN : name.endsWith('config') ? MAYBE : NO;
  release(before);
  return interest;
}

/** Elements of a dataspace; more than 1 where they cannot be counted. */
function elements(ptr: usize, size: usize): u64 {
  if (size < 4) return 0;
  const version = load<u8>(ptr), rank = <u32>load<u8>(ptr, 1);
  if (version == 2 && load<u8>(ptr, 3) == NULL_SPACE) return 0;
  const at: usize = version == 1 ? 8 : 4;
  if (version < 1 || version > 2 || rank > MAX_RANK || at + <usize>rank * lengthBytes > size) return 0;
  let ones = true;
  for (let i: usize = 0; i < <usize>rank; i++) if (lengthAt(ptr + at + i * lengthBytes) != 1) ones = false;
  return ones ? 1 : 2;
}

/** Queues the text of an attribute: `left` bytes of its data at `address`, seen at `data` up to `end`. */
function readTextOf(task: Task, interest: u32, type: usize, data: usize, end: usize, address: u64, left: u64): bool {
  const kind = <u32>load<u8>(type) & 15, size = <u64>load<u32>(type, 4);
  if (kind == FIXED_STRING) {
    if (size > left) return false;
    addText(task, interest, address, size);
    return true;
  }
  if (kind != VARIABLE || data + 8 + offsetBytes > end) return false;
  const reference = addJob(task, COLLECTION, offsetAt(data + 4), load<u32>(data));
  reference.flags = interest;
  reference.count = load<u32>(data + 4 + offsetBytes);
  return true;
}

/** Each once, however many attributes share it, and as many as are a large file's. */
function addText(task: Task, interest: u32, address: u64, size: u64): void {
  if (!isNew(task, TEXT, address)) return;
  textBytes += size;
  if (textBytes > MAX_TEXT_BYTES) tooMuch(task, 'The HDF5 file has configurations of Keras of more than 100 MB.');
  else addJob(task, TEXT, address, size).flags = interest;
}

/** A collection of texts of any length, numbered: job.count is wanted. */
export function readCollection(task: Task): u32 {
  const head: usize = 8 + lengthBytes;
  if (!task.want(head)) return lacks(task);
  const size = lengthAt(task.here + 8);
  if (load<u32>(task.here) != GCOL || load<u8>(task.here, 4) != 1 || size > task.left) return missing(task);
  job.length = addressOf(task) + size;
  task.skip(<u64>head);
  task.step = HEAP_OBJECT;
  return readHeapObject(task);
}

export function readHeapObject(task: Task): u32 {
  const head: usize = 8 + lengthBytes;
  while (addressOf(task) + <u64>head <= job.length && countStep()) {
    if (!task.want(head)) return lacks(task);
    const index = <u32>load<u16>(task.here), size = lengthAt(task.here + 8);
    task.skip(<u64>head);
    if (index == 0 || size > job.length - addressOf(task)) break;
    if (index == job.count) {
      if (job.size > size) break;
      addText(task, job.flags, addressOf(task), job.size);
      return DONE;
    }
    task.skip((size + 7) & ~7);
  }
  return missing(task);
}

function missing(task: Task): u32 {
  complain(task, 'The HDF5 file has a text that is not where its attribute says.');
  return DONE;
}

export function readText(task: Task): u32 {
  if (job.size > task.left) return missing(task);
  if (!whole(task, <usize>job.size)) return lacks(task);
  let size = <usize>job.size;
  while (size > 0 && load<u8>(wholeAt + size - 1) == 0) size--;
  if (job.flags == CERTAIN || isKerasConfig(wholeAt, size)) judgeKerasConfig(task, task.pos, wholeAt, size);
  return DONE;
}
