// The script of a hash worker thread: takes files from the list that all workers share, hashes them
// and posts what happened. Started by hash-files.ts only.

import { parentPort, workerData } from 'node:worker_threads';
import type { HashAlgorithm } from './core.ts';
import { hashInLanes, hashOneByOne, type Queue } from './hash-queue.ts';
import { createHasher, wasmHasher } from './hasher.ts';
import { CoreInstance } from './instance.ts';
import type { QueuedFile } from './open-file.ts';

export interface HashWorkerData {
  readonly paths: readonly string[];
  /** Indices into `paths` in the order in which they are to be taken. */
  readonly order: readonly number[];
  /** Int32: how many of `order` the workers have taken. */
  readonly taken: SharedArrayBuffer;
  readonly algorithm: HashAlgorithm;
  readonly engine: 'native' | 'wasm';
  readonly module: WebAssembly.Module;
  /** Files at once in this worker, where the engine can. */
  readonly lanes: number;
}

export type HashMessage =
  | { readonly type: 'start'; readonly index: number }
  | { readonly type: 'bytes'; readonly index: number; readonly count: number }
  | { readonly type: 'done'; readonly index: number; readonly digest: string; readonly size: number }
  | { readonly type: 'failed'; readonly index: number; readonly reason: string; readonly errno?: string | undefined };

/** Progress is posted in steps of this size: a message per read would cost more than the read. */
const REPORT_BYTES = 4 * 1024 * 1024;

function createQueue({ paths, order, taken }: HashWorkerData): Queue {
  const counter = new Int32Array(taken);
  const unreported = new Map<number, number>();
  return {
    next: () => {
      const index = order[Atomics.add(counter, 0, 1)];
      const path = index === undefined ? undefined : paths[index];
      if (index === undefined || path === undefined) return undefined;
      post({ type: 'start', index });
      return { index, path };
    },
    read: ({ index }, count) => {
      const total = (unreported.get(index) ?? 0) + count;
      unreported.set(index, total < REPORT_BYTES ? total : 0);
      if (total >= REPORT_BYTES) post({ type: 'bytes', index, count: total });
    },
    done: ({ index }, digest, size) => {
      const count = unreported.get(index) ?? 0;
      unreported.delete(index);
      if (count > 0) post({ type: 'bytes', index, count });
      post({ type: 'done', index, digest, size });
    },
    failed: (file, error) => {
      post(failure(file, error));
    },
  };
}

function failure({ index }: QueuedFile, error: unknown): HashMessage {
  const { message, code }: NodeJS.ErrnoException = error instanceof Error ? error : new Error(String(error));
  return { type: 'failed', index, reason: message, errno: code };
}

function post(message: HashMessage): void {
  parentPort?.postMessage(message);
}

function run(data: HashWorkerData): void {
  const { algorithm, engine, module, lanes } = data;
  const queue = createQueue(data);
  if (engine === 'native') hashOneByOne(queue, () => createHasher({ algorithm, engine }));
  else if (algorithm === 'sha512' || lanes < 2) hashOneByOne(queue, () => wasmHasher(algorithm, module));
  else hashInLanes(queue, new CoreInstance(module), lanes);
}

run(workerData as HashWorkerData);
