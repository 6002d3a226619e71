// sha256 of whole files with Node's own crypto: the hub's default where the caller passes no faster
// one (src/core/hash-files.ts hashes several files at once in worker threads).

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** Hexadecimal sha256 of each file, in order. */
export type HashFiles = (
  files: readonly { readonly path: string; readonly size: number }[],
  signal: AbortSignal,
) => Promise<readonly string[]>;

const READ_BYTES = 1024 * 1024;

export const hashInProcess: HashFiles = async (files, signal) => {
  const digests: string[] = [];
  for (const { path } of files) {
    const hash = createHash('sha256');
    await pipeline(createReadStream(path, { highWaterMark: READ_BYTES }), hash, { signal });
    digests.push(hash.digest('hex'));
  }
  return digests;
};
