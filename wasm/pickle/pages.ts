// Pages of reserved memory for memos. They are taken from a pool that grows only between two steps of
// the scan, while the arena is empty, and go back to it when a stream ends.

import { reserve } from '../abi';

/** Entries of a memo in one page. */
export const PAGE_ENTRIES: u32 = 4096;
const PAGE_BYTES: usize = <usize>PAGE_ENTRIES * 4;
/** Pages reserved at once: 1 MiB. */
const CHUNK_PAGES: usize = 64;
/** All memos of a file together: 16 million entries, 64 MiB. */
const MAX_PAGES: usize = 4096;
/** A step pauses when fewer are left, so that the pool can grow. */
const LOW_PAGES: usize = 2;

/** The first free page; each begins with the address of the next. */
let free: usize = 0;
let freePages: usize = 0;
let allPages: usize = 0;

/** Called between steps. */
export function provideMemory(): void {
  // Nothing reads a pickle yet: no memory for it either.
  if (!wanted || freePages > LOW_PAGES || allPages >= MAX_PAGES) return;
  const chunk = reserve(PAGE_BYTES * CHUNK_PAGES);
  for (let i: usize = 0; i < CHUNK_PAGES; i++) giveBack(chunk + i * PAGE_BYTES);
  allPages += CHUNK_PAGES;
}

let wanted = false;
/** From the first pickle on. */
export function wantPages(): void {
  wanted = true;
}

/** Whether the step should end soon. */
@inline
export function pagesAreLow(): bool {
  return freePages <= LOW_PAGES && allPages < MAX_PAGES;
}

/** A page of zeros; 0 where there is none. */
export function takePage(): usize {
  const page = free;
  if (page == 0) return 0;
  free = load<usize>(page);
  freePages--;
  memory.fill(page, 0, PAGE_BYTES);
  return page;
}

export function giveBack(page: usize): void {
  store<usize>(page, free);
  free = page;
  freePages++;
}
