// `nix-ai-model helper`: fetches models for the evaluator plugin (nix/plugin/helper.cc), for as long as it
// asks. A request is a line of JSON on standard input, {"spec", "progress"}; the answer is one on standard
// output, {"storePath", …} or {"error"}, and before it Nix's own progress lines where "progress" is "nix".
// All requests share the connections and the store of one context.

import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { ModelError, toModelError } from '../../base/errors.ts';
import type { Context } from '../../context.ts';
import { fetchModel } from '../../fetch-model.ts';
import { openDisplay } from '../context.ts';
import type { Display } from '../context.ts';
import type { Output } from '../report.ts';
import { builderProgress } from './build.ts';

/** Nix may go on to build for hours: without a request for so long the helper ends, and is started anew. */
const IDLE_MS = 60_000;

interface Request {
  readonly spec: unknown;
  readonly progress?: unknown;
}

export async function helperCommand(input: Readable, context: Context, output: Output): Promise<void> {
  const lines = createInterface({ input, crlfDelay: Infinity });
  const stop = (): void => {
    lines.close();
  };
  context.signal.addEventListener('abort', stop);
  let idle = setTimeout(stop, IDLE_MS);
  // One after the other: the evaluator waits for each answer.
  for await (const line of lines) {
    clearTimeout(idle);
    output.stdout.write(`${JSON.stringify(await answer(line, context, output))}\n`);
    idle = setTimeout(stop, IDLE_MS);
  }
  clearTimeout(idle);
  input.destroy();
}

async function answer(line: string, context: Context, output: Output): Promise<unknown> {
  let display: Display | undefined;
  try {
    const { spec, progress } = parseRequest(line);
    display = progress === 'nix' ? nixDisplay(output) : openDisplay({});
    return await fetchModel(spec, { ...context, progress: display.progress });
  } catch (error) {
    return { error: toModelError(error) };
  } finally {
    display?.finish();
  }
}

function nixDisplay({ stdout }: Output): Display {
  return { progress: builderProgress(stdout), finish: () => undefined };
}

function parseRequest(line: string): Request {
  let request: unknown;
  try {
    request = JSON.parse(line);
  } catch (cause) {
    throw new ModelError('USAGE', 'The request is no JSON', { cause });
  }
  if (typeof request === 'object' && request !== null && 'spec' in request) return request;
  throw new ModelError('USAGE', 'The request has no `spec`');
}
