// The wire format of protobuf, field by field, with a bounded stack of messages inside each other. What
// the fields mean is the business of model-proto.ts. A field is passed over without being read, however
// long it is: tensors of gigabytes cost nothing. Groups (removed from protobuf long ago) break a file.

import { reserve } from '../abi';
import { MORE, Task } from './task';

/** What nextField answers besides MORE. */
export const FIELD: u32 = 1; // `field`, `wire`, `number` and `payload` say which
export const LEFT: u32 = 2; // the message on top of the stack has ended: leaveMessage
export const FINISHED: u32 = 3; // the outermost one has
export const BROKEN: u32 = 4;

/** Wire types. */
export const VARINT: u32 = 0;
export const FIXED64: u32 = 1;
export const LENGTH: u32 = 2;
export const FIXED32: u32 = 5;

/** Messages inside each other: protobuf's own readers go no deeper. */
const MAX_DEPTH: i32 = 100;
/** Bytes of the two texts that a message remembers until it ends. */
const TEXT_BYTES: usize = 128;
const MAX_VARINT_BYTES: usize = 10;

@unmanaged
export class Frame {
  end: u64;
  /** Which message it is, as a number of its schema. */
  kind: u32;
  /** What the schema notes about it. */
  flags: u32;
  firstSize: usize;
  secondSize: usize;

  @inline get first(): usize {
    return changetype<usize>(this) + offsetof<Frame>();
  }

  @inline get second(): usize {
    return this.first + TEXT_BYTES;
  }

  /** Remembers the beginning of a text. */
  setFirst(ptr: usize, size: usize): void {
    this.firstSize = min(size, TEXT_BYTES);
    memory.copy(this.first, ptr, this.firstSize);
  }

  setSecond(ptr: usize, size: usize): void {
    this.secondSize = min(size, TEXT_BYTES);
    memory.copy(this.second, ptr, this.secondSize);
  }
}

const FRAME_BYTES: usize = (offsetof<Frame>() + 2 * TEXT_BYTES + 15) & ~15;

/** One protobuf is read at a time: no message holds another content. */
let frames: usize = 0;
let depth: i32 = 0;
/** Whether the last byte of a payload that was passed over has still to be seen. */
let owed = false;
/** Whether the file ends before a field does. */
export let cutOff = false;

export let field: u32 = 0;
export let wire: u32 = 0;
/** The value of a varint. */
export let number: u64 = 0;
/** Bytes before the payload of the field at pos, and of the payload. */
let head: usize = 0;
export let payload: u64 = 0;

/** Only while the arena is empty. */
export function openProtobuf(task: Task, kind: u32): void {
  if (frames == 0) frames = reserve(FRAME_BYTES * <usize>(MAX_DEPTH + 1));
  depth = 0;
  owed = false;
  cutOff = false;
  setFrame(task.end, kind);
}

@inline
export function frameAt(index: i32): Frame {
  return changetype<Frame>(frames + <usize>index * FRAME_BYTES);
}

@inline
export function topFrame(): Frame {
  return frameAt(depth);
}

/** Whether fields of the outermost message are being read. */
@inline
export function isOutermost(): bool {
  return depth == 0;
}

/** The message that the topmost one is a field of. */
@inline
export function outerFrame(): Frame {
  return frameAt(max(depth - 1, 0));
}

function setFrame(end: u64, kind: u32): void {
  const frame = topFrame();
  frame.end = end;
  frame.kind = kind;
  frame.flags = 0;
  frame.firstSize = 0;
  frame.secondSize = 0;
}

/** Reads the head of the next field; the field itself stays where it is. */
export function nextField(task: Task): u32 {
  if (owed) {
    if (!task.want(1)) return task.ended ? cut() : MORE;
    task.skip(1);
    owed = false;
  }
  const end = endOf(task);
  if (task.pos >= end) return depth == 0 ? FINISHED : LEFT;
  head = 0;
  if (!readVarint(task, end)) return lacked;
  const tag = number;
  field = <u32>(tag >> 3);
  wire = <u32>tag & 7;
  if (tag > <u64>u32.MAX_VALUE || field == 0) return BROKEN;
  if (wire == VARINT || wire == LENGTH) {
    if (!readVarint(task, end)) return lacked;
    payload = wire == LENGTH ? number : 0;
  } else if (wire == FIXED64) payload = 8;
  else if (wire == FIXED32) payload = 4;
  else return BROKEN;
  const room = end - task.pos - <u64>head;
  if (payload <= room) return FIELD;
  if (depth > 0 && !cutOff) return BROKEN;
  // The file has been cut: what is there is still looked at.
  cutOff = true;
  payload = room;
  return FIELD;
}

/** The outermost message ends with the content, wherever that turns out to be. */
function endOf(task: Task): u64 {
  if (depth == 0) return task.end;
  const end = topFrame().end;
  if (end <= task.end) return end;
  cutOff = true;
  return task.end;
}

function cut(): u32 {
  cutOff = true;
  return BROKEN;
}

/** Why readVarint did not: MORE or BROKEN. */
let lacked: u32 = 0;

/** The varint behind `head` into `number`: at most 64 bits, within the message. */
function readVarint(task: Task, end: u64): bool {
  let value: u64 = 0;
  for (let i: usize = 0; i < MAX_VARINT_BYTES; i++) {
    const at = head + i;
    if (task.pos + <u64>at >= end || !task.want(at + 1)) {
      const atEnd = task.pos + <u64>at >= end || task.ended;
      lacked = atEnd ? BROKEN : MORE;
      if (atEnd && end == task.end) cutOff = true;
      return false;
    }
    const byte = <u64>load<u8>(task.here + at);
    if (i == MAX_VARINT_BYTES - 1 && byte > 1) break;
    value |= (byte & 127) << (7 * <u64>i);
    if (byte > 127) continue;
    head += i + 1;
    number = value;
    return true;
  }
  lacked = BROKEN;
  return false;
}

/** Passes over the field. */
export function passField(task: Task): void {
  owed = payload > 0;
  task.skip(<u64>head + (owed ? payload - 1 : 0));
}

/** Goes into the field as a message; false where it lies too deep. */
export function enterField(task: Task, kind: u32): bool {
  if (depth == MAX_DEPTH) return false;
  const end = task.pos + <u64>head + payload;
  task.skip(<u64>head);
  depth++;
  setFrame(end, kind);
  return true;
}

@inline
export function leaveMessage(): void {
  depth--;
}

/** Whether the first `size` bytes of the payload can be looked at, at payloadAt. */
@inline
export function wantPayload(task: Task, size: usize): bool {
  return task.want(head + size);
}

/** Bytes of the field before its payload. */
@inline
export function headBytes(): usize {
  return head;
}

@inline
export function payloadAt(task: Task): usize {
  return task.here + head;
}

/** Behind the message at `index` of the stack, which is left with all that lie in it. */
export function passFrame(task: Task, index: i32): void {
  const end = frameAt(index).end;
  owed = end > task.pos;
  if (owed) task.skip(end - task.pos - 1);
  depth = index - 1;
}

@inline
export function currentDepth(): i32 {
  return depth;
}
