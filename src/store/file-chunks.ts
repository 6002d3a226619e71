// A file as large chunks for hashing and sending. Two buffers take turns: while one is being used
// the other is being filled, so disk, hash and daemon work at the same time in flat memory.

import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { ModelError } from '../base/errors.ts';

const CHUNK_BYTES = 1024 * 1024;

/** A chunk's memory is used again once the next chunk has been asked for. */
export async function* fileChunks(file: string): AsyncGenerator<Uint8Array, void, undefined> {
  // Without O_NONBLOCK a pipe in a file's place would block for ever.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!(await handle.stat()).isFile()) throw new ModelError('IO', 'Not a regular file', { subject: file });
    let [current, spare] = [Buffer.allocUnsafeSlow(CHUNK_BYTES), Buffer.allocUnsafeSlow(CHUNK_BYTES)];
    let reading = handle.read(current, 0, CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await reading;
      if (bytesRead === 0) return;
      reading = handle.read(spare, 0, CHUNK_BYTES);
      reading.catch(() => undefined); // met at the next turn, if there is one
      yield current.subarray(0, bytesRead);
      [current, spare] = [spare, current];
    }
  } finally {
    await handle.close();
  }
}
