// Runs work on a fixed number of slots: the one limit on concurrency that a download has. Work is
// asked for whenever a slot is free, so that what to do next is decided as late as possible.

import { deferred } from '../base/deferred.ts';

export interface Slots {
  /** Resolves when nothing runs and nothing is left; rejects at once with the first failure. */
  readonly done: Promise<void>;
  /** Resolves when nothing runs any more, whether or not something failed. */
  readonly idle: Promise<void>;
  /** To be called when `next` may have work again although no slot has become free. */
  readonly wake: () => void;
}

/** `next` returns undefined where there is nothing to start at the moment. */
export function runSlots(limit: number, next: () => (() => Promise<void>) | undefined): Slots {
  let running = 0;
  let failed = false;
  const done = deferred<undefined>();
  const idle = deferred<undefined>();

  const fill = (): void => {
    while (!failed && running < limit) {
      const work = next();
      if (work === undefined) break;
      running += 1;
      void run(work);
    }
    if (running === 0) {
      done.resolve(undefined);
      idle.resolve(undefined);
    }
  };
  const run = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      failed = true;
      done.reject(error);
    }
    running -= 1;
    fill();
  };
  fill();
  return { done: done.promise, idle: idle.promise, wake: fill };
}
