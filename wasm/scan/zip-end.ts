// The end of a zip: the record that says where its directory is. Programs look for the last one in the
// last 64 KiB, and so does this.

/** The record, the longest comment, and the locator of a zip64 record before it. */
export const END_BYTES: usize = 22;
export const LOCATOR_BYTES: usize = 20;
export const TAIL_BYTES: usize = 22 + 65535 + 20;

const END_SIGNATURE: u32 = 0x06054b50;
const ENTRY_BYTES: u32 = 46;

/** Where the record is in the tail, or -1. `before`: bytes of the file that precede the tail. */
export function findEndRecord(ptr: usize, size: usize, before: u64): isize {
  for (let at = <isize>size - <isize>END_BYTES; at >= 0; at--) {
    if (load<u32>(ptr + at) == END_SIGNATURE && isPlausible(ptr + at, before + <u64>at)) return at;
  }
  return -1;
}

/** A record whose directory would lie before it and hold as many entries as it says; or one of zip64. */
function isPlausible(record: usize, position: u64): bool {
  const entries = <u32>load<u16>(record, 10), size = load<u32>(record, 12), offset = load<u32>(record, 16);
  if (entries == 0xffff || size == 0xffffffff || offset == 0xffffffff) return true;
  return <u64>size <= position && entries * ENTRY_BYTES <= size && (entries > 0 || size == 0);
}
