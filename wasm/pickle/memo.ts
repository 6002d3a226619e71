// The memo of a pickle: any index to any value, as the unpickler keeps it. A directory of pages, so that
// a million entries in order cost four megabytes and an entry far away one page.

import { PAGE_ENTRIES, giveBack, takePage } from './pages';
import { NOTHING } from './values';

const DIRECTORY_ENTRIES: u32 = 4096;
export const DIRECTORY_BYTES: usize = <usize>DIRECTORY_ENTRIES * 4;
/** Indices from here on are refused; CPython would ask for gigabytes. */
export const MAX_MEMO_INDEX: u64 = <u64>DIRECTORY_ENTRIES * PAGE_ENTRIES;

/** NOTHING where the memo has no such entry. */
export function memoGet(directory: usize, index: u64): u32 {
  if (index >= MAX_MEMO_INDEX) return NOTHING;
  const page = load<u32>(directory + (<usize>index / PAGE_ENTRIES) * 4);
  return page == 0 ? NOTHING : load<u32>(<usize>page + (<usize>index % PAGE_ENTRIES) * 4);
}

/** What stood there before; NO_ROOM where there is no memory for it. */
export const NO_ROOM: u32 = u32.MAX_VALUE;

export function memoPut(directory: usize, index: u64, word: u32): u32 {
  if (index >= MAX_MEMO_INDEX) return NO_ROOM;
  const slot = directory + (<usize>index / PAGE_ENTRIES) * 4;
  let page = <usize>load<u32>(slot);
  if (page == 0) {
    page = takePage();
    if (page == 0) return NO_ROOM;
    store<u32>(slot, <u32>page);
  }
  const at = page + (<usize>index % PAGE_ENTRIES) * 4;
  const before = load<u32>(at);
  store<u32>(at, word);
  return before;
}

export function memoClear(directory: usize): void {
  for (let slot = directory; slot < directory + DIRECTORY_BYTES; slot += 4) {
    const page = <usize>load<u32>(slot);
    if (page == 0) continue;
    giveBack(page);
    store<u32>(slot, 0);
  }
}
