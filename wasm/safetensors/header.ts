// Reads the header of a safetensors file and checks it by all rules of the reference reader
// (safetensors, tensor.rs), stricter where that is lenient: a tensor's name may stand once only. Every
// number is u64, every sum and product is checked: hostile headers aim at overflows. safetensors.ts
// describes what is read; scan/safetensors.ts only asks whether it is good.

import { FORMAT_INVALID, FORMAT_LIMIT } from '../../build/generated/status';
import { allocate } from '../abi';
import { dtypeBits } from '../dtype';
import {
  close, enter, nextElement, nextKey, open, peek, place, readString, readUnsigned, readWord, skipValue, unsigned,
} from '../json/reader';
import { List, newList, sortList } from '../list';
import { newOutput, Output } from '../output';
import { ok, Problem, problem } from '../problem';
import { compareBytes, sameBytes, Text, textAt } from '../text';

/** The reference reader's own limit, in bytes. */
const MAX_HEADER_BYTES: u64 = 100_000_000;
/** Of the length that stands before the header. */
export const LENGTH_BYTES: u64 = 8;
/** numpy knows 64, torch as many; a list of millions only fills memory. */
const MAX_DIMENSIONS = 1024;
/** Of one file: the largest models have some ten thousand. A tensor takes about 170 bytes of memory. */
const MAX_TENSORS = 1_000_000;
/** Trainers write some hundred. */
const MAX_METADATA = 100_000;

@unmanaged
export class Tensor {
  name: Text;
  dtype: Text;
  /** As it stands in the header, brackets and all. */
  shape: Text;
  elements: u64;
  bits: u64;
  from: u64;
  to: u64;
}

/** What is wrong lets two readers see two things: hidden or shared bytes, a name that stands twice. */
export let isAmbiguous = false;

/** How many bytes from the start of the file hold the header, its length included. */
export function headerSize(start: Text, fileSize: u64): u64 {
  if (start.size < 8 || fileSize < LENGTH_BYTES) {
    invalid('is too short to hold a header');
    return 0;
  }
  const length = load<u64>(start.ptr);
  if (length > MAX_HEADER_BYTES) {
    const made = problem(FORMAT_LIMIT);
    made.message.put('The header of the safetensors file is too large');
    made.wanted(numberText(MAX_HEADER_BYTES)).found(numberText(length));
  } else if (length > fileSize - LENGTH_BYTES) {
    invalid('is shorter than its header').wanted(numberText(length + LENGTH_BYTES)).found(numberText(fileSize));
  }
  return length + LENGTH_BYTES;
}

/** The header's tensors in the order of the data; its metadata as JSON where `metadata` is given. */
export function readHeader(header: Text, dataSize: u64, metadata: Output | null): List<Tensor> {
  const tensors = newList<Tensor>();
  let described = false;
  isAmbiguous = false;
  open(header.ptr, header.size, FORMAT_INVALID);
  enter(0x7b);
  for (let key = nextKey(true); key !== null; key = nextKey(false)) {
    if (!key.is('__metadata__')) {
      if (tensors.count == MAX_TENSORS) tooMany('tensors', MAX_TENSORS);
      tensors.push(readTensor(key));
      continue;
    }
    if (described) twice(null, 'has `__metadata__` twice');
    described = true;
    readMetadata(metadata);
  }
  close();
  if (!ok()) return tensors;
  refuseTwins(tensors);
  sortList<Tensor>(tensors, (a, b) => {
    const order = compare(a.from, b.from);
    return order != 0 ? order : compare(a.to, b.to);
  });
  checkOffsets(tensors, dataSize);
  return tensors;
}

/** null, or texts by name. */
function readMetadata(to: Output | null): void {
  if (peek() == 0x6e) {
    readWord();
    return;
  }
  const keys = newList<Text>();
  if (to !== null) to.byte(0x7b);
  enter(0x7b);
  for (let key = nextKey(true); key !== null; key = nextKey(false)) {
    if (peek() != 0x22) invalid('has something in `__metadata__` that is no text');
    if (keys.count == MAX_METADATA) tooMany('entries in `__metadata__`', MAX_METADATA);
    const value = readString();
    if (to !== null) to.comma().quoted(key).byte(0x3a).quoted(value);
    keys.push(key);
  }
  if (to !== null) to.byte(0x7d);
  sortList<Text>(keys, compareBytes);
  for (let i = 1; i < keys.count && ok(); i++) {
    if (sameBytes(keys.at(i - 1), keys.at(i))) twice(null, 'has a key of `__metadata__` twice');
  }
}

/** { "dtype", "shape", "data_offsets" } once each; other attributes do no harm. */
function readTensor(name: Text): Tensor {
  const tensor = changetype<Tensor>(allocate(offsetof<Tensor>()));
  tensor.name = name;
  let seen: u32 = 0;
  enter(0x7b);
  for (let key = nextKey(true); key !== null; key = nextKey(false)) {
    const field: u32 = key.is('dtype') ? 1 : key.is('shape') ? 2 : key.is('data_offsets') ? 4 : 0;
    if ((seen & field) != 0) twice(name, 'has an attribute twice');
    seen |= field;
    if (field == 1) readDtype(tensor);
    else if (field == 2) readShape(tensor);
    else if (field == 4) readOffsets(tensor);
    else skipValue();
  }
  if (ok() && seen != 7) invalidTensor(name, 'lacks dtype, shape or data_offsets');
  if (ok()) checkSize(tensor);
  return tensor;
}

