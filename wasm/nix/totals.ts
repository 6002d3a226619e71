// Sums over tensors: of all, as the core has them, and of each element type, the one with most bytes first.

import { allocate } from '../abi';
import { List, newList, sortList } from '../list';
import { Value } from '../json/value';
import { compareBytes, sameBytes, Text } from '../text';
import { Attributes, newAttributes } from './attributes';
import { makeInt, makeList, makeString } from './host';
import { makeValue } from './make-value';
import { bytesOf, elementsOf } from './tensors';

@unmanaged
class Totals {
  dtype: Text;
  tensors: u64;
  parameters: u64;
  bytes: u64;

  add(tensor: Value): void {
    this.tensors++;
    this.parameters += elementsOf(tensor);
    this.bytes += bytesOf(tensor);
  }

  put(to: Attributes): Attributes {
    to.put('tensors', makeInt(<i64>this.tensors)).put('parameters', makeInt(<i64>this.parameters));
    return to.put('bytes', makeInt(<i64>this.bytes));
  }
}

function newTotals(dtype: Text): Totals {
  const totals = changetype<Totals>(allocate(offsetof<Totals>()));
  totals.dtype = dtype;
  totals.tensors = 0;
  totals.parameters = 0;
  totals.bytes = 0;
  return totals;
}

/** `tensors`, `parameters`, `bytes`, `dtypes`. */
export function putTotals(to: Attributes, tensors: Value, parameters: Value, bytes: Value): void {
  const rows = newList<Totals>();
  for (let i = 0; i < tensors.count; i++) {
    rowOf(rows, changetype<Text>(tensors.child(i).member('dtype'))).add(tensors.child(i));
  }
  sortList<Totals>(rows, (a, b) => compareBytes(a.dtype, b.dtype));
  sortList<Totals>(rows, (a, b) => (a.bytes < b.bytes ? 1 : a.bytes > b.bytes ? -1 : 0));
  const ids = allocate(4 * <usize>rows.count);
  for (let i = 0; i < rows.count; i++) {
    const dtype = rows.at(i).dtype;
    const row = newAttributes(4).put('dtype', makeString(dtype.ptr, dtype.size));
    store<u32>(ids + 4 * <usize>i, rows.at(i).put(row).make());
  }
  to.put('tensors', makeInt(<i64>tensors.count)).put('parameters', makeValue(parameters));
  to.put('bytes', makeValue(bytes)).put('dtypes', makeList(ids, rows.count));
}

/** There are some dozens of types at most: the core knows no others. */
function rowOf(rows: List<Totals>, dtype: Text): Totals {
  for (let i = 0; i < rows.count; i++) if (sameBytes(rows.at(i).dtype, dtype)) return rows.at(i);
  const row = newTotals(dtype);
  rows.push(row);
  return row;
}
