// A map of names as static data of the core: rows sorted by key for the binary search of
// wasm/name-table.ts, an index of u16 offsets, one byte per length.

/** Each row: u8 length of the key, the key, u8 length of the value, the value. */
export function nameTable(name, rows) {
  const sorted = [...rows].map(([key, value]) => [Buffer.from(key), value]).sort(([a], [b]) => a.compare(b));
  const offsets = [];
  const parts = [];
  let size = 0;
  for (const [key, value] of sorted) {
    if (key.length > 255 || value.length > 255 || size > 0xffff) throw new Error(`${name} is too long at ${key}`);
    offsets.push(size);
    const row = Buffer.concat([Buffer.from([key.length]), key, Buffer.from([value.length]), value]);
    parts.push(row);
    size += row.length;
  }
  return [
    `export const ${name}_ROWS: usize = ${sorted.length};`,
    `export const ${name}_OFFSETS: usize = memory.data<u16>([${offsets.join(', ')}]);`,
    `export const ${name}: usize = memory.data<u8>([${[...Buffer.concat(parts)].join(', ')}]);`,
  ];
}
