// numpy element types inside a pickle, as far as they say how long an array is and whether it holds
// objects.

import { isDigit } from '../text';
import { itemsOf } from './objects';
import { findString, stringPtr, stringSize } from './strings';
import { A_DTYPE, INTEGER, kindOf, MAX_PAYLOAD, payloadOf, value } from './values';

/** Bytes of an element of a dtype; 0 where it is not known. */
export function dtypeSize(word: u32): u32 {
  return payloadOf(word) >>> 1;
}

export function hasObjects(word: u32): bool {
  return (payloadOf(word) & 1) != 0;
}

/** From the text that numpy.dtype is called with: `<f4`, `O8`, `V16`. */
export function dtypeValue(word: u32): u32 {
  if (!findString(word)) return value(A_DTYPE);
  return dtypeOf(stringPtr, stringSize);
}

export function dtypeOf(ptr: usize, size: usize): u32 {
  const end = ptr + size;
  let at = ptr;
  if (at < end && (load<u8>(at) == 0x3c || load<u8>(at) == 0x3e || load<u8>(at) == 0x3d || load<u8>(at) == 0x7c)) at++;
  const letter = at < end ? <u32>load<u8>(at++) : 0;
  let bytes: u32 = 0;
  const digits = end - at;
  for (; at < end && isDigit(load<u8>(at)) && bytes < MAX_PAYLOAD / 40; at++) bytes = bytes * 10 + load<u8>(at) - 0x30;
  if (at < end) return isDatetime(letter, at, end) ? made(8, false) : value(A_DTYPE);
  switch (letter) {
    case 0x4f: return made(8, true); // O
    case 0x62: case 0x69: case 0x75: case 0x66: case 0x63: case 0x56: case 0x53: // b i u f c V S
      return digits == 0 && letter != 0x62 ? value(A_DTYPE) : made(digits == 0 ? 1 : bytes, false);
    case 0x3f: return made(1, false); // ?
    case 0x61: return made(bytes, false); // a
    case 0x55: return made(bytes * 4, false); // U
    case 0x4d: case 0x6d: return made(8, false); // M m
  }
  return value(A_DTYPE);
}

/** `M8[ns]` */
function isDatetime(letter: u32, at: usize, end: usize): bool {
  return (letter == 0x4d || letter == 0x6d) && load<u8>(at) == 0x5b && load<u8>(end - 1) == 0x5d;
}

function made(bytes: u32, objects: bool): u32 {
  return bytes >= MAX_PAYLOAD / 2 ? value(A_DTYPE) : value(A_DTYPE, (bytes << 1) | (objects ? 1 : 0));
}

/** numpy's dtype state: version, order, subtype, names, fields, size, alignment, flags. */
const SIZE_ITEM: u32 = 5;
const FLAGS_ITEM: u32 = 7;
const HAS_OBJECT: u32 = 1;

/** BUILD on a dtype. A structured one says here how large it is and whether objects are inside. */
export function dtypeState(word: u32, state: u32): u32 {
  const items = itemsOf(state);
  if (items === null || items.count <= FLAGS_ITEM) return value(A_DTYPE);
  const flags = items.at(FLAGS_ITEM), size = items.at(SIZE_ITEM);
  if (kindOf(flags) != INTEGER) return value(A_DTYPE);
  // numpy takes the size from here for some types and not for others: two sizes are one too many.
  if (kindOf(size) == INTEGER && payloadOf(size) != dtypeSize(word)) return value(A_DTYPE);
  return made(dtypeSize(word), hasObjects(word) || (payloadOf(flags) & HAS_OBJECT) != 0);
}
