// The digests of small files that nobody wants to keep (a lock needs no more): each is fetched and
// hashed in memory and never touches the disk. Everything else is as in a download, by the same
// parts: retries, mirrors, sizes, the digests that are known. Called by lock-models.ts.

import { ModelError } from '../base/errors.ts';
import type { ManifestFile, StagedFile } from '../base/manifest.ts';
import { silent } from '../base/progress.ts';
import { createContentDigests, findMismatch } from '../core/content-digests.ts';
import { BlockPool } from './block-pool.ts';
import { DEFAULT_CONNECTIONS, type DownloadOptions } from './download-context.ts';
import { fetchPart } from './fetch-part.ts';
import { SMALL_FILE_BYTES } from './part-size.ts';
import { RemoteFile } from './remote-file.ts';
import { runSlots } from './slots.ts';

type DigestOptions = Omit<DownloadOptions, 'directory' | 'journalDirectory'>;
type DigestContext = DigestOptions & { readonly signal: AbortSignal; readonly blocks: BlockPool };
type SmallFile = ManifestFile & { readonly size: number };

/** Larger ones go through a stage: an interruption must not cost all of them. */
export function isSmallFile(file: ManifestFile): file is SmallFile {
  return file.size !== undefined && file.size <= SMALL_FILE_BYTES;
}

export async function digestSmallFiles(
  files: readonly SmallFile[],
  options: DigestOptions,
): Promise<StagedFile[]> {
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  const context = { ...options, signal, blocks: new BlockPool() };
  const waiting = files.entries();
  const digested: StagedFile[] = [];
  const slots = runSlots(options.connections ?? DEFAULT_CONNECTIONS, () => {
    const { done, value } = waiting.next();
    if (done === true) return undefined;
    const [index, file] = value;
    return async () => void (digested[index] = await digestFile(file, context));
  });
  try {
    await slots.done;
    return digested;
  } catch (error) {
    stop.abort(error);
    await slots.idle;
    throw error;
  }
}

async function digestFile(file: SmallFile, context: DigestContext): Promise<StagedFile> {
  const remote = new RemoteFile(file, context);
  let restarted = false;
  for (;;) {
    try {
      return await fetchDigests(file, remote, context);
    } catch (error) {
      context.signal.throwIfAborted();
      const code = error instanceof ModelError ? error.code : undefined;
      if (code === 'HASH_MISMATCH') await remote.nextMirror(remote.mirror, error);
      else if (code === 'REMOTE_CHANGED' && !restarted) restarted = true;
      else throw error;
      remote.forget();
    }
  }
}

async function fetchDigests(
  file: SmallFile,
  remote: RemoteFile,
  context: DigestContext,
): Promise<StagedFile> {
  const { path, size } = file;
  const { progress = silent, retryPolicy: policy, clock, random, signal, blocks } = context;
  progress({ type: 'start', path, size, resumed: 0 });
  let digests = createContentDigests(file, size);
  await fetchPart({
    remote,
    range: { start: 0, end: size },
    signal,
    retry: { path, policy, clock, random, signal, progress },
    blocks,
    accept: ({ kind }, asked) => {
      if (kind === 'range') return Promise.resolve(asked);
      digests = createContentDigests(file, size);
      return Promise.resolve({ start: 0, end: size });
    },
    write: (bytes) => {
      digests.update(bytes);
      progress({ type: 'bytes', path, count: bytes.length });
      return Promise.resolve();
    },
  });
  const found = digests.digest();
  const mismatch = findMismatch(file, found);
  if (mismatch !== undefined) {
    const message = 'The file does not have the hash it should have';
    throw new ModelError('HASH_MISMATCH', message, { subject: path, ...mismatch });
  }
  progress({ type: 'done', path, size });
  return { path, size, sha256: found.sha256 };
}
