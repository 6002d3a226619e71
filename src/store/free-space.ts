// Refuses an addition that cannot fit. A daemon that runs out of space reads the rest of the dump
// before it says so, which for a large model means minutes for nothing.

import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelError } from '../base/errors.ts';
import type { Content } from './backend.ts';

const BYTES_PER_MIB = 1024 * 1024;

export async function checkFreeSpace(storeDir: string, content: Content): Promise<void> {
  const needed = await sizeOf(content);
  const free = await freeBytes(storeDir);
  if (free === undefined || needed <= free) return;
  throw new ModelError('DISK_FULL', 'The Nix store has no room for this', {
    subject: storeDir,
    wanted: `${Math.ceil(needed / BYTES_PER_MIB)} MiB`,
    found: `${Math.floor(free / BYTES_PER_MIB)} MiB free`,
    remedies: [
      "Free space on the Nix store's file system: `nix-collect-garbage` removes what nothing uses.",
      'Run the same command again: what has been downloaded is kept.',
    ],
  });
}

/** Undefined where the store is not a directory that this process sees: Nix will find out. */
async function freeBytes(storeDir: string): Promise<number | undefined> {
  return statfs(storeDir).then(
    // The daemon runs as root and may use the blocks that are reserved for it.
    ({ bfree, bsize }) => bfree * bsize,
    () => undefined,
  );
}

async function sizeOf(content: Content): Promise<number> {
  switch (content.kind) {
    case 'nar':
      return content.nar.byteLength;
    case 'file':
      return (await stat(content.file)).size;
    case 'tree': {
      const entries = await readdir(content.directory, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile());
      let size = 0;
      for (const { parentPath, name } of files) size += (await stat(join(parentPath, name))).size;
      return size;
    }
  }
}
