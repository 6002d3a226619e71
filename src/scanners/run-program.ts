// Runs one scanner to its end and keeps the end of what it says. Only for builds (src/check-model.ts): what
// a spec names as a program must not run with a user's rights.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Environment } from '../base/env.ts';

export interface ScannerRun {
  /** null where a signal ended it, or where it could not be started. */
  readonly status: number | null;
  readonly stdout: string;
  /** Both streams as they came, or why it could not be started. */
  readonly tail: string;
}

export interface RunOptions {
  readonly environment: Environment;
  readonly signal?: AbortSignal | undefined;
}

/** A report of a large model fits; more is cut at its beginning. */
const MAX_STDOUT_CHARACTERS = 64 * 1024 * 1024;
/** What a person reads of a failure. */
const TAIL_CHARACTERS = 4096;

export async function runProgram(
  program: string,
  args: readonly string[],
  { environment, signal }: RunOptions,
): Promise<ScannerRun> {
  const child = spawn(program, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'], ...(signal && { signal }) });
  let stdout = '';
  let tail = '';
  const hear = (part: string): void => {
    tail = (tail + part).slice(-TAIL_CHARACTERS);
  };
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    stdout = (stdout + part).slice(-MAX_STDOUT_CHARACTERS);
    hear(part);
  });
  child.stderr.setEncoding('utf8').on('data', hear);
  try {
    const [status] = (await once(child, 'close')) as [number | null];
    return { status, stdout, tail: tail.trim() };
  } catch (error) {
    signal?.throwIfAborted();
    return { status: null, stdout, tail: error instanceof Error ? error.message : String(error) };
  }
}
