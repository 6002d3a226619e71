// Turns a manifest into a verified stage below the cache directory, and removes it once its files
// are in the store. The folder's name comes from what is being fetched, so that an interrupted run
// is found again by the next one, in any process.

import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest, Stage } from './base/manifest.ts';
import type { Context } from './context.ts';
import { downloadManifest } from './download/download-manifest.ts';
import { locatorOf } from './resolve.ts';
import { withScratch } from './scratch.ts';

/**
 * What a stage is for. A `tree` is added whole, so its folder may hold exactly the manifest's
 * files; `files` are added one by one, so any missing subset of a model shares one folder.
 */
export type Purpose = 'tree' | 'files' | 'lock';

/** Downloads what is missing of a manifest; a stage that is whole already costs no request. */
export async function stageManifest(manifest: Manifest, purpose: Purpose, context: Context): Promise<Stage> {
  const folder = stageFolder(manifest, purpose, context.cacheDirectory);
  return await downloadInto(manifest, context, join(folder, 'files'), join(folder, 'journal'));
}

/** The same into a given directory, such as a builder's output. */
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

/** Removes a stage whose files have found their place. */
export async function discardStage(manifest: Manifest, purpose: Purpose, context: Context): Promise<void> {
  await rm(stageFolder(manifest, purpose, context.cacheDirectory), { recursive: true, force: true });
}

function stageFolder(manifest: Manifest, purpose: Purpose, cacheDirectory: string): string {
  const paths = purpose === 'tree' ? manifest.files.map(({ path }) => path) : [];
  const identity = JSON.stringify([purpose, manifest.source, manifest.revision, paths]);
  return join(cacheDirectory, 'stage', createHash('sha256').update(identity).digest('hex').slice(0, 32));
}
