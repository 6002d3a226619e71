// Hashes whole files as fast as this machine can: worker threads, each with one file after the other
// or, where the WASM core is the quicker engine, four at a time. Verification and lock files of
// local models call it. Memory stays bounded whatever the sizes; nothing is written.

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { assetPath } from '../base/assets.ts';
import { ModelError, toModelError } from '../base/errors.ts';
import { type Progress, silent } from '../base/progress.ts';
import type { HashAlgorithm } from './core.ts';
import { chooseEngine, type Engine } from './engine.ts';
import type { HashMessage, HashWorkerData } from './hash-worker.ts';
import { LANES } from './lanes.ts';
import { loadModule } from './module.ts';

/** Below this, measuring the engines takes longer than the better one could save. */
const SMALL_JOB_BYTES = 32 * 1024 * 1024;

export interface FileToHash {
  readonly path: string;
  /** What progress and errors call the file; its path when absent. */
  readonly name?: string | undefined;
  /** Large files are begun first, so that no worker is left alone with one at the end. */
  readonly size?: number | undefined;
}

export interface HashFilesOptions {
  readonly algorithm?: HashAlgorithm | undefined;
  readonly engine?: Engine | undefined;
  /** Threads; as many as there are processors when absent. */
  readonly workers?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: Progress | undefined;
}

/** The digests in lower-case hexadecimal, in the order of the files. */
export async function hashFiles(
  files: readonly FileToHash[],
  options: HashFilesOptions = {},
): Promise<string[]> {
  const { signal, progress = silent } = options;
  if (signal?.aborted === true) throw interrupted(signal);
  if (files.length === 0) return [];
  const workers = startWorkers(files, options);
  let abort: (() => void) | undefined;
  try {
    return await new Promise((resolve, reject) => {
      abort = () => {
        reject(interrupted(signal));
      };
      signal?.addEventListener('abort', abort);
      collect(files, workers, progress, resolve, reject);
    });
  } finally {
    if (abort !== undefined) signal?.removeEventListener('abort', abort);
    for (const worker of workers) worker.removeAllListeners('message');
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function startWorkers(files: readonly FileToHash[], options: HashFilesOptions): Worker[] {
  const { algorithm = 'sha256', engine = 'auto', workers = availableParallelism() } = options;
  const threads = Math.max(1, Math.min(workers, files.length));
  // A file in a lane goes at the same speed however many lanes are busy, and faster without lanes:
  // spread the files over the threads before doubling them up.
  const lanes = Math.min(LANES, Math.ceil(files.length / threads));
  const size = (index: number): number => files[index]?.size ?? 0;
  const small = files.reduce((sum, file) => sum + (file.size ?? Infinity), 0) < SMALL_JOB_BYTES;
  const workerData: HashWorkerData = {
    paths: files.map(({ path }) => path),
    order: [...files.keys()].sort((a, b) => size(b) - size(a)),
    taken: new SharedArrayBuffer(4),
    algorithm,
    engine: engine === 'auto' && small ? 'native' : chooseEngine(engine, algorithm === 'sha256' ? lanes : 1),
    module: loadModule(),
    lanes,
  };
  const script = assetPath('hash-worker.js');
  return Array.from({ length: threads }, () => new Worker(script, { workerData, execArgv: [] }));
}

/** Listens to the workers until every file has its digest or one of them has failed. */
function collect(
  files: readonly FileToHash[],
  workers: readonly Worker[],
  progress: Progress,
  resolve: (digests: string[]) => void,
  reject: (error: Error) => void,
): void {
  const digests = new Map<number, string>();
  const take = (message: HashMessage): void => {
    const file = files[message.index];
    if (file === undefined) return;
    report(file, message, progress);
    if (message.type === 'failed') reject(unreadable(file, message));
    if (message.type === 'done') digests.set(message.index, message.digest);
    if (digests.size === files.length) resolve(files.map((_, index) => digests.get(index) ?? ''));
  };
  for (const worker of workers) {
    worker.on('message', take);
    worker.on('error', (cause) => {
      reject(new ModelError('INTERNAL', 'A hash worker failed', { cause }));
    });
  }
}

function report(file: FileToHash, message: HashMessage, progress: Progress): void {
  const path = file.name ?? file.path;
  if (message.type === 'start') progress({ type: 'start', path, size: file.size, resumed: 0 });
  if (message.type === 'bytes') progress({ type: 'bytes', path, count: message.count });
  if (message.type === 'done') progress({ type: 'done', path, size: message.size });
}

function interrupted(signal: AbortSignal | undefined): ModelError {
  return new ModelError('INTERRUPTED', 'Interrupted while hashing files', { cause: signal?.reason });
}

/** The worker's system error, which lost its code on the way, as the error a user meets. */
function unreadable(file: FileToHash, { reason, errno }: HashMessage & { type: 'failed' }): ModelError {
  const cause = Object.assign(new Error(reason), { code: errno });
  const { code } = toModelError(cause);
  const subject = file.name ?? file.path;
  return new ModelError(code === 'INTERNAL' ? 'IO' : code, `Cannot read ${subject}: ${reason}`, { subject, cause });
}
