// What every part of one download shares: the caller's options with their defaults, and where the
// files of one stage lie. Made once by download-manifest.ts, never changed.

import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import type { Locate, ManifestFile } from '../base/manifest.ts';
import { type Progress, silent } from '../base/progress.ts';
import type { Clock } from '../net/clock.ts';
import type { Http } from '../net/http.ts';
import type { RetryPolicy } from '../net/retry-policy.ts';
import type { RetryOptions } from '../net/with-retries.ts';
import { BlockPool } from './block-pool.ts';
import { DigestPool } from './digest-pool.ts';
import type { PartialPaths } from './partial-file.ts';

export interface DownloadOptions {
  readonly locate: Locate;
  readonly http: Http;
  /** The stage: created where it does not exist. Unfinished files lie in it under hidden names. */
  readonly directory: string;
  /** What another process needs to go on; gone when the stage is complete. */
  readonly journalDirectory?: string | undefined;
  /** Requests at the same time, over all files. */
  readonly connections?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: Progress | undefined;
  readonly retryPolicy?: RetryPolicy | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: (() => number) | undefined;
}

export interface DownloadContext {
  readonly locate: Locate;
  readonly http: Http;
  readonly directory: string;
  readonly journalDirectory: string;
  readonly connections: number;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  readonly retry: Omit<RetryOptions, 'path'>;
  readonly blocks: BlockPool;
  readonly digests: DigestPool;
  /** Tells the slots that a file has work again. */
  wake: () => void;
}

/** What hubs and their CDNs bear from one client, and enough to fill a fast line. */
export const DEFAULT_CONNECTIONS = 8;

export function createContext(options: DownloadOptions): DownloadContext {
  const { locate, http, directory, progress = silent, retryPolicy, clock, random } = options;
  const signal = options.signal ?? new AbortController().signal;
  return {
    locate,
    http,
    directory,
    journalDirectory: options.journalDirectory ?? `${directory}.journal`,
    connections: Math.max(1, options.connections ?? DEFAULT_CONNECTIONS),
    signal,
    progress,
    retry: { policy: retryPolicy, clock, random, signal, progress },
    blocks: new BlockPool(),
    digests: new DigestPool(),
    wake: () => undefined,
  };
}

/** Matches the names of partial files, and no name that an honest model has. */
export const PARTIAL_NAME = /^\..*\.[0-9a-f]{16}\.partial$/;

/** A name of its own for each path: flat, short enough, and still telling which file it is. */
export function partialPaths(
  { path }: ManifestFile,
  { directory, journalDirectory }: Pick<DownloadContext, 'directory' | 'journalDirectory'>,
): PartialPaths {
  const digest = createHash('sha256').update(path).digest('hex').slice(0, 16);
  const name = `${basename(path).replace(/[^A-Za-z0-9._-]/g, '_').slice(0, 100)}.${digest}`;
  return {
    partial: join(directory, `.${name}.partial`),
    journal: join(journalDirectory, `${name}.journal`),
    final: join(directory, path),
  };
}
