// The ModelError that something must fail with, for closer looks than `rejects.toThrow` allows.

import { ModelError } from '../../src/base/errors.ts';

export async function rejection(promise: Promise<unknown>): Promise<ModelError> {
  const outcome = await promise.then(
    (value: unknown) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in outcome && outcome.error instanceof ModelError) return outcome.error;
  throw new Error('expected a ModelError', { cause: 'error' in outcome ? outcome.error : outcome.value });
}
