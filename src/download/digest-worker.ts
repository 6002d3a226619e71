// A worker thread that hashes files while they grow: it reads what has just been written (still in
// the page cache) up to the point where the file is whole, so that the main thread neither hashes
// nor has to receive the parts in order. Started by digest-pool.ts; never writes.

import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { createContentDigests, type ContentDigests, type KnownDigests } from '../core/content-digests.ts';
import type { FoundDigests } from '../core/content-digests.ts';

export type DigestRequest =
  | { readonly type: 'open'; readonly id: number; readonly file: string; readonly known: KnownDigests; readonly size: number }
  /** The bytes before `frontier` are in the file. */
  | { readonly type: 'advance'; readonly id: number; readonly frontier: number }
  /** The file has all of its bytes: answer with the digests. */
  | { readonly type: 'finish'; readonly id: number }
  | { readonly type: 'drop'; readonly id: number };

export type DigestReply =
  | { readonly id: number; readonly digests: FoundDigests }
  | { readonly id: number; readonly failure: string };

interface GrowingFile {
  readonly descriptor: number;
  readonly digests: ContentDigests;
  readonly size: number;
  position: number;
  frontier: number;
  finish: boolean;
}

const READ_BYTES = 1024 * 1024;
/** Between two looks at new messages: a long way to catch up must not keep others waiting. */
const READS_PER_TURN = 8;

const buffer = Buffer.allocUnsafe(READ_BYTES);
const files = new Map<number, GrowingFile>();
let scheduled = false;

parentPort?.on('message', (request: DigestRequest) => {
  attempt(request.id, () => {
    accept(request);
  });
  schedule();
});

function accept(request: DigestRequest): void {
  if (request.type === 'open') {
    const { file, known, size } = request;
    const descriptor = openSync(file, 'r');
    const digests = createContentDigests(known, size);
    files.set(request.id, { descriptor, digests, size, position: 0, frontier: 0, finish: false });
    return;
  }
  const file = files.get(request.id);
  if (file === undefined) return;
  if (request.type === 'drop') drop(request.id);
  if (request.type === 'advance') file.frontier = request.frontier;
  if (request.type === 'finish') file.finish = true;
}

function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  setImmediate(() => {
    scheduled = false;
    for (const [id, file] of files) {
      attempt(id, () => {
        work(id, file);
      });
    }
    if ([...files.values()].some(({ position, frontier }) => position < frontier)) schedule();
  });
}

function work(id: number, file: GrowingFile): void {
  for (let turn = 0; turn < READS_PER_TURN && file.position < file.frontier; turn++) {
    const wanted = Math.min(READ_BYTES, file.frontier - file.position);
    const count = readSync(file.descriptor, buffer, 0, wanted, file.position);
    if (count === 0) throw new Error('the file became shorter while it was read');
    file.digests.update(buffer.subarray(0, count));
    file.position += count;
  }
  if (!file.finish || file.position < file.frontier) return;
  if (file.position !== file.size) throw new Error('the file does not have the size it should have');
  send({ id, digests: file.digests.digest() });
  drop(id);
}

function drop(id: number): void {
  const file = files.get(id);
  files.delete(id);
  if (file !== undefined) closeSync(file.descriptor);
}

function attempt(id: number, operation: () => void): void {
  try {
    operation();
  } catch (error) {
    drop(id);
    send({ id, failure: error instanceof Error ? error.message : String(error) });
  }
}

function send(reply: DigestReply): void {
  parentPort?.postMessage(reply);
}
