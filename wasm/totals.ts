// Sums over the tensors of a file, for each element type: for who wants to know what a model holds and not
// the name of each of its hundred thousand tensors.

import { allocate } from './abi';
import { List } from './list';
import { Output } from './output';
import { sameBytes, Text } from './text';

@unmanaged
export class Totals {
  dtype: Text;
  tensors: u64;
  parameters: u64;
  bytes: u64;
}

/** Counts a tensor. Few types are in a file: the row is looked for one by one. */
export function addToTotals(rows: List<Totals>, dtype: Text, parameters: u64, bytes: u64): void {
  const row = rowOf(rows, dtype);
  row.tensors++;
  row.parameters += parameters;
  row.bytes += bytes;
}

function rowOf(rows: List<Totals>, dtype: Text): Totals {
  for (let i = 0; i < rows.count; i++) if (sameBytes(rows.at(i).dtype, dtype)) return rows.at(i);
  const row = changetype<Totals>(allocate(offsetof<Totals>()));
  row.dtype = dtype;
  row.tensors = 0;
  row.parameters = 0;
  row.bytes = 0;
  rows.push(row);
  return row;
}

/** The member `dtypes`: rows in the order in which the types were met. */
export function writeTotals(rows: List<Totals>, to: Output): void {
  to.member('dtypes').byte(0x5b);
  for (let i = 0; i < rows.count; i++) {
    const row = rows.at(i);
    to.comma().byte(0x7b).member('dtype').quoted(row.dtype).member('tensors').number(row.tensors);
    to.member('parameters').number(row.parameters).member('bytes').number(row.bytes).byte(0x7d);
  }
  to.byte(0x5d);
}
