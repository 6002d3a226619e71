// Addresses of LFS objects when the downloader wants them: asked for in groups, since a question
// costs a round trip; handed out once, and asked for again when they have expired or were refused.

import type { Pointer } from './pointer.ts';
import { type Answers, type Download, GROUP_SIZE } from './batch.ts';

export interface LfsFile extends Pointer {
  readonly path: string;
}

/** An address that is about to expire would be refused half way through a large file. */
const MARGIN_MS = 30_000;

export function downloadsOf(
  files: readonly LfsFile[],
  ask: (objects: readonly Pointer[]) => Promise<Answers>,
  now: () => number,
): (file: LfsFile) => Promise<Download> {
  const groups = groupsOf(files);
  const ready = new Map<string, Promise<Answers>>();

  return async (file) => {
    const known = ready.get(file.path);
    ready.delete(file.path);
    if (known !== undefined) {
      const download = (await known)(file.oid, file.path);
      if ((download.expiresAt ?? Infinity) - MARGIN_MS > now()) return download;
    }
    // The whole group the first time; one by one when an address has to be renewed.
    const group = groups.get(file.path) ?? [file];
    const asked = ask(distinct(group));
    for (const { path } of group) {
      groups.delete(path);
      if (path !== file.path) ready.set(path, asked);
    }
    return (await asked)(file.oid, file.path);
  };
}

function groupsOf(files: readonly LfsFile[]): Map<string, readonly LfsFile[]> {
  const groups = new Map<string, readonly LfsFile[]>();
  for (let start = 0; start < files.length; start += GROUP_SIZE) {
    const group = files.slice(start, start + GROUP_SIZE);
    for (const { path } of group) groups.set(path, group);
  }
  return groups;
}

/** Two files with the same content are one object. */
function distinct(files: readonly LfsFile[]): Pointer[] {
  return [...new Map(files.map((file) => [file.oid, file])).values()];
}
