// The few strings that a rule asks for by name. They are recognised when they are read and never
// forgotten, because picklers write such a string once and then only refer to it.

export const STORAGE_WORD: u32 = 1;
export const LATIN1_WORD: u32 = 2;
export const SHAPE_WORD: u32 = 3;
export const DTYPE_WORD: u32 = 4;
export const ALIGNMENT_WORD: u32 = 5;

/** 32 bytes each: the size, then the word. */
const ROW: usize = 32;
const WORDS: usize = memory.data<u8>([
  7, 0x73, 0x74, 0x6f, 0x72, 0x61, 0x67, 0x65, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  6, 0x6c, 0x61, 0x74, 0x69, 0x6e, 0x31, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  5, 0x73, 0x68, 0x61, 0x70, 0x65, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  5, 0x64, 0x74, 0x79, 0x70, 0x65, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  27, 0x6e, 0x75, 0x6d, 0x70, 0x79, 0x5f, 0x61, 0x72, 0x72, 0x61, 0x79, 0x5f, 0x61, 0x6c, 0x69, 0x67, 0x6e, 0x6d, 0x65,
  0x6e, 0x74, 0x5f, 0x62, 0x79, 0x74, 0x65, 0x73, 0, 0, 0, 0,
]);

/** The word that these bytes are, or 0. */
export function wordOf(ptr: usize, size: usize): u32 {
  if (size < 5 || size > 27) return 0;
  for (let word: u32 = 1; word <= ALIGNMENT_WORD; word++) {
    if (wordSize(word) == size && memory.compare(wordBytes(word), ptr, size) == 0) return word;
  }
  return 0;
}

@inline
export function wordSize(word: u32): usize {
  return load<u8>(WORDS + <usize>(word - 1) * ROW);
}

@inline
export function wordBytes(word: u32): usize {
  return WORDS + <usize>(word - 1) * ROW + 1;
}
