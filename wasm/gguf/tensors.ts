// The tensor list of a GGUF file. Every product and sum is checked before it is made: readers that
// looked at the wrapped result have read past the file's end (CVE-2026-33298, CVE-2025-53630).

import { allocate } from '../abi';
import { List, newList, sortList } from '../list';
import { Output } from '../output';
import { ok, Problem } from '../problem';
import { compareBytes, literal, sameBytes, Text } from '../text';
import { validUtf8 } from '../utf8';
import { alignUp, fits, going, invalidPart, numberText, readText, readU32, readU64, tooMany } from './reader';
import { blockBytes, blockElements, findType, typeName } from './types';

/** The largest mixtures of experts have some thousands. */
const MAX_TENSORS: u64 = 100_000;
/** Bytes; ggml keeps 64 with the zero at the end. */
const MAX_NAME_BYTES: usize = 63;
/** ggml's own. */
const MAX_DIMENSIONS: u32 = 4;
/** Name length, number of dimensions, type and offset, in bytes. */
const LEAST_TENSOR_BYTES: u64 = 8 + 4 + 4 + 8;

@unmanaged
export class Tensor {
  name: Text;
  type: u32;
  dimensions: u32;
  /** Sizes as in the file, the fastest-running first: up to four u64. */
  shape: usize;
  elements: u64;
  bytes: u64;
  /** From the beginning of the data. */
  offset: u64;
}

/** Where the data of the last tensor ends, padding not included. */
export let dataEnd: u64 = 0;

export function readTensors(count: u64): List<Tensor> {
  const tensors = newList<Tensor>();
  if (!fits(count, LEAST_TENSOR_BYTES)) return tensors;
  if (count > MAX_TENSORS) tooMany('tensors', MAX_TENSORS, count);
  for (let i: u64 = 0; i < count && going(); i++) tensors.push(readTensor());
  return tensors;
}

function readTensor(): Tensor {
  const tensor = changetype<Tensor>(allocate(offsetof<Tensor>()));
  tensor.name = readText();
  if (going()) checkName(tensor.name);
  tensor.dimensions = readU32();
  if (tensor.dimensions > MAX_DIMENSIONS) {
    invalidTensor(tensor, 'has too many dimensions').wanted(numberText(MAX_DIMENSIONS)).found(numberText(tensor.dimensions));
  }
  readShape(tensor);
  tensor.type = readU32();
  tensor.offset = readU64();
  if (going()) checkSize(tensor);
  return tensor;
}

function checkName(name: Text): void {
  if (name.size > MAX_NAME_BYTES) {
    invalidPart('Tensor', name, 'has too long a name').wanted(numberText(MAX_NAME_BYTES)).found(numberText(name.size));
  } else if (validUtf8(name.ptr, name.size) != name.size) {
    invalidPart('Tensor', name, 'has a name that is not UTF-8');
  }
}

function readShape(tensor: Tensor): void {
  tensor.shape = allocate(8 * MAX_DIMENSIONS);
  tensor.elements = 1;
  for (let i: u32 = 0; i < tensor.dimensions && going(); i++) {
    const size = readU64();
    store<u64>(tensor.shape + (i << 3), size);
    // Sizes are signed in ggml; so is their product.
    if (size > <u64>i64.MAX_VALUE) {
      invalidTensor(tensor, 'has a negative dimension');
    } else if (size != 0 && tensor.elements > <u64>i64.MAX_VALUE / size) {
      invalidTensor(tensor, 'has a shape whose product overflows 64 bits');
    } else {
      tensor.elements *= size;
    }
  }
}

function checkSize(tensor: Tensor): void {
  if (!findType(tensor.type)) {
    invalidTensor(tensor, 'has an unknown or removed type').found(numberText(tensor.type));
    return;
  }
  const row = tensor.dimensions > 0 ? load<u64>(tensor.shape) : 1;
  if (row % blockElements != 0) {
    const made = invalidTensor(tensor, 'has rows that are no whole number of blocks');
    made.wanted(numberText(blockElements)).found(numberText(row));
  }
  const blocks = tensor.elements / blockElements;
  if (blocks > <u64>i64.MAX_VALUE / blockBytes) invalidTensor(tensor, 'has a size that overflows 64 bits');
  tensor.bytes = blocks * blockBytes;
}

export function refuseTwins(tensors: List<Tensor>): void {
  const sorted = newList<Tensor>();
  for (let i = 0; i < tensors.count; i++) sorted.push(tensors.at(i));
  sortList<Tensor>(sorted, (a, b) => compareBytes(a.name, b.name));
  for (let i = 1; i < sorted.count && ok(); i++) {
    if (sameBytes(sorted.at(i - 1).name, sorted.at(i).name)) invalidTensor(sorted.at(i), 'is listed twice');
  }
}

/** Each tensor begins where the one before ends, padded, and all of them are in the file. */
export function checkOffsets(tensors: List<Tensor>, alignment: u64, dataSize: u64): void {
  let next: u64 = 0;
  dataEnd = 0;
  for (let i = 0; i < tensors.count && ok(); i++) {
    const tensor = tensors.at(i);
    if (tensor.offset != next) {
      const made = invalidTensor(tensor, 'leaves a gap or overlaps another tensor');
      made.wanted(numberText(next)).found(numberText(tensor.offset));
    }
    const left = dataSize > next ? dataSize - next : 0;
    if (tensor.bytes > left) {
      const made = invalidTensor(tensor, 'goes on past the end of the file');
      made.wanted(numberText(tensor.bytes)).found(numberText(left));
    }
    // No overflow: both are less than the size of the file, and the padding is small.
    dataEnd = next + tensor.bytes;
    next = alignUp(dataEnd, alignment);
  }
}

/** The name of its element type. */
export function typeOf(tensor: Tensor): Text {
  findType(tensor.type);
  return literal(typeName);
}

export function writeTensor(to: Output, tensor: Tensor): void {
  findType(tensor.type);
  to.comma().byte(0x7b).member('name').quoted(tensor.name);
  to.member('dtype').byte(0x22).put(typeName).byte(0x22).member('shape').byte(0x5b);
  for (let i: u32 = 0; i < tensor.dimensions; i++) to.comma().number(load<u64>(tensor.shape + (i << 3)));
  to.byte(0x5d).member('offset').number(tensor.offset).member('bytes').number(tensor.bytes).byte(0x7d);
}

function invalidTensor(tensor: Tensor, why: string): Problem {
  return invalidPart('Tensor', tensor.name, why);
}
