// A file whose content is pinned: from `fileHashes`, from the hashes of URLs, or from a lock.

import { allocate } from '../abi';
import { Digest } from '../digest';
import { List, newList, sortList } from '../list';
import { checkPaths } from '../path-check';
import { compareBytes, Text } from '../text';

@unmanaged
export class PinnedFile {
  path: Text;
  hash: Digest;
  /** Bytes, where `sized`. */
  size: u64;
  sized: bool;
  /** Which version of the object, where the store keeps several; from a lock. */
  version: Text | null;
}

export function pinnedFile(path: Text, hash: Digest, sized: bool, size: u64): PinnedFile {
  const file = changetype<PinnedFile>(allocate(offsetof<PinnedFile>()));
  file.path = path;
  file.hash = hash;
  file.sized = sized;
  file.size = size;
  file.version = null;
  return file;
}

/** Sorts by path, byte order, and refuses hostile names. */
export function checkPinned(files: List<PinnedFile>): void {
  const paths = newList<Text>();
  for (let i = 0; i < files.count; i++) paths.push(files.at(i).path);
  checkPaths(paths);
  sortList<PinnedFile>(files, (a, b) => compareBytes(a.path, b.path));
}
