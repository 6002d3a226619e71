// Runs work on a fixed number of slots: the one limit on concurrency that a download has. Work is
// asked for whenever a slot is free, so that what to do next is decided as late as possible.

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
  const done = deferred();
  const idle = deferred();

  const fill = (): void => {
    while (!failed && running < limit) {
      const work = next();
      if (work === undefined) break;
      running += 1;
      void run(work);
    }
    if (running === 0) {
      done.resolve();
      idle.resolve();
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

function deferred(): { promise: Promise<void>; resolve: () => void; reject: (error: unknown) => void } {
  let settle: Omit<ReturnType<typeof deferred>, 'promise'> | undefined;
  const promise = new Promise<void>((resolve, reject) => (settle = { resolve, reject }));
  if (settle === undefined) throw new Error('unreachable: the executor runs at once');
  return { promise, ...settle };
}
