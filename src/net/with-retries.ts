// Runs an operation until it succeeds, fails for good, or has been tried often enough. Sources and
// the downloader call it; what is worth another try is written on the error (retriable), how long
// to wait is retry-policy.ts's arithmetic.

import { ModelError } from '../base/errors.ts';
import type { Progress } from '../base/progress.ts';
import { type Clock, systemClock } from './clock.ts';
import { ResponseFailure } from './response-error.ts';
import { DEFAULT_RETRY_POLICY, type FailedTry, retryDelay, type RetryPolicy } from './retry-policy.ts';
import { codeOf } from './transport-error.ts';

export interface RetryOptions {
  /** What is being fetched, for the progress report. */
  readonly path: string;
  readonly policy?: RetryPolicy | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: (() => number) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: Progress | undefined;
}

export async function withRetries<T>(
  operation: () => Promise<T>,
  options: RetryOptions,
): Promise<T> {
  const { clock = systemClock, signal } = options;
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await operation();
    } catch (error) {
      const delayMs = delayAfter(error, attempt, options);
      if (delayMs === 'give up') throw error;
      const reason = error instanceof Error ? error.message : String(error);
      options.progress?.({ type: 'retry', path: options.path, attempt, delayMs, reason });
      await clock.sleep(delayMs, signal);
    }
  }
}

/** How long to wait after this failure; for callers that run their own loop. */
export function delayAfter(
  error: unknown,
  attempt: number,
  options: RetryOptions,
): number | 'give up' {
  if (!(error instanceof ModelError) || !error.retriable) return 'give up';
  const { policy = DEFAULT_RETRY_POLICY, clock = systemClock, random = Math.random } = options;
  const facts = factsOf(error.cause);
  return retryDelay({ attempt, now: clock.now(), random: random(), ...facts }, policy);
}

function factsOf(cause: unknown): Pick<FailedTry, 'code' | 'status' | 'headers'> {
  if (cause instanceof ResponseFailure) return { status: cause.status, headers: cause.headers };
  return { code: codeOf(cause) };
}
