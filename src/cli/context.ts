// Builds the Context of a command line run: the real environment, network and store, progress as
// bars or lines, and Ctrl-C as an AbortSignal. `withContext` gives everything back at the end.

import { cacheDirectory, processEnvironment } from '../base/env.ts';
import type { Progress } from '../base/progress.ts';
import type { Context } from '../context.ts';
import { createHttp } from '../net/http.ts';
import type { NixStore } from '../store/nix-store.ts';
import { openStore } from '../store/nix-store.ts';
import { progressBars } from './progress-bars.ts';
import { progressLines } from './progress-lines.ts';

export interface GlobalOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly connections: number;
}

export const DEFAULT_CONNECTIONS = 8;

export async function withContext<T>(
  options: GlobalOptions,
  action: (context: Context) => Promise<T>,
  progress?: Progress,
): Promise<T> {
  const environment = processEnvironment();
  const abort = new AbortController();
  const stop = (): void => {
    abort.abort();
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const display = progress === undefined ? openDisplay(options) : { progress, finish: () => undefined };
  const http = createHttp({ environment });
  let store: Promise<NixStore> | undefined;
  try {
    return await action({
      environment,
      http,
      store: () => (store ??= openStore({ environment, signal: abort.signal })),
      cacheDirectory: cacheDirectory(environment),
      connections: options.connections,
      progress: display.progress,
      signal: abort.signal,
    });
  } finally {
    display.finish();
    process.off('SIGINT', stop).off('SIGTERM', stop);
    await http.close();
    // A store that could not be opened has already thrown where it was asked for.
    await store?.then((opened) => opened.close()).catch(() => undefined);
  }
}

/** What --quiet leaves. */
function warningsOnly(stream: NodeJS.WritableStream): Progress {
  return (event) => {
    if (event.type === 'warning') stream.write(`warning: ${event.text}\n`);
  };
}

/** Where progress is shown; what was drawn is taken away by `finish`. */
export interface Display {
  readonly progress: Progress;
  readonly finish: () => void;
}

export function openDisplay(options: Pick<GlobalOptions, 'quiet'>): Display {
  if (options.quiet === true) return { progress: warningsOnly(process.stderr), finish: () => undefined };
  if (process.stderr.isTTY) return progressBars(process.stderr);
  return { progress: progressLines(process.stderr), finish: () => undefined };
}
