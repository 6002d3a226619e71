// A folder for what a source keeps beside the model while a pipeline runs (a git repository, the
// small files in it). Made by the source when it needs one, removed here whatever happens.

import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

export async function withScratch<T>(
  cacheDirectory: string,
  action: (scratchDirectory: string) => Promise<T>,
): Promise<T> {
  const scratchDirectory = join(cacheDirectory, 'scratch', randomUUID());
  try {
    return await action(scratchDirectory);
  } finally {
    await rm(scratchDirectory, { recursive: true, force: true });
  }
}
