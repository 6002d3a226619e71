// One initializer of an ONNX model at a time: its fields come in any order, and make a tensor when the
// message ends.

import { PROTOBUF_BROKEN } from '../../build/generated/scan-rules';
import { reportPlain } from '../scan/findings';
import { cutOff } from '../scan/protobuf';
import { topTask } from '../scan/task';
import { isDigit, Text } from '../text';
import { keepBytes } from './kept';
import {
  addTensor, countBytes, countElements, nameTensor, setDimension, setShape, Tensor, typeTensor, within,
} from './listing';
import { onnxTypeBits, onnxTypeName } from './onnx-types';

/** Dimensions that are kept: no operator takes more. */
const MAX_DIMENSIONS: u32 = 64;
const lengths: usize = memory.data(64 * 8);
let rank: u32 = 0;
let type: u64 = 0;
/** data_location: the numbers lie in another file. */
let isExternal = false;
let rawSize: u64 = 0;
let rawAt: u64 = 0;
let hasRaw = false;
/** Bytes of string_data. */
let textBytes: u64 = 0;
let offset: u64 = 0;
const name: Text = changetype<Text>(memory.data(8));
const location: Text = changetype<Text>(memory.data(8));

/** Bytes of tensors in the file itself. */
export let dataInFile: u64 = 0;

export function openTensors(): void {
  dataInFile = 0;
}

export function openTensor(): void {
  rank = 0;
  type = 0;
  isExternal = false;
  rawSize = 0;
  rawAt = 0;
  hasRaw = false;
  textBytes = 0;
  offset = 0;
  name.size = 0;
  location.size = 0;
}

/** dims one by one, data_type, data_location. */
export function tensorNumber(field: u32, number: u64): void {
  if (field == 1) addLength(number);
  else if (field == 2) type = number;
  else if (field == 14) isExternal = number == 1;
}

function addLength(number: u64): void {
  if (rank < MAX_DIMENSIONS) store<u64>(lengths + <usize>(rank++) * 8, number);
}

/** dims, packed. */
export function addLengths(ptr: usize, size: usize): void {
  let number: u64 = 0, shift: u64 = 0;
  for (let i: usize = 0; i < size; i++) {
    const byte = <u64>load<u8>(ptr + i);
    if (shift < 64) number |= (byte & 127) << shift;
    shift += 7;
    if (byte > 127) continue;
    addLength(number);
    number = 0;
    shift = 0;
  }
}

export function tensorText(ptr: usize, size: usize): void {
  name.ptr = keepBytes(ptr, size);
  name.size = name.ptr == 0 ? 0 : size;
}

/** raw_data, and the lists of numbers that may stand instead of it; `at`: in the file. */
export function tensorPayload(field: u32, size: u64, at: u64): void {
  const isData = field == 9 || (field > 3 && field < 8) || field == 10 || field == 11;
  if (!isData) return;
  dataInFile += size;
  if (field == 6) textBytes += size;
  if (field != 9) return;
  hasRaw = true;
  rawSize = size;
  rawAt = at;
}

/** A pair of external_data. */
export function leaveExternal(key: Text, value: Text): void {
  if (key.is('location')) {
    location.ptr = value.ptr;
    location.size = value.size;
  } else if (key.is('offset')) offset = decimal(value);
}

function decimal(text: Text): u64 {
  let number: u64 = 0;
  for (let i: usize = 0; i < text.size && isDigit(text.at(i)) && number < (1 << 58); i++) {
    number = number * 10 + text.at(i) - 0x30;
  }
  return number;
}

export function leaveTensor(): void {
  const tensor = addTensor();
  if (tensor === null) return;
  nameTensor(tensor, name.ptr, name.size);
  typeTensor(tensor, onnxTypeName(type));
  setShape(tensor, rank);
  for (let i: u32 = 0; i < rank; i++) setDimension(tensor, i, load<u64>(lengths + <usize>i * 8));
  tensor.elements = countElements(tensor);
  const bits = onnxTypeBits(type);
  tensor.bytes = within(bits == 0 ? textBytes : (tensor.elements * bits + 7) / 8);
  countBytes(tensor.bytes);
  placeTensor(tensor);
  // Where the file ends early, that is what is said of it.
  if (hasRaw && !cutOff && !isExternal && bits != 0 && rawSize != tensor.bytes) {
    reportPlain(PROTOBUF_BROKEN, topTask(), rawAt, 'Has a tensor whose data is longer or shorter than its shape says.');
  }
}

function placeTensor(tensor: Tensor): void {
  tensor.offset = within(isExternal ? offset : rawAt);
  if (!isExternal || location.size == 0) return;
  tensor.storage = location.ptr;
  tensor.storageSize = location.size;
}
