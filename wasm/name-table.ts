// Looks a name up in a table that scripts/name-table.mjs wrote.

/** The address of the value of the row with this key (the value's size first), or 0. */
export function findName(table: usize, offsets: usize, rows: usize, key: usize, size: usize): usize {
  let low: usize = 0, high = rows;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const row = table + <usize>load<u16>(offsets + middle * 2);
    const length = <usize>load<u8>(row);
    const order = memory.compare(row + 1, key, min(length, size));
    if (order == 0 && length == size) return row + 1 + length;
    if (order < 0 || (order == 0 && length < size)) low = middle + 1;
    else high = middle;
  }
  return 0;
}
