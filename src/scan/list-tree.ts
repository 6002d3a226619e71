// Everything in a directory, links as links: what the core judges a directory by.

import { readdirSync, readlinkSync } from 'node:fs';
import type { Dirent } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { TreeEntry } from '../core/scan-tree.ts';

/** What cannot be read is left out: find-files.ts reports it. */
export function listTree(root: string): TreeEntry[] {
  const entries: TreeEntry[] = [];
  const top = resolve(root);
  /** An absolute link that stays inside is told as a relative one. */
  const targetOf = (path: string): string => {
    const target = readlinkSync(join(root, path));
    const isInside = target === top || target.startsWith(`${top}/`);
    return isInside ? relative(dirname(join(top, path)), target) || '.' : target;
  };
  const visit = (directory: string): void => {
    for (const entry of read(join(root, directory))) {
      const path = directory === '' ? entry.name : `${directory}/${entry.name}`;
      if (entry.isSymbolicLink()) entries.push({ path, type: 'symlink', target: targetOf(path) });
      else if (entry.isFile()) entries.push({ path, type: 'file' });
      else if (entry.isDirectory()) {
        entries.push({ path, type: 'directory' });
        visit(path);
      }
    }
  };
  visit('');
  return entries;
}

function read(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}
