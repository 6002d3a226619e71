// One state of a served directory: what its files are called, how large they are, their digests and
// the commit id that stands for all of it. Pure; made by served-directory.ts, read by the answers.

import type { FileDigests } from './digests.ts';
import { compareBytes, treeIds } from './git-ids.ts';
import type { FoundFile } from './walk.ts';

export type SnapshotFile = FoundFile & FileDigests;

export interface Snapshot {
  /** 40 hexadecimal digits that change with any path or content: git's id of the root directory. */
  readonly commit: string;
  /** Sorted by path, byte order. */
  readonly files: ReadonlyMap<string, SnapshotFile>;
  /** Git's id of each directory but the root. */
  readonly directories: ReadonlyMap<string, string>;
  /** Paths of files and directories together, sorted by byte order. */
  readonly paths: readonly string[];
  /** Newest change of a file, milliseconds since 1970. */
  readonly modified: number;
}

export function createSnapshot(found: readonly FoundFile[], digests: readonly FileDigests[]): Snapshot {
  const none: FileDigests = { blobId: '' };
  const files = found.map((file, place) => ({ ...file, ...(digests[place] ?? none) }));
  const directories = treeIds(files);
  const commit = directories.get('') ?? '';
  directories.delete('');
  return {
    commit,
    files: new Map(files.map((file) => [file.path, file])),
    directories,
    paths: [...files.map((file) => file.path), ...directories.keys()].sort(compareBytes),
    modified: files.reduce((newest, file) => Math.max(newest, file.modified), 0),
  };
}
