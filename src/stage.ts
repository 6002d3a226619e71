// Turns a manifest into a verified stage below the cache directory, and removes it once its files
// are in the store. The folder's name comes from what is being fetched, so that an interrupted run
// is found again by the next one, in any process.

import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest, Stage } from './base/manifest.ts';
import type { Context } from './context.ts';
import { downloadManifest } from './download/download-manifest.ts';
import { lockStage } from './download/stage-lock.ts';
import { locatorOf } from './resolve.ts';
import { withScratch } from './scratch.ts';

/**
 * What a stage is for. A `tree` is added whole, so its folder may hold exactly the manifest's
 * files; `files` are added one by one, so any missing subset of a model shares one folder.
 */
export type Purpose = 'tree' | 'files' | 'lock';

/**
 * Gives `use` the stage of a manifest to itself: no other process downloads into it, adds from it or
 * removes it meanwhile. `use` calls `download` unless another process has just done its work. The
 * stage is removed when `use` has returned, and stays for the next run when it has thrown.
 */
export async function withStage<T>(
  manifest: Manifest,
  purpose: Purpose,
  context: Context,
  use: (download: () => Promise<Stage>) => Promise<T>,
): Promise<T> {
  const folder = stageFolder(manifest, purpose, context.cacheDirectory);
  const lock = await lockStage(`${folder}.lock`, context);
  try {
    const result = await use(() => downloadInto(manifest, context, join(folder, 'files'), join(folder, 'journal')));
    await rm(folder, { recursive: true, force: true });
    return result;
  } finally {
    await lock.release();
  }
}

/** Downloads what is missing of a manifest; files that are there already cost no request. */
export async function downloadInto(
  manifest: Manifest,
  context: Context,
  directory: string,
  journalDirectory: string,
): Promise<Stage> {
  const { http, connections, progress, signal } = context;
  return await withScratch(context.cacheDirectory, (scratchDirectory) =>
    downloadManifest(manifest, {
      locate: locatorOf(manifest, context, scratchDirectory),
      http,
      directory,
      journalDirectory,
      connections,
      progress,
      signal,
    }),
  );
}

function stageFolder(manifest: Manifest, purpose: Purpose, cacheDirectory: string): string {
  const paths = purpose === 'tree' ? manifest.files.map(({ path }) => path) : [];
  // Where no digest vouches for what an interrupted run has left, another version starts anew.
  const versions = purpose === 'files' ? [] : manifest.files.flatMap(({ version }) => version ?? []);
  const identity = JSON.stringify([purpose, manifest.source, manifest.revision, paths, versions]);
  return join(cacheDirectory, 'stage', createHash('sha256').update(identity).digest('hex').slice(0, 32));
}
