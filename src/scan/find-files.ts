// Every file below the paths that a scan was given. Symbolic links are followed, because a model in the
// store is a tree of links; a directory is entered once, so that a circle of links ends.

import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface FoundFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

export interface UnreadFile {
  readonly path: string;
  readonly error: string;
}

export interface FoundFiles {
  readonly files: readonly FoundFile[];
  readonly unread: readonly UnreadFile[];
}

export function findFiles(paths: readonly string[]): FoundFiles {
  const files: FoundFile[] = [];
  const unread: UnreadFile[] = [];
  const entered = new Set<string>();
  const visit = (path: string): void => {
    try {
      const status = statSync(path);
      if (status.isFile()) files.push({ path, size: status.size });
      else if (!status.isDirectory()) unread.push({ path, error: 'not a regular file' });
      else if (isNew(entered, realpathSync(path))) {
        for (const name of readdirSync(path).sort()) visit(join(path, name));
      }
    } catch (error) {
      unread.push({ path, error: error instanceof Error ? error.message : String(error) });
    }
  };
  for (const path of paths) visit(path);
  return { files, unread };
}

function isNew(entered: Set<string>, path: string): boolean {
  const before = entered.size;
  return entered.add(path).size > before;
}
