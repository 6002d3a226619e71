import { describe, expect, it } from 'vitest';
import { ModelError } from '../../src/base/errors.ts';
import type { ProgressEvent } from '../../src/base/progress.ts';
import { systemClock } from '../../src/net/clock.ts';
import { responseError } from '../../src/net/response-error.ts';
import { withRetries } from '../../src/net/with-retries.ts';
import { fakeClock } from './fake-clock.ts';
import { rejection } from './rejection.ts';

const passing = (): ModelError => new ModelError('NETWORK', 'a hiccup', { retriable: true });

/** Fails with each of the errors in turn, then succeeds. */
function failing(...errors: Error[]): { operation: () => Promise<string>; calls: () => number } {
  let calls = 0;
  const operation = (): Promise<string> => {
    const error = errors[calls++];
    return error === undefined ? Promise.resolve('done') : Promise.reject(error);
  };
  return { operation, calls: () => calls };
}

describe('withRetries', () => {
  it('tries again after a fault that passes, and reports each wait', async () => {
    const clock = fakeClock();
    const events: ProgressEvent[] = [];
    const progress = (event: ProgressEvent): void => void events.push(event);
    const { operation } = failing(passing(), passing());
    const result = await withRetries(operation, { path: 'a.bin', clock, progress, random: () => 1 });
    expect(result).toBe('done');
    expect(clock.sleeps).toEqual([500, 1_000]);
    expect(events).toEqual([
      { type: 'retry', path: 'a.bin', attempt: 1, delayMs: 500, reason: 'a hiccup' },
      { type: 'retry', path: 'a.bin', attempt: 2, delayMs: 1_000, reason: 'a hiccup' },
    ]);
  });

  it('throws a fault that stays at once', async () => {
    const { operation, calls } = failing(new ModelError('REPO_NOT_FOUND', 'no such thing'));
    expect((await rejection(withRetries(operation, { path: 'x', clock: fakeClock() }))).code).toBe('REPO_NOT_FOUND');
    expect(calls()).toBe(1);
  });

  it('never repeats what is no ModelError: a bug does not get better', async () => {
    const { operation, calls } = failing(new TypeError('oops'));
    await expect(withRetries(operation, { path: 'x', clock: fakeClock() })).rejects.toThrow('oops');
    expect(calls()).toBe(1);
  });

  it('throws the last error when the tries are used up', async () => {
    const { operation, calls } = failing(...Array.from({ length: 9 }, passing));
    const policy = { attempts: 3, baseMs: 1, capMs: 1, patienceMs: 1 };
    await expect(withRetries(operation, { path: 'x', policy, clock: fakeClock() })).rejects.toThrow('a hiccup');
    expect(calls()).toBe(3);
  });

  it('waits as long as the answer asked for', async () => {
    const clock = fakeClock();
    const limited = responseError({ status: 429, headers: { ratelimit: '"api";r=0;t=42' }, url: 'https://hub.test/x' });
    const { operation } = failing(limited);
    await withRetries(operation, { path: 'x', clock, random: () => 0 });
    expect(clock.sleeps).toEqual([42_000]);
  });

  it('stops waiting as soon as it is aborted', async () => {
    const abort = new AbortController();
    const { operation, calls } = failing(responseError({ status: 503, headers: { 'retry-after': '300' }, url: 'https://hub.test/' }));
    const progress = (): void => {
      setImmediate(() => { abort.abort(new Error('stop')); });
    };
    const waiting = withRetries(operation, { path: 'x', clock: systemClock, signal: abort.signal, progress });
    await expect(waiting).rejects.toThrow('stop');
    expect(calls()).toBe(1);
  });

  it('does not even begin when it is aborted already', async () => {
    const { operation, calls } = failing();
    await expect(withRetries(operation, { path: 'x', signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop');
    expect(calls()).toBe(0);
  });
});
