// What a hash worker does with a queue of files: one after the other through a Hasher, or up to four
// at once through the lanes of the WASM core. Synchronous; it runs in worker threads only.

import type { Hasher } from './hasher.ts';
import type { CoreInstance } from './instance.ts';
import { BLOCK_BYTES, Lane, LANES } from './lanes.ts';
import { OpenFile, type QueuedFile } from './open-file.ts';

/** Where the files come from and the results go. */
export interface Queue {
  next(): QueuedFile | undefined;
  read(file: QueuedFile, count: number): void;
  done(file: QueuedFile, digest: string, size: number): void;
  failed(file: QueuedFile, error: unknown): void;
}

const READ_BYTES = 256 * 1024;

/** Until the queue is empty or a file fails. */
export function hashOneByOne(queue: Queue, createHasher: () => Hasher): void {
  const buffer = new Uint8Array(READ_BYTES);
  for (let file = queue.next(); file !== undefined; file = queue.next()) {
    try {
      hashOne(queue, file, createHasher(), buffer);
    } catch (error) {
      queue.failed(file, error);
      return;
    }
  }
}

function hashOne(queue: Queue, file: QueuedFile, hasher: Hasher, buffer: Uint8Array): void {
  const input = new OpenFile(file.path);
  try {
    while (!input.ended) {
      const count = input.fill(buffer);
      hasher.update(buffer.subarray(0, count));
      queue.read(file, count);
    }
    queue.done(file, hasher.digest(), input.position);
  } finally {
    input.close();
  }
}

/** The same with `width` (up to four) files at once. */
export function hashInLanes(queue: Queue, core: CoreInstance, width: number): void {
  const table = core.raw('lanesopen');
  const lanes = Array.from({ length: Math.min(width, LANES) }, (_, number) => new Lane(core, table, number));
  while (lanes.every((lane) => supply(lane, queue))) {
    const busy = lanes.filter((lane) => lane.file !== undefined);
    if (busy.length === 0) return;
    const blocks = Math.min(...busy.map((lane) => lane.blocks));
    const [p0 = 0, p1 = 0, p2 = 0, p3 = 0] = lanes.map((lane) => lane.address);
    core.raw('lanesrun', table, p0, p1, p2, p3, blocks);
    for (const lane of busy) lane.advance(blocks * BLOCK_BYTES);
  }
  for (const lane of lanes) lane.close();
}

/** Sees to it that a lane has blocks to hash, if there are any left for it; false on a failure. */
function supply(lane: Lane, queue: Queue): boolean {
  while (lane.blocks === 0) {
    let file = lane.file;
    try {
      if (file === undefined) {
        file = queue.next();
        if (file === undefined) return true;
        lane.start(file);
      } else if (lane.finished) {
        queue.done(file, lane.digest(), lane.size);
        lane.close();
      } else {
        queue.read(file, lane.refill());
      }
    } catch (error) {
      if (file !== undefined) queue.failed(file, error);
      return false;
    }
  }
  return true;
}
