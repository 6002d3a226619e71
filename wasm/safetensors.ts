// What a safetensors file holds, from its header alone, as JSON.

import { begin, finish, ok } from './problem';
import { newOutput, Output } from './output';
import { List, newList } from './list';
import { headerSize, invalid, readHeader, Tensor } from './safetensors/header';
import { literal, Text, textAt } from './text';
import { addToTotals, Totals, writeTotals } from './totals';

/** From the first 8 bytes of a file: the bytes that `safetensors` wants, u64. */
export function safetensorssize(ptr: usize, len: usize, fileSize: u64): usize {
  begin();
  const size = headerSize(textAt(ptr, len), fileSize);
  return finish(newOutput().u64(size));
}

/** The file's beginning, as much as `safetensorssize` says, and its size, to a description. */
export function safetensors(ptr: usize, len: usize, fileSize: u64): usize {
  return read(ptr, len, fileSize, true);
}

/** The same with sums by element type (`dtypes`) in the place of `tensors`. */
export function safetensorstotals(ptr: usize, len: usize, fileSize: u64): usize {
  return read(ptr, len, fileSize, false);
}

function read(ptr: usize, len: usize, fileSize: u64, listed: bool): usize {
  begin();
  const start = textAt(ptr, len);
  const size = headerSize(start, fileSize);
  if (ok() && <u64>len < size) invalid('was not read to the end of its header');
  const result = newOutput(1024);
  if (ok()) describe(start.part(8, <usize>size), fileSize - size, listed, result);
  return finish(result);
}

function describe(header: Text, dataSize: u64, listed: bool, to: Output): void {
  const metadata = newOutput();
  const tensors = readHeader(header, dataSize, metadata);
  if (!ok()) return;
  let parameters: u64 = 0;
  for (let i = 0; i < tensors.count; i++) parameters += tensors.at(i).elements;
  to.put('{"format":"safetensors"').member('headerSize').number(header.size).member('dataSize').number(dataSize);
  to.member('parameters').number(parameters);
  to.member('metadata').text(metadata.size > 0 ? metadata.asText() : literal('{}'));
  if (listed) listTensors(tensors, to);
  else sumTensors(tensors, to);
  to.byte(0x7d);
}

function listTensors(tensors: List<Tensor>, to: Output): void {
  to.reserve(96 * <usize>tensors.count);
  to.member('tensors').byte(0x5b);
  for (let i = 0; i < tensors.count; i++) {
    const tensor = tensors.at(i);
    to.comma().byte(0x7b).member('name').quoted(tensor.name).member('dtype').quoted(tensor.dtype);
    to.member('shape').text(tensor.shape);
    to.member('offsets').byte(0x5b).number(tensor.from).byte(0x2c).number(tensor.to).put(']}');
  }
  to.byte(0x5d);
}

function sumTensors(tensors: List<Tensor>, to: Output): void {
  const rows = newList<Totals>();
  for (let i = 0; i < tensors.count; i++) {
    const tensor = tensors.at(i);
    addToTotals(rows, tensor.dtype, tensor.elements, tensor.to - tensor.from);
  }
  writeTotals(rows, to);
}
