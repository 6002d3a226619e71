// Scans many files: here where that is quicker than starting threads, else in as many worker threads as
// there are processors. Each file is scanned by one of them from beginning to end.

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { assetPath } from '../base/assets.ts';
import { ModelError } from '../base/errors.ts';
import { loadModule } from '../core/module.ts';
import { FileScanner } from '../core/scan-file.ts';
import type { ScanReport } from '../core/scan-file.ts';
import type { FoundFile } from './find-files.ts';
import type { ScanMessage, ScanWorkerData } from './scan-worker.ts';

/** Starting threads takes about as long as scanning this many small files. */
const FEW_FILES = 2000;
/** Or as reading through so many bytes of pickles. (Checkpoints are larger and read in parts only.) */
const FEW_BYTES = 32 * 1024 * 1024;

export interface ScanFilesOptions {
  readonly workers?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export type ScanResult = { readonly report: ScanReport } | { readonly error: string };

/** The results in the order of the files. */
export async function scanFiles(
  files: readonly FoundFile[],
  options: ScanFilesOptions = {},
): Promise<ScanResult[]> {
  const { workers = availableParallelism(), signal } = options;
  signal?.throwIfAborted();
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const threads = Math.min(workers, files.length);
  if (threads < 2 || (files.length < FEW_FILES && bytes < FEW_BYTES)) return scanHere(files, signal);
  return scanInThreads(files, threads, signal);
}

function scanHere(files: readonly FoundFile[], signal: AbortSignal | undefined): ScanResult[] {
  const scanner = new FileScanner();
  return files.map(({ path }) => {
    signal?.throwIfAborted();
    try {
      return { report: scanner.scanFile(path) };
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    }
  });
}

async function scanInThreads(
  files: readonly FoundFile[],
  threads: number,
  signal: AbortSignal | undefined,
): Promise<ScanResult[]> {
  const size = (index: number): number => files[index]?.size ?? 0;
  const workerData: ScanWorkerData = {
    paths: files.map(({ path }) => path),
    order: [...files.keys()].sort((a, b) => size(b) - size(a)),
    taken: new SharedArrayBuffer(4),
    module: loadModule(),
  };
  const script = assetPath('scan-worker.js');
  const workers = Array.from({ length: threads }, () => new Worker(script, { workerData, execArgv: [] }));
  let abort: (() => void) | undefined;
  try {
    return await new Promise((resolve, reject) => {
      abort = () => {
        reject(new ModelError('INTERRUPTED', 'Interrupted while scanning files', { cause: signal?.reason }));
      };
      signal?.addEventListener('abort', abort);
      collect(files.length, workers, resolve, reject);
    });
  } finally {
    if (abort !== undefined) signal?.removeEventListener('abort', abort);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function collect(
  count: number,
  workers: readonly Worker[],
  resolve: (results: ScanResult[]) => void,
  reject: (error: Error) => void,
): void {
  const results = new Map<number, ScanResult>();
  const take = ({ index, report, error = 'not scanned' }: ScanMessage): void => {
    results.set(index, report === undefined ? { error } : { report });
    if (results.size === count) resolve(Array.from({ length: count }, (_, at) => results.get(at) ?? { error: 'not scanned' }));
  };
  for (const worker of workers) {
    worker.on('message', take);
    worker.on('error', (cause) => {
      reject(new ModelError('INTERNAL', 'A scan worker failed', { cause }));
    });
  }
}
