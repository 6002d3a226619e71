// Follows growing files with hashing worker threads, so that a file's digests are known the moment
// its last byte is written. Small files are not worth a thread: they are hashed here, at the end.

import { closeSync, openSync, readSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { assetPath } from '../base/assets.ts';
import { ModelError } from '../base/errors.ts';
import { createContentDigests, type FoundDigests, type KnownDigests } from '../core/content-digests.ts';
import type { DigestReply, DigestRequest } from './digest-worker.ts';
import { SMALL_FILE_BYTES } from './part-size.ts';

/**
 * With SHA instructions two outrun a 10 Gbit/s line; each costs about 12 MiB of memory. One core is
 * left to the main thread, which receives.
 */
const MAX_WORKERS = 3;
/** Waking a thread costs about as much as hashing 100 KiB: not for every write. */
const STEP_BYTES = 4 * 1024 * 1024;
const READ_BYTES = 256 * 1024;

/** The digests-to-be of one file. */
export interface Follower {
  /** The bytes before `frontier` are in the file now. */
  advance(frontier: number): void;
  /** To be called once, when the file is whole. */
  finish(): Promise<FoundDigests> | FoundDigests;
  drop(): void;
}

interface Waiting {
  readonly resolve: (digests: FoundDigests) => void;
  readonly reject: (error: Error) => void;
}

export class DigestPool {
  readonly #workers: Worker[] = [];
  readonly #waiting = new Map<number, Waiting>();
  readonly #failures = new Map<number, Error>();
  /** A worker that died: whoever waits for it, or will, must hear of it. */
  #broken: Error | undefined;
  #nextId = 0;

  follow(file: string, known: KnownDigests, size: number): Follower {
    if (size <= SMALL_FILE_BYTES) {
      const nothing = (): void => undefined;
      return { advance: nothing, finish: () => digestSmallFile(file, known, size), drop: nothing };
    }
    const id = this.#nextId++;
    const worker = this.#workerFor(id);
    const tell = (request: DigestRequest): void => {
      worker.postMessage(request);
    };
    tell({ type: 'open', id, file, known, size });
    let told = 0;
    return {
      advance: (frontier) => {
        if (frontier - told < STEP_BYTES) return;
        told = frontier;
        tell({ type: 'advance', id, frontier });
      },
      finish: async () => {
        tell({ type: 'advance', id, frontier: size });
        tell({ type: 'finish', id });
        return await this.#reply(id, file);
      },
      drop: () => {
        tell({ type: 'drop', id });
      },
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #workerFor(id: number): Worker {
    const index = id % Math.max(1, Math.min(MAX_WORKERS, availableParallelism() - 1));
    return (this.#workers[index] ??= this.#startWorker());
  }

  #startWorker(): Worker {
    const worker = new Worker(assetPath('digest-worker.js'));
    worker.on('message', (reply: DigestReply) => {
      this.#settle(reply);
    });
    worker.on('error', (error) => {
      this.#broken = error;
      for (const { reject } of this.#waiting.values()) reject(error);
    });
    return worker;
  }

  async #reply(id: number, file: string): Promise<FoundDigests> {
    try {
      return await new Promise((resolve, reject) => {
        const failure = this.#broken ?? this.#failures.get(id);
        if (failure === undefined) this.#waiting.set(id, { resolve, reject });
        else reject(failure);
      });
    } catch (error) {
      throw new ModelError('IO', `Cannot hash what was downloaded: ${String(error)}`, { subject: file, cause: error });
    }
  }

  #settle(reply: DigestReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ('digests' in reply) waiting?.resolve(reply.digests);
    else if (waiting !== undefined) waiting.reject(new Error(reply.failure));
    else this.#failures.set(reply.id, new Error(reply.failure));
  }
}

// Synchronous on purpose: the bytes have just been written and lie in memory, and for a file of a
// few hundred bytes each trip through Node's thread pool costs more than all of this.
function digestSmallFile(file: string, known: KnownDigests, size: number): FoundDigests {
  const digests = createContentDigests(known, size);
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, size + 1));
    for (;;) {
      const count = readSync(descriptor, buffer);
      if (count === 0) return digests.digest();
      digests.update(buffer.subarray(0, count));
    }
  } finally {
    closeSync(descriptor);
  }
}
