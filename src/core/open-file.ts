// One file being read from start to end by a hash worker, synchronously: the worker has nothing else
// to do. Only regular files: a pipe among a model's files must not block the worker for ever.

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** A file that waits for a hash worker: its place in the list, and where it lies. */
export interface QueuedFile {
  readonly index: number;
  readonly path: string;
}

export class OpenFile {
  readonly #descriptor: number;
  /** Bytes read so far. */
  position = 0;
  ended = false;

  constructor(path: string) {
    this.#descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (fstatSync(this.#descriptor).isFile()) return;
    this.close();
    throw new Error('not a regular file');
  }

  /** Fills the buffer, or as much of it as the file still has; how much that was. */
  fill(buffer: Uint8Array): number {
    let count = 0;
    while (count < buffer.length && !this.ended) {
      const read = readSync(this.#descriptor, buffer, count, buffer.length - count, null);
      this.ended = read === 0;
      count += read;
    }
    this.position += count;
    return count;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
