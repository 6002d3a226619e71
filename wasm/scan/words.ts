// Lists of words in one literal, ` like these `: arrays of texts at module level would lie in a heap that the
// core does not have.

/** Whether ` word ` stands in the list; letters of either case are the same. */
export function hasWord(words: string, ptr: usize, size: usize): bool {
  const length = <usize>words.length, from = changetype<usize>(words);
  if (size == 0) return false;
  for (let i: usize = 0; i + size + 1 < length; i++) {
    if (load<u16>(from + (i << 1)) != 0x20 || load<u16>(from + ((i + size + 1) << 1)) != 0x20) continue;
    let j: usize = 0;
    while (j < size && <u32>load<u16>(from + ((i + 1 + j) << 1)) == lower(load<u8>(ptr + j))) j++;
    if (j == size) return true;
  }
  return false;
}

@inline
export function lower(byte: u32): u32 {
  return byte - 0x41 < 26 ? byte | 0x20 : byte;
}
