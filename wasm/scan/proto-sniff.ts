// Whether a content may be a protobuf message. There is no magic: the question is only whether a walk
// (proto-model.ts) is worth its while, and whether something else has to be tried before.

import { FIXED32, FIXED64, LENGTH, VARINT } from './protobuf';

/** Whether no pickle begins like this, as all models that honest programs write. */
export function beginsAsMessage(ptr: usize, size: usize): bool {
  const first: u32 = size > 0 ? load<u8>(ptr) : 0;
  return (first < 0x20 || first == 0x3a || first >= 0xa0) && mayBeMessage(ptr, size);
}

/** Whether the head of a content reads as fields. */
export function mayBeMessage(ptr: usize, size: usize): bool {
  const end = ptr + size;
  let at = ptr;
  while (at < end) {
    at = readVarint(at, end);
    if (at == 0) return true;
    const wire = <u32>read & 7;
    if (read >> 3 == 0 || read > <u64>u32.MAX_VALUE) return false;
    if (wire == FIXED64) at += 8;
    else if (wire == FIXED32) at += 4;
    else if (wire != VARINT && wire != LENGTH) return false;
    else {
      at = readVarint(at, end);
      // Behind the head, or longer than it.
      if (at == 0 || (wire == LENGTH && read > <u64>(end - at))) return true;
      if (wire == LENGTH) at += <usize>read;
    }
  }
  return true;
}

let read: u64 = 0;

/** Behind a varint at `at`; 0 where it does not end within the head. */
function readVarint(at: usize, end: usize): usize {
  read = 0;
  for (let shift: u64 = 0; at < end; shift += 7) {
    const byte = <u64>load<u8>(at++);
    // A longer one is no tag and no length.
    read = shift > 63 ? u64.MAX_VALUE : read | ((byte & 127) << shift);
    if (byte < 128) return at;
  }
  return 0;
}
