// How the API shows files, directories and repositories: the shapes that HuggingFace's clients read
// (facts: huggingface.js list-files.ts, paths-info.ts, model-info.ts; huggingface_hub hf_api.py).

import type { Repository } from './catalog.ts';
import type { Snapshot, SnapshotFile } from './snapshot.ts';

/** One entry of a tree page or of paths-info; undefined where there is no such path. */
export function entryOf(snapshot: Snapshot, path: string, expand: boolean): object | undefined {
  const extra = expand ? { lastCommit: lastCommitOf(snapshot) } : {};
  const file = snapshot.files.get(path);
  if (file !== undefined) return { type: 'file', ...blobOf(file), path, ...extra };
  const oid = snapshot.directories.get(path);
  return oid === undefined ? undefined : { type: 'directory', oid, size: 0, path, ...extra };
}

function blobOf({ blobId, size, lfs }: SnapshotFile): object {
  if (lfs === undefined) return { oid: blobId, size };
  return { oid: blobId, size, lfs: { oid: lfs.sha256, size, pointerSize: lfs.pointer.length } };
}

/** A served directory has no history: its one commit is the state it is in. */
function lastCommitOf({ commit, modified }: Snapshot): object {
  return { id: commit, title: 'Served directory', date: isoDate(modified) };
}

export interface RepoFlags {
  readonly isPrivate: boolean;
  readonly isGated: boolean;
}

/** What the list of repositories says of one; `infoOf` adds what needs its files. */
export function summaryOf({ kind, id }: Repository, { isPrivate, isGated }: RepoFlags): object {
  const author = id.includes('/') ? { author: id.slice(0, id.indexOf('/')) } : {};
  return {
    _id: `${kind}/${id}`,
    id,
    ...(kind === 'models' ? { modelId: id } : {}),
    ...author,
    private: isPrivate,
    gated: isGated ? 'auto' : false,
    disabled: false,
    downloads: 0,
    likes: 0,
    tags: [],
  };
}

export function infoOf(repository: Repository, snapshot: Snapshot, flags: RepoFlags, blobs: boolean): object {
  const files = [...snapshot.files.values()];
  return {
    ...summaryOf(repository, flags),
    sha: snapshot.commit,
    lastModified: isoDate(snapshot.modified),
    usedStorage: files.reduce((sum, { size }) => sum + size, 0),
    siblings: files.map((file) => (blobs ? siblingOf(file) : { rfilename: file.path })),
  };
}

function siblingOf({ path, size, blobId, lfs }: SnapshotFile): object {
  const own = { rfilename: path, size, blobId };
  if (lfs === undefined) return own;
  return { ...own, lfs: { sha256: lfs.sha256, size, pointerSize: lfs.pointer.length } };
}

function isoDate(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
