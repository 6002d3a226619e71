// The only place that starts a Nix program: a command that is run to its end, or the daemon that
// the connection talks to over stdio. Knows no store operation.

import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import type { Environment } from '../base/env.ts';
import { ModelError } from '../base/errors.ts';
import { nixFailure } from './store-errors.ts';
import type { Transport } from './transport.ts';

export interface NixRunner {
  readonly environment: Environment;
  readonly signal?: AbortSignal | undefined;
}

/** Enough of a program's stderr to hold its last message. */
const MAX_STDERR_BYTES = 64 * 1024;

/** Runs a Nix command and returns what it printed on stdout, without the final line break. */
export async function runNix(command: string, args: readonly string[], runner: NixRunner): Promise<string> {
  const child = await start(command, args, runner, ['ignore', 'pipe', 'pipe']);
  const words = lastWords(child.stderr as Readable);
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const [output, [status, killedBy]] = await Promise.all([text(child.stdout as Readable), closed]);
  runner.signal?.throwIfAborted();
  if (status === 0) return output.trimEnd();
  throw nixFailure(words() || `${command} ended with ${killedBy ?? `status ${status ?? '?'}`}`);
}

/** Starts `nix-daemon --stdio`, which opens whatever store `nix` itself would open. */
export async function startDaemon(runner: NixRunner): Promise<Transport> {
  // No signal here: the connection first lets the daemon discard what it has, see its abort.
  const { environment } = runner;
  const child = await start('nix-daemon', ['--stdio'], { environment }, ['pipe', 'pipe', 'pipe']);
  const { stdin, stdout, stderr } = child;
  if (stdin === null || stdout === null || stderr === null) throw new ModelError('INTERNAL', 'no pipes');
  const words = lastWords(stderr);
  const closed = new Promise((resolve) => child.on('close', resolve));
  return {
    input: stdout,
    output: stdin,
    lastWords: () => closed.then(words),
    close: async () => {
      stdin.end();
      stdout.resume();
      await closed;
    },
    destroy: () => {
      // SIGTERM makes the daemon unwind and remove its temporary copy; SIGKILL would leave it.
      child.kill('SIGTERM');
      stdin.destroy();
      stdout.destroy();
    },
  };
}

async function start(
  command: string,
  args: readonly string[],
  { environment, signal }: NixRunner,
  stdio: StdioOptions,
): Promise<ChildProcess> {
  const child = spawn(command, args, { env: environment, stdio, ...(signal && { signal }) });
  try {
    await once(child, 'spawn');
    child.on('error', () => undefined); // an abort: reported by whoever waits for the end
    return child;
  } catch (cause) {
    signal?.throwIfAborted();
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new ModelError('NIX_MISSING', `Cannot find the command ${command}`, { subject: command, cause });
  }
}

/** Collects the end of a stream and returns a function that tells what has come so far. */
function lastWords(stream: Readable): () => string {
  let words = '';
  stream.setEncoding('utf8');
  stream.on('data', (part: string) => {
    words = (words + part).slice(-MAX_STDERR_BYTES);
  });
  return () => words.trim();
}
