// A clock that never waits: sleeping moves it forward and is written down.

import type { Clock } from '../../src/net/clock.ts';

export interface FakeClock extends Clock {
  readonly sleeps: readonly number[];
}

export function fakeClock(start = Date.UTC(2026, 0, 1)): FakeClock {
  const sleeps: number[] = [];
  let now = start;
  return {
    sleeps,
    now: () => now,
    sleep(milliseconds, signal) {
      signal?.throwIfAborted();
      sleeps.push(milliseconds);
      now += milliseconds;
      return Promise.resolve();
    },
  };
}
