// What an ONNX model says of its graph: versions, operator sets, inputs and outputs, how often each
// operator stands in it. onnx.ts fills this while it walks through the file.

import { Output } from '../output';
import { keep, keepBytes, keepLiteral } from './kept';
import { writeText } from './listing';
import { OF_MODEL, PROPERTY, writeEntries } from './metadata';

/** Different operators that are counted: there are about 200. */
const MAX_OPERATORS: u32 = 4096;
/** Inputs and outputs that are listed. */
const MAX_VALUES: u32 = 65_536;

/** A row of a list: a name, and a number or a type with a shape. */
@unmanaged
export class Row {
  name: usize;
  nameSize: usize;
  /** A domain before the name of an operator. */
  domain: usize;
  domainSize: usize;
  number: u64;
  /** A dimension with a number; one that the model leaves open has a name, or nothing. */
  isNumber: bool;
  dtype: usize;
  dtypeSize: usize;
  isShaped: bool;
  /** The first of them. */
  dimensions: usize;
  next: usize;
}

@unmanaged
export class Rows {
  first: usize;
  last: usize;
  count: u32;
}

const ROWS_BYTES: usize = 16;
export const operatorSets: Rows = changetype<Rows>(memory.data(16));
export const operators: Rows = changetype<Rows>(memory.data(16));
export const inputs: Rows = changetype<Rows>(memory.data(16));
export const outputs: Rows = changetype<Rows>(memory.data(16));
export let irVersion: u64 = 0;
export let modelVersion: u64 = 0;

export function openGraph(): void {
  clear(operatorSets);
  clear(operators);
  clear(inputs);
  clear(outputs);
  irVersion = 0;
  modelVersion = 0;
}

function clear(rows: Rows): void {
  memory.fill(changetype<usize>(rows), 0, ROWS_BYTES);
}

export function setIrVersion(number: u64): void {
  irVersion = number;
}

export function setModelVersion(number: u64): void {
  modelVersion = number;
}

/** A row without anything; null where there are too many. */
export function addRow(rows: Rows): Row | null {
  const address = rows.count < MAX_VALUES ? keep(offsetof<Row>()) : 0;
  if (address == 0) return null;
  if (rows.last == 0) rows.first = address;
  else changetype<Row>(rows.last).next = address;
  rows.last = address;
  rows.count++;
  return changetype<Row>(address);
}

/** A dimension of a row, behind the one that was added last; null where there is no memory for it. */
export function addDimension(row: Row, last: Row | null): Row | null {
  const address = keep(offsetof<Row>());
  if (address == 0) return null;
  if (last === null) row.dimensions = address;
  else last.next = address;
  return changetype<Row>(address);
}

export function nameRow(row: Row, ptr: usize, size: usize): void {
  row.name = keepBytes(ptr, size);
  row.nameSize = row.name == 0 ? 0 : size;
}

export function typeRow(row: Row, name: string): void {
  row.dtype = keepLiteral(name);
  row.dtypeSize = row.dtype == 0 ? 0 : name.length;
}

export function countOperator(domain: usize, domainSize: usize, name: usize, nameSize: usize): void {
  for (let at = operators.first; at != 0; at = changetype<Row>(at).next) {
    const row = changetype<Row>(at);
    if (row.nameSize == nameSize && row.domainSize == domainSize && memory.compare(row.name, name, nameSize) == 0
      && memory.compare(row.domain, domain, domainSize) == 0) {
      row.number++;
      return;
    }
  }
  const row = operators.count < MAX_OPERATORS ? addRow(operators) : null;
  if (row === null) return;
  nameRow(row, name, nameSize);
  row.domain = keepBytes(domain, domainSize);
  row.domainSize = row.domain == 0 ? 0 : domainSize;
  row.number = 1;
}

/** The JSON object, by the names that ONNX has for its fields. */
export function writeGraph(to: Output): void {
  to.byte(0x7b).member('ir_version').number(irVersion);
  if (modelVersion != 0) to.member('model_version').number(modelVersion);
  writeEntries(to, OF_MODEL);
  to.member('opset_import');
  writeNumbers(to, operatorSets);
  to.member('input');
  writeValues(to, inputs);
  to.member('output');
  writeValues(to, outputs);
  to.member('operators');
  writeNumbers(to, operators);
  to.member('metadata_props').byte(0x7b);
  writeEntries(to, PROPERTY);
  to.put('}}');
}

/** {"name": number, "domain::name": number}; the domain of ONNX itself has two spellings. */
function writeNumbers(to: Output, rows: Rows): void {
  to.byte(0x7b);
  for (let at = rows.first; at != 0; at = changetype<Row>(at).next) {
    const row = changetype<Row>(at);
    to.comma().byte(0x22);
    if (row.domainSize > 0) {
      writeText(to, row.domain, row.domainSize);
      to.put('::');
    }
    if (row.nameSize > 0) writeText(to, row.name, row.nameSize);
    else to.put('ai.onnx');
    to.put('":').number(row.number);
  }
  to.byte(0x7d);
}

/** [{"name", "dtype"?, "shape"?}]: a dimension without a number is its name, or "?". */
function writeValues(to: Output, rows: Rows): void {
  to.byte(0x5b);
  for (let at = rows.first; at != 0; at = changetype<Row>(at).next) {
    const row = changetype<Row>(at);
    to.put(at == rows.first ? '{"name":"' : ',{"name":"');
    writeText(to, row.name, row.nameSize);
    to.byte(0x22);
    if (row.dtypeSize > 0) {
      to.put(',"dtype":"');
      writeText(to, row.dtype, row.dtypeSize);
      to.byte(0x22);
    }
    if (row.isShaped) writeShape(to, row);
    to.byte(0x7d);
  }
  to.byte(0x5d);
}

function writeShape(to: Output, row: Row): void {
  to.put(',"shape":[');
  for (let at = row.dimensions; at != 0; at = changetype<Row>(at).next) {
    const length = changetype<Row>(at);
    if (at != row.dimensions) to.byte(0x2c);
    if (length.nameSize > 0) {
      to.byte(0x22);
      writeText(to, length.name, length.nameSize);
      to.byte(0x22);
    } else if (length.isNumber) to.number(length.number);
    else to.put('"?"');
  }
  to.byte(0x5d);
}