function readDtype(tensor: Tensor): void {
  const dtype = readString();
  tensor.dtype = dtype;
  tensor.bits = dtypeBits(dtype);
  if (tensor.bits == 0) {
    const made = invalidTensor(tensor.name, 'has an unknown dtype');
    made.found(newOutput().shown(dtype).asText());
  }
}

function readShape(tensor: Tensor): void {
  let elements: u64 = 1;
  let overflows = false;
  let dimensions = 0;
  peek();
  const begin = place();
  enter(0x5b);
  for (let first = true; nextElement(first); first = false) {
    if (++dimensions > MAX_DIMENSIONS) {
      const made = problem(FORMAT_LIMIT);
      made.message.put('Tensor "').shown(tensor.name).put('" has more than ').number(MAX_DIMENSIONS).put(' dimensions');
    }
    const size = readNumberOf(tensor.name);
    if (size != 0 && elements > u64.MAX_VALUE / size) overflows = true;
    elements *= size;
  }
  if (overflows) invalidTensor(tensor.name, 'has a shape whose product overflows 64 bits');
  tensor.shape = textAt(begin, place() - begin);
  tensor.elements = elements;
}

function readOffsets(tensor: Tensor): void {
  let count = 0;
  enter(0x5b);
  for (let first = true; nextElement(first); first = false) {
    const offset = readNumberOf(tensor.name);
    if (count == 0) tensor.from = offset;
    if (count == 1) tensor.to = offset;
    count++;
  }
  if (count != 2) invalidTensor(tensor.name, 'has data_offsets that are not two numbers');
}

function readNumberOf(name: Text): u64 {
  if (!readUnsigned()) invalidTensor(name, 'has a number that is no unsigned 64-bit integer');
  return unsigned;
}

/** The bytes that its offsets span are those that its shape and type take. */
function checkSize(tensor: Tensor): void {
  const name = tensor.name, elements = tensor.elements, bits = tensor.bits;
  if (elements > u64.MAX_VALUE / bits) {
    invalidTensor(name, 'has a size that overflows 64 bits');
  } else if ((elements * bits) % 8 != 0) {
    invalidTensor(name, 'does not end on a whole byte');
  } else if (tensor.from > tensor.to || tensor.to - tensor.from != elements * bits / 8) {
    const made = invalidTensor(name, 'has offsets that do not fit its shape and dtype');
    const span = newOutput().number(tensor.from).put(' to ').number(tensor.to).asText();
    made.wanted(newOutput().number(elements * bits / 8).put(' bytes').asText()).found(span);
  }
}

function refuseTwins(tensors: List<Tensor>): void {
  sortList<Tensor>(tensors, (a, b) => compareBytes(a.name, b.name));
  for (let i = 1; i < tensors.count && ok(); i++) {
    const name = tensors.at(i).name;
    if (sameBytes(tensors.at(i - 1).name, name)) twice(name, 'is listed twice');
  }
}

/** Each tensor begins where the one before ends, and the last ends with the file. */
function checkOffsets(tensors: List<Tensor>, dataSize: u64): void {
  let end: u64 = 0;
  for (let i = 0; i < tensors.count && ok(); i++) {
    const tensor = tensors.at(i);
    if (tensor.from != end) {
      isAmbiguous = true;
      const made = invalidTensor(tensor.name, 'leaves a gap or overlaps another tensor');
      made.wanted(numberText(end)).found(numberText(tensor.from));
    }
    end = tensor.to;
  }
  if (end != dataSize) {
    if (ok()) isAmbiguous = end < dataSize;
    invalid('has another size than its tensors').wanted(numberText(end)).found(numberText(dataSize));
  }
}

@inline
function compare(a: u64, b: u64): i32 {
  return (a > b ? 1 : 0) - (a < b ? 1 : 0);
}

function numberText(value: u64): Text {
  return newOutput(24).number(value).asText();
}

export function invalid(why: string): Problem {
  const made = problem(FORMAT_INVALID);
  made.message.put('The safetensors file ').put(why);
  return made;
}

function invalidTensor(name: Text, why: string): Problem {
  const made = problem(FORMAT_INVALID);
  made.message.put('Tensor "').shown(name).put('" of the safetensors file ').put(why);
  return made;
}

/** Of two values under one name, programs take one or the other. */
function twice(tensor: Text | null, why: string): void {
  if (ok()) isAmbiguous = true;
  if (tensor === null) invalid(why);
  else invalidTensor(tensor, why);
}

function tooMany(what: string, limit: u64): void {
  const made = problem(FORMAT_LIMIT);
  made.message.put('The safetensors file has too many ').put(what);
  made.wanted(newOutput().put('at most ').number(limit).asText());
}
