// One input or output of an ONNX model at a time: its name, element type and shape, as far as the model
// says them.

import { addDimension, nameRow, Row, typeRow } from './onnx-graph';
import { onnxTypeName } from './onnx-types';

let row: Row | null = null;
let last: Row | null = null;

/** null: there are too many, and this one is not listed. */
export function openValue(listed: Row | null): void {
  row = listed;
  last = null;
}

export function valueName(ptr: usize, size: usize): void {
  if (row !== null) nameRow(row!, ptr, size);
}

export function valueType(number: u64): void {
  if (row !== null) typeRow(row!, onnxTypeName(number));
}

/** A shape begins: a scalar has one without dimensions. */
export function openShape(): void {
  if (row !== null) row!.isShaped = true;
}

/** A dimension begins. */
export function openDimension(): void {
  if (row !== null) last = addDimension(row!, last);
}

export function dimensionNumber(number: u64): void {
  if (row === null || last === null) return;
  last!.number = number;
  last!.isNumber = true;
}

/** A dimension whose length is left open has a name. */
export function dimensionName(ptr: usize, size: usize): void {
  if (row !== null && last !== null) nameRow(last!, ptr, size);
}
