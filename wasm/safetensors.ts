// What a safetensors file holds, from its header alone. The rules are those of the reference reader
// (safetensors, tensor.rs), and stricter where that is lenient: a tensor's name may stand once only.
// Every number is u64, every sum and product is checked: hostile headers aim at overflows.

import { FORMAT_INVALID, FORMAT_LIMIT } from '../build/generated/status';
import { allocate } from './abi';
import { dtypeBits } from './dtype';
import {
  close, enter, nextElement, nextKey, open, peek, readString, readUnsigned, readWord, skipValue, unsigned,
} from './json/reader';
import { List, newList, sortList } from './list';
import { newOutput, Output } from './output';
import { begin, finish, ok, Problem, problem } from './problem';
import { compareBytes, literal, sameBytes, Text, textAt } from './text';

/** The reference reader's own limit, in bytes. */
const MAX_HEADER_BYTES: u64 = 100_000_000;
/** numpy knows 64, torch as many; a list of millions only fills memory. */
const MAX_DIMENSIONS = 1024;
/** Of the length that stands before the header. */
const LENGTH_BYTES: u64 = 8;

@unmanaged
class Tensor {
  name: Text;
  dtype: Text;
  /** Dimensions as they are written in the header, between brackets. */
  shape: Text;
  elements: u64;
  bits: u64;
  from: u64;
  to: u64;
}

/** How many bytes from the start of the file hold the header, its length included. */
function headerSize(start: Text, fileSize: u64): u64 {
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

/** From the first 8 bytes of a file: the bytes that `safetensors` wants, u64. */
export function safetensorssize(ptr: usize, len: usize, fileSize: u64): usize {
  begin();
  const size = headerSize(textAt(ptr, len), fileSize);
  return finish(newOutput().u64(size));
}

/** The file's beginning, as much as `safetensorssize` says, and its size, to a description. */
export function safetensors(ptr: usize, len: usize, fileSize: u64): usize {
  begin();
  const start = textAt(ptr, len);
  const size = headerSize(start, fileSize);
  if (ok() && <u64>len < size) invalid('was not read to the end of its header');
  const result = newOutput(1024);
  if (ok()) inspect(start.part(8, <usize>size), fileSize - size, result);
  return finish(result);
}

function inspect(header: Text, dataSize: u64, result: Output): void {
  const metadata = newOutput();
  const tensors = newList<Tensor>();
  open(header.ptr, header.size, FORMAT_INVALID);
  enter(0x7b);
  for (let key = nextKey(true); key !== null; key = nextKey(false)) {
    if (key.is('__metadata__')) readMetadata(metadata);
    else tensors.push(readTensor(key));
  }
  close();
  if (!ok()) return;
  refuseTwins(tensors);
  sortList<Tensor>(tensors, (a, b) => {
    const order = compare(a.from, b.from);
    return order != 0 ? order : compare(a.to, b.to);
  });
  checkOffsets(tensors, dataSize);
  if (ok()) writeResult(header, dataSize, tensors, metadata, result);
}

/** null, or texts by name. */
function readMetadata(to: Output): void {
  if (to.size > 0) return invalidIn('__metadata__', 'is given twice');
  if (peek() == 0x6e) {
    readWord();
    to.put('{}');
    return;
  }
  const keys = newList<Text>();
  to.byte(0x7b);
  enter(0x7b);
  for (let key = nextKey(true); key !== null; key = nextKey(false)) {
    if (peek() != 0x22) invalidIn('__metadata__', 'holds something that is no text');
    to.comma().quoted(key).byte(0x3a).quoted(readString());
    keys.push(key);
  }
  to.byte(0x7d);
  sortList<Text>(keys, compareBytes);
  for (let i = 1; i < keys.count && ok(); i++) {
    if (sameBytes(keys.at(i - 1), keys.at(i))) invalidIn('__metadata__', 'has a key twice');
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
    if ((seen & field) != 0) invalidTensor(name, 'has an attribute twice');
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
  const shape = newOutput(32).byte(0x5b);
  let elements: u64 = 1;
  let overflows = false;
  let dimensions = 0;
  enter(0x5b);
  for (let first = true; nextElement(first); first = false) {
    if (++dimensions > MAX_DIMENSIONS) {
      const made = problem(FORMAT_LIMIT);
      made.message.put('Tensor "').shown(tensor.name).put('" has more than ').number(MAX_DIMENSIONS).put(' dimensions');
    }
    const size = readNumberOf(tensor.name);
    shape.comma().number(size);
    if (size != 0 && elements > u64.MAX_VALUE / size) overflows = true;
    elements *= size;
  }
  if (overflows) invalidTensor(tensor.name, 'has a shape whose product overflows 64 bits');
  tensor.shape = shape.byte(0x5d).asText();
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
    if (sameBytes(tensors.at(i - 1).name, name)) invalidTensor(name, 'is listed twice');
  }
}

/** Each tensor begins where the one before ends, and the last ends with the file. */
function checkOffsets(tensors: List<Tensor>, dataSize: u64): void {
  let end: u64 = 0;
  for (let i = 0; i < tensors.count && ok(); i++) {
    const tensor = tensors.at(i);
    if (tensor.from != end) {
      const made = invalidTensor(tensor.name, 'leaves a gap or overlaps another tensor');
      made.wanted(numberText(end)).found(numberText(tensor.from));
    }
    end = tensor.to;
  }
  if (end != dataSize) {
    invalid('has another size than its tensors').wanted(numberText(end)).found(numberText(dataSize));
  }
}

function writeResult(
  header: Text, dataSize: u64, tensors: List<Tensor>, metadata: Output, to: Output,
): void {
  let parameters: u64 = 0;
  const rows = newOutput(96 * <usize>tensors.count + 8).byte(0x5b);
  for (let i = 0; i < tensors.count; i++) {
    const tensor = tensors.at(i);
    parameters += tensor.elements;
    rows.comma().byte(0x7b).member('name').quoted(tensor.name).member('dtype').quoted(tensor.dtype);
    rows.member('shape').text(tensor.shape);
    rows.member('offsets').byte(0x5b).number(tensor.from).byte(0x2c).number(tensor.to).put(']}');
  }
  to.put('{"format":"safetensors"').member('headerSize').number(header.size).member('dataSize').number(dataSize);
  to.member('parameters').number(parameters);
  to.member('metadata').text(metadata.size > 0 ? metadata.asText() : literal('{}'));
  to.member('tensors').text(rows.byte(0x5d).asText()).byte(0x7d);
}

@inline
function compare(a: u64, b: u64): i32 {
  return (a > b ? 1 : 0) - (a < b ? 1 : 0);
}

function numberText(value: u64): Text {
  return newOutput(24).number(value).asText();
}

function invalid(why: string): Problem {
  const made = problem(FORMAT_INVALID);
  made.message.put('The safetensors file ').put(why);
  return made;
}

function invalidIn(where: string, why: string): void {
  problem(FORMAT_INVALID).message.put('`').put(where).put('` of the safetensors file ').put(why);
}

function invalidTensor(name: Text, why: string): Problem {
  const made = problem(FORMAT_INVALID);
  made.message.put('Tensor "').shown(name).put('" of the safetensors file ').put(why);
  return made;
}
