// What a GGUF file holds, from its header alone. The rules are those of the reference reader (ggml,
// gguf.cpp), and stricter where its users have been attacked: all data must be in the file, the
// arrays of a tokenizer have the types that tokenizers read, keys are ASCII as gguf.md demands.
//
//   "GGUF" | u32 version | u64 tensors | u64 entries | metadata | tensor list | padding | data
//
// Nothing in the file says how long the header is: the host hands over its beginning, `ggufsize`
// answers how much more it needs, until it has everything (src/core/gguf.ts).

import { alignUp, going, invalid, lacking, numberText, openReader, position, readU32, readU64 } from './gguf/reader';
import { alignment, readMetadata } from './gguf/metadata';
import { checkOffsets, dataEnd, readTensors, refuseTwins, Tensor, typeOf, writeTensor } from './gguf/tensors';
import { List, newList } from './list';
import { newOutput, Output } from './output';
import { begin, finish, ok } from './problem';
import { textAt } from './text';
import { addToTotals, Totals, writeTotals } from './totals';

/** "GGUF" as a little-endian number. */
const MAGIC: u32 = 0x46554747;

let version: u32 = 0;
/** Where the data begins: behind the header and its padding. */
let dataStart: u64 = 0;
let metadata: Output = changetype<Output>(0);
let tensors: List<Tensor> = changetype<List<Tensor>>(0);

/**
 * From any beginning of a file: u64, the number of bytes from its start that are needed next. At
 * most as many as were given: `gguf` has enough.
 */
export function ggufsize(ptr: usize, len: usize, fileSize: u64): usize {
  begin();
  readHeader(ptr, len, fileSize);
  return finish(newOutput().u64(lacking != 0 ? lacking : position));
}

/** The file's beginning, as much as `ggufsize` says, and its size, to a description. */
export function gguf(ptr: usize, len: usize, fileSize: u64): usize {
  return describe(ptr, len, fileSize, true);
}

/** The same with sums by element type (`dtypes`) in the place of `tensors`. */
export function gguftotals(ptr: usize, len: usize, fileSize: u64): usize {
  return describe(ptr, len, fileSize, false);
}

function describe(ptr: usize, len: usize, fileSize: u64, listed: bool): usize {
  begin();
  readHeader(ptr, len, fileSize);
  if (ok() && lacking != 0) invalid('was not read to the end of its header');
  const result = newOutput(1024);
  if (ok()) writeResult(fileSize, listed, result);
  return finish(result);
}

/** As far as the bytes at hand reach: `lacking` of gguf/reader.ts says where it stops. */
export function readHeader(ptr: usize, len: usize, fileSize: u64): void {
  metadata = newOutput(1024);
  tensors = newList<Tensor>();
  openReader(textAt(ptr, len), fileSize);
  readVersion();
  const tensorCount = readU64();
  const entryCount = readU64();
  if (going()) readMetadata(entryCount, metadata);
  if (going()) tensors = readTensors(tensorCount);
  if (!going()) return;
  refuseTwins(tensors);
  dataStart = alignUp(position, alignment);
  checkOffsets(tensors, alignment, fileSize > dataStart ? fileSize - dataStart : 0);
}

function readVersion(): void {
  const magic = readU32();
  if (going() && magic != MAGIC) invalid('does not begin with GGUF');
  version = readU32();
  if (!going() || version == 2 || version == 3) return;
  if (version == 1) {
    invalid('has version 1, which no reader of today understands').wanted(numberText(3)).found(numberText(1));
  } else if (version != 0 && (version & 0xffff) == 0) {
    invalid('is big-endian; such files are read on big-endian machines only');
  } else {
    invalid('has an unknown version').wanted(numberText(3)).found(numberText(version));
  }
}

/** Bytes of the file behind its tensors and their padding, after readHeader. */
export function trailingBytes(fileSize: u64): u64 {
  const end = dataStart + alignUp(dataEnd, alignment);
  return fileSize > end ? fileSize - end : 0;
}

function writeResult(fileSize: u64, listed: bool, to: Output): void {
  let parameters: u64 = 0, bytes: u64 = 0;
  for (let i = 0; i < tensors.count; i++) {
    // Each is in the file, and no type has more than five elements to a byte: no overflow.
    parameters += tensors.at(i).elements;
    bytes += tensors.at(i).bytes;
  }
  to.put('{"format":"gguf"').member('version').number(version).member('alignment').number(alignment);
  to.member('headerSize').number(position).member('dataStart').number(min(dataStart, fileSize));
  to.member('parameters').number(parameters).member('bytes').number(bytes);
  to.member('trailing').number(trailingBytes(fileSize));
  to.member('metadata').text(metadata.asText());
  if (listed) listTensors(to);
  else sumTensors(to);
  to.byte(0x7d);
}

function listTensors(to: Output): void {
  to.reserve(96 * <usize>tensors.count);
  to.member('tensors').byte(0x5b);
  for (let i = 0; i < tensors.count; i++) writeTensor(to, tensors.at(i));
  to.byte(0x5d);
}

function sumTensors(to: Output): void {
  const rows = newList<Totals>();
  for (let i = 0; i < tensors.count; i++) {
    const tensor = tensors.at(i);
    addToTotals(rows, typeOf(tensor), tensor.elements, tensor.bytes);
  }
  writeTotals(rows, to);
}
