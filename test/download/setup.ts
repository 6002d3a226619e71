// What the download tests share: a faulty server, a scratch directory, a real client whose waiting
// takes no time, and one call that downloads everything the server has.

import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ModelError } from '../../src/base/errors.ts';
import type { Manifest, ManifestFile, Stage } from '../../src/base/manifest.ts';
import type { ProgressEvent } from '../../src/base/progress.ts';
import type { DownloadOptions } from '../../src/download/download-context.ts';
import { downloadManifest } from '../../src/download/download-manifest.ts';
import { createHttp } from '../../src/net/http.ts';
import type { Clock } from '../../src/net/clock.ts';
import { type FaultyServer, startFaultyServer } from '../faults/server.ts';

export const MIB = 1024 * 1024;

/** Time flies: what is slept for is only noted. */
export function fastClock(slept: number[] = []): Clock {
  return {
    now: () => Date.now(),
    sleep: (milliseconds, signal) => {
      slept.push(milliseconds);
      signal?.throwIfAborted();
      return new Promise((resolve) => setImmediate(resolve));
    },
  };
}

export interface World {
  readonly server: FaultyServer;
  readonly directory: string;
  readonly manifest: Manifest;
  readonly events: ProgressEvent[];
  readonly slept: number[];
  readonly options: DownloadOptions;
  readonly download: (options?: Partial<DownloadOptions>, files?: readonly ManifestFile[]) => Promise<Stage>;
}

export async function world(files: Readonly<Record<string, Buffer>>): Promise<World> {
  const server = await startFaultyServer(files);
  const scratch = await mkdtemp(join(tmpdir(), 'nix-ai-models-download-'));
  const http = createHttp({ environment: {}, timeouts: { headers: 1_000, body: 1_000 } });
  onTestFinished(async () => {
    await http.close();
    await server.close();
    await rm(scratch, { recursive: true, force: true });
  });
  const manifest = manifestOf(files);
  const events: ProgressEvent[] = [];
  const slept: number[] = [];
  const directory = join(scratch, 'stage');
  const defaults: DownloadOptions = {
    locate: (file) => Promise.resolve({ urls: [`${server.url}/${file.path}`] }),
    http,
    directory,
    progress: (event) => void events.push(event),
    clock: fastClock(slept),
  };
  return {
    server,
    directory,
    manifest,
    events,
    slept,
    options: defaults,
    download: (options = {}, chosen = manifest.files) =>
      downloadManifest({ ...manifest, files: chosen }, { ...defaults, ...options }),
  };
}

export function manifestOf(files: Readonly<Record<string, Buffer>>): Manifest {
  return { source: {}, files: Object.entries(files).map(([path, content]) => pinnedFile(path, content)) };
}

export function pinnedFile(path: string, content: Buffer): { path: string; size: number; sha256: string } {
  return { path, size: content.length, sha256: sha256(content) };
}

/** Bytes without any pattern, so that no two places of a file are alike. */
export function noise(size: number): Buffer {
  return randomBytes(size);
}

export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The error's code, or what happened instead. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(() => 'no error', (thrown: unknown) => thrown);
  return error instanceof ModelError ? error.code : String(error);
}

export async function contentOf(stage: Stage): Promise<Record<string, string>> {
  const read = async (path: string): Promise<string> => sha256(await readFile(join(stage.directory, path)));
  const entries = stage.files.map(async ({ path }) => [path, await read(path)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** Every file below a directory, hidden ones too. */
export async function listing(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name).sort();
}

/** What contentOf should say of a stage of this manifest. */
export function digestsOf({ files }: Manifest): Record<string, string | undefined> {
  return Object.fromEntries(files.map(({ path, sha256 }) => [path, sha256]));
}
