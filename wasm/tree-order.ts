// The order of a tree: names within each folder by their bytes. Comparing whole paths with `/` as
// the lowest byte of all gives exactly that, and puts a folder's files side by side.

import { Text } from './text';

export function compareTree(a: Text, b: Text): i32 {
  const size = min(a.size, b.size);
  for (let i: usize = 0; i < size; i++) {
    const x = a.at(i), y = b.at(i);
    if (x == y) continue;
    if (x == 0x2f) return -1;
    if (y == 0x2f) return 1;
    return <i32>x - <i32>y;
  }
  return (a.size > b.size ? 1 : 0) - (a.size < b.size ? 1 : 0);
}

/** The bytes, counted in whole components with their slash, that two paths have in common. */
export function sharedFolder(a: Text, b: Text): usize {
  let shared: usize = 0;
  for (let i: usize = 0; i < a.size && i < b.size && a.at(i) == b.at(i); i++) {
    if (a.at(i) == 0x2f) shared = i + 1;
  }
  return shared;
}
