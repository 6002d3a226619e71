// Remembers the sha256 digests of one served directory in a small file of the cache directory. It
// only saves time: what is missing, unreadable or of another shape is computed again.

import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface DigestMemory {
  load(): Promise<ReadonlyMap<string, string>>;
  save(digests: ReadonlyMap<string, string>): Promise<void>;
}

const DIGEST = /^[0-9a-f]{64}$/;

/** The memory for a directory; keys are the stamps of walk.ts, which change with the content. */
export function createDigestMemory(cacheDirectory: string, directory: string): DigestMemory {
  const name = createHash('sha1').update(directory).digest('hex');
  const file = join(cacheDirectory, 'hub-digests', `${name}.json`);
  return {
    async load() {
      try {
        const content: unknown = JSON.parse(await readFile(file, 'utf8'));
        return new Map(Object.entries(content ?? {}).filter(isEntry));
      } catch {
        return new Map();
      }
    },
    async save(digests) {
      const temporary = `${file}.${randomUUID()}`;
      try {
        await mkdir(dirname(file), { recursive: true });
        await writeFile(temporary, JSON.stringify(Object.fromEntries(digests)));
        await rename(temporary, file);
      } catch {
        // A read-only or full cache costs the next start some time, and nothing else.
        await rm(temporary, { force: true }).catch(() => undefined);
      }
    },
  };
}

function isEntry(entry: [string, unknown]): entry is [string, string] {
  return typeof entry[1] === 'string' && DIGEST.test(entry[1]);
}
