// What a safetensors file holds, from its header alone, as JSON.

import { begin, finish, ok } from './problem';
import { newOutput, Output } from './output';
import { headerSize, invalid, readHeader } from './safetensors/header';
import { literal, Text, textAt } from './text';

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
  if (ok()) describe(start.part(8, <usize>size), fileSize - size, result);
  return finish(result);
}

function describe(header: Text, dataSize: u64, to: Output): void {
  const metadata = newOutput();
  const tensors = readHeader(header, dataSize, metadata);
  if (!ok()) return;
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
