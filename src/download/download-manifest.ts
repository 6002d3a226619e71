// Turns a manifest into a stage: a directory that holds the manifest's files, each one verified.
// Called by the pipelines. It does not know which hub the files come from, and it may be killed at
// any moment: the next call, in any process, goes on where this one stopped.

import { open, readdir, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Manifest, ManifestFile, Stage, StagedFile } from '../base/manifest.ts';
import { checkPaths } from '../core/check-paths.ts';
import { checkFreeSpace, makeDirectory } from './disk-errors.ts';
import { createContext, type DownloadContext, type DownloadOptions, PARTIAL_NAME, partialPaths } from './download-context.ts';
import { FileDownload } from './file-download.ts';
import { FinishedFiles, RECORDS_NAME } from './finished-files.ts';
import { PartQueue } from './part-queue.ts';
import { runSlots } from './slots.ts';
import { lockStage } from './stage-lock.ts';

export async function downloadManifest(manifest: Manifest, options: DownloadOptions): Promise<Stage> {
  checkPaths(manifest.files.map((file) => file.path));
  const context = createContext(options);
  const { directory, journalDirectory, signal, progress } = context;
  const isNew = await makeDirectory(directory);
  await makeDirectory(journalDirectory);
  const lock = await lockStage(join(journalDirectory, 'lock'), { signal, progress, clock: options.clock });
  try {
    const finished = await FinishedFiles.open(context);
    const staged = new Map<string, StagedFile>();
    const take = (file: StagedFile): void => void staged.set(file.path, file);
    try {
      if (!isNew) await findFinished(manifest.files, { context, finished, take });
      const missing = manifest.files.filter((file) => !staged.has(file.path));
      await checkFreeSpace(directory, await bytesToWrite(missing, context));
      await fetchFiles(missing, { context, finished, take });
    } finally {
      await finished.close();
    }
    await syncFolders(manifest.files, directory);
    await tidyUp(context);
    return { directory, files: manifest.files.flatMap((file) => staged.get(file.path) ?? []) };
  } finally {
    await context.digests.close();
    await lock.release();
    await rmdir(journalDirectory).catch(() => undefined);
  }
}

interface Job {
  readonly context: DownloadContext;
  readonly finished: FinishedFiles;
  readonly take: (file: StagedFile) => void;
}

/** What a former run has finished, or what is there and has the right digest. */
async function findFinished(files: readonly ManifestFile[], { context, finished, take }: Job): Promise<void> {
  const waiting = [...files].reverse();
  const { done } = runSlots(context.connections, () => {
    const file = waiting.pop();
    if (file === undefined) return undefined;
    return async () => {
      context.signal.throwIfAborted();
      const staged = await finished.find(file);
      if (staged !== undefined) take(staged);
    };
  });
  await done;
}

async function bytesToWrite(files: readonly ManifestFile[], context: DownloadContext): Promise<number> {
  const begun = new Set((await readdir(context.directory)).filter((name) => PARTIAL_NAME.test(name)));
  const sizes = files.map(async (file) => {
    const { partial } = partialPaths(file, context);
    // Blocks and not the size: a partial file has holes.
    const present = begun.has(basename(partial)) ? (await stat(partial)).blocks * 512 : 0;
    return Math.max(0, (file.size ?? 0) - present);
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

async function fetchFiles(files: readonly ManifestFile[], { context, finished, take }: Job): Promise<void> {
  // One failure stops everything else; what has arrived is kept by close().
  const stop = new AbortController();
  const own = { ...context, signal: AbortSignal.any([context.signal, stop.signal]) };
  const downloads = files.map((file) => new FileDownload(file, own, finished));
  const queue = new PartQueue(downloads, { connections: context.connections, onFile: take });
  const slots = runSlots(context.connections, () => queue.next());
  own.wake = slots.wake;
  try {
    await slots.done;
  } catch (error) {
    stop.abort(error);
    await slots.idle;
    throw error;
  } finally {
    await Promise.all(downloads.map((download) => download.close()));
  }
}

/** A rename is on disk when its folder is. */
async function syncFolders(files: readonly ManifestFile[], directory: string): Promise<void> {
  const folders = new Set([directory, ...files.map(({ path }) => dirname(join(directory, path)))]);
  for (const folder of folders) {
    const handle = await open(folder, 'r');
    await handle.datasync().finally(() => handle.close());
  }
}

/** The stage is complete: what only served to go on is of no use any more. */
async function tidyUp({ directory, journalDirectory }: DownloadContext): Promise<void> {
  const partials = (await readdir(directory)).filter((name) => PARTIAL_NAME.test(name));
  const journals = (await readdir(journalDirectory)).filter((name) => name.endsWith('.journal'));
  const leftovers = [
    ...partials.map((name) => join(directory, name)),
    ...journals.map((name) => join(journalDirectory, name)),
    join(journalDirectory, RECORDS_NAME),
  ];
  await Promise.all(leftovers.map((path) => rm(path, { force: true })));
}
