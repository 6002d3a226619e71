// Fetches one range of a file, whatever it takes: asks, judges, writes, and after a fault goes on
// where it broke off, with another try or another mirror. Knows nothing of other parts.

import { ModelError } from '../base/errors.ts';
import { delayAfter, type RetryOptions } from '../net/with-retries.ts';
import { systemClock } from '../net/clock.ts';
import type { BlockPool } from './block-pool.ts';
import type { Answer } from './content-answer.ts';
import { receiveBody } from './receive-body.ts';
import type { Range } from './ranges.ts';
import type { Content, RemoteFile } from './remote-file.ts';

export interface PartJob {
  readonly remote: RemoteFile;
  /** `end` is undefined where the file's size is not known yet. */
  readonly range: { readonly start: number; readonly end: number | undefined };
  readonly signal: AbortSignal;
  readonly retry: RetryOptions;
  /** Called with each acceptable answer before its body is read; says which range to write. */
  readonly accept: (answer: Answer, range: PartJob['range']) => Promise<PartJob['range']>;
  readonly blocks: BlockPool;
  readonly write: (bytes: Buffer, position: number) => Promise<void>;
}

export async function fetchPart(job: PartJob): Promise<Range> {
  const { remote, signal, retry } = job;
  let { start, end } = job.range;
  let attempt = 0;
  // Only bytes that were never there before count as progress: a server without ranges that always
  // breaks at the same point must not keep us busy for ever.
  let furthest = start;
  for (;;) {
    const { mirror } = remote;
    try {
      const content = await remote.request({ start, end, signal });
      ({ start, end } = await job.accept(content.answer, { start, end }));
      const bound = content.answer.kind === 'range' ? content.answer.end : end;
      await writeBody(job, content, { start, end: bound }, (position) => (start = position));
      end ??= remote.size ?? start;
      if (start >= end) return { start: job.range.start, end };
    } catch (error) {
      signal.throwIfAborted();
      if (isForTheWholeFile(error)) throw error;
      attempt = start > furthest ? 1 : attempt + 1;
      furthest = Math.max(furthest, start);
      const delayMs = delayAfter(error, attempt, retry);
      if (delayMs === 'give up') {
        await remote.nextMirror(mirror, error);
        attempt = 0;
        continue;
      }
      const reason = error instanceof Error ? error.message : String(error);
      retry.progress?.({ type: 'retry', path: retry.path, attempt, delayMs, reason });
      await (retry.clock ?? systemClock).sleep(delayMs, signal);
    }
  }
}

/** Errors that other tries or mirrors do not mend: the whole file starts again, or nothing helps. */
function isForTheWholeFile(error: unknown): boolean {
  if (!(error instanceof ModelError)) return true;
  return ['REMOTE_CHANGED', 'DISK_FULL', 'PERMISSION', 'IO', 'INTERRUPTED'].includes(error.code);
}

async function writeBody(
  job: PartJob,
  { response }: Content,
  { start, end }: PartJob['range'],
  moved: (position: number) => void,
): Promise<void> {
  const length = (end ?? Infinity) - start;
  if (length <= 0) {
    response.discard();
    return;
  }
  let position = start;
  const write = async (bytes: Buffer): Promise<void> => {
    await job.write(bytes, position);
    position += bytes.length;
    moved(position);
  };
  await receiveBody(response, { path: job.retry.path, length, blocks: job.blocks, write });
}
