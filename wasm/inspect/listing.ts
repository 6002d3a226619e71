// What an inspection has found so far: tensors in the order of the file, totals, metadata. The readers
// of wasm/inspect fill it, session.ts has it written at the end.

import { Output } from '../output';
import { Text, textAt } from '../text';
import { decodeRune, runeBytes } from '../utf8';
import { keep, keepBytes, keepLiteral, MAX_KEPT_BYTES } from './kept';
import { writePath } from './path';

/** Elements and bytes beyond this are no tensor, and JSON cannot say them. */
const MAX_NUMBER: u64 = 1 << 53;

/** numpy's orders: the last dimension runs fastest (C), or the first (Fortran). */
export const NO_ORDER: u32 = 0;
export const ROW_ORDER: u32 = 1;
export const COLUMN_ORDER: u32 = 2;

@unmanaged
export class Tensor {
  name: usize;
  nameSize: usize;
  /** The dictionary that it lies in (path.ts); 0 where its name is all. */
  parent: usize;
  dtype: usize;
  dtypeSize: usize;
  rank: u32;
  /** u64 each. */
  dimensions: usize;
  elements: u64;
  bytes: u64;
  /** From the beginning of the data, or of the storage or member that holds it. */
  offset: u64;
  /** The same tensor in a second place: listed, and not counted again. */
  isTwin: bool;
  /** NO_ORDER, ROW_ORDER or COLUMN_ORDER. */
  order: u32;
  /** The record or file that holds the bytes, where it is not this one; 0 for none. */
  storage: usize;
  storageSize: usize;
  next: usize;
}

let first: usize = 0;
let last: usize = 0;
export let tensorCount: u64 = 0;
/** Of all tensors; of a checkpoint's storages, each counted once. */
export let dataBytes: u64 = 0;
/** Bytes that say what the tensors are. */
export let headerBytes: u64 = 0;
export let trailingBytes: u64 = 0;
/** Whether a number grew beyond what can be written. */
export let isEndless = false;

export function openListing(): void {
  first = 0;
  last = 0;
  tensorCount = 0;
  dataBytes = 0;
  headerBytes = 0;
  trailingBytes = 0;
  isEndless = false;
}

/** A tensor without anything, at the end of the list; null where there is no memory for it. */
export function addTensor(): Tensor | null {
  const address = keep(offsetof<Tensor>());
  if (address == 0) return null;
  if (last == 0) first = address;
  else changetype<Tensor>(last).next = address;
  last = address;
  tensorCount++;
  return changetype<Tensor>(address);
}

export function nameTensor(tensor: Tensor, ptr: usize, size: usize): void {
  tensor.name = keepBytes(ptr, size);
  tensor.nameSize = tensor.name == 0 ? 0 : min(size, MAX_KEPT_BYTES);
}

/** A literal as the type. */
export function typeTensor(tensor: Tensor, name: string): void {
  tensor.dtype = keepLiteral(name);
  tensor.dtypeSize = tensor.dtype == 0 ? 0 : name.length;
}

export function setShape(tensor: Tensor, rank: u32): void {
  tensor.dimensions = keep(<usize>rank * 8);
  tensor.rank = tensor.dimensions == 0 ? 0 : rank;
}

@inline
export function setDimension(tensor: Tensor, index: u32, length: u64): void {
  if (index < tensor.rank) store<u64>(tensor.dimensions + <usize>index * 8, length);
}

export function countBytes(bytes: u64): void {
  dataBytes = within(dataBytes + within(bytes));
}

export function countHeader(bytes: u64): void {
  headerBytes = within(headerBytes + within(bytes));
}

export function countTrailing(bytes: u64): void {
  trailingBytes = bytes;
}

/** The number, or as much as can be said. */
export function within(number: u64): u64 {
  if (number <= MAX_NUMBER) return number;
  isEndless = true;
  return MAX_NUMBER;
}

/** Elements of a tensor whose shape is set. */
export function countElements(tensor: Tensor): u64 {
  let product: u64 = 1, isEmpty = false;
  for (let i: u32 = 0; i < tensor.rank; i++) {
    const length = load<u64>(tensor.dimensions + <usize>i * 8);
    if (length == 0) isEmpty = true;
    else if (product > MAX_NUMBER / length) product = MAX_NUMBER + 1;
    else product *= length;
  }
  return within(isEmpty ? 0 : product);
}

/** The elements of all of them. */
export function countParameters(): u64 {
  let sum: u64 = 0;
  for (let at = first; at != 0; at = changetype<Tensor>(at).next) {
    const tensor = changetype<Tensor>(at);
    if (!tensor.isTwin) sum = within(sum + tensor.elements);
  }
  return sum;
}

/** The JSON list. */
export function writeTensors(to: Output): void {
  to.byte(0x5b);
  let position: u64 = 0;
  for (let at = first; at != 0; at = changetype<Tensor>(at).next) {
    const tensor = changetype<Tensor>(at);
    to.put(position == 0 ? '{"name":"' : ',{"name":"');
    if (tensor.parent == 0 && tensor.name == 0) to.number(position);
    else writePath(to, tensor);
    to.put('","dtype":"');
    writeText(to, tensor.dtype, tensor.dtypeSize);
    to.put('","shape":[');
    for (let i: u32 = 0; i < tensor.rank; i++) {
      if (i > 0) to.byte(0x2c);
      to.number(load<u64>(tensor.dimensions + <usize>i * 8));
    }
    to.put('],"offset":').number(tensor.offset).put(',"bytes":').number(tensor.bytes);
    if (tensor.order != NO_ORDER) to.put(tensor.order == ROW_ORDER ? ',"order":"C"' : ',"order":"F"');
    if (tensor.storage != 0) writeMember(to, 'storage', tensor.storage, tensor.storageSize);
    to.byte(0x7d);
    position++;
  }
  to.byte(0x5d);
}

/** The inside of a JSON string, whatever the bytes: what is not UTF-8 is written as `\xNN`. */
export function writeText(to: Output, ptr: usize, size: usize): void {
  const end = ptr + size;
  while (ptr < end) {
    const rune = decodeRune(ptr, end);
    if (rune >= 0x110000) {
      to.put('\\\\x').hex(load<u8>(ptr++));
      continue;
    }
    if (rune < 0x20) to.put('\\u00').hex(rune);
    else if (rune == 0x22 || rune == 0x5c) to.byte(0x5c).byte(rune);
    else to.bytes(ptr, runeBytes);
    ptr += runeBytes;
  }
}

/** A JSON member whose value is such a string. */
export function writeMember(to: Output, key: string, ptr: usize, size: usize): void {
  to.member(key).byte(0x22);
  writeText(to, ptr, size);
  to.byte(0x22);
}
