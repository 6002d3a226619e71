// `nix-ai-model fetch`: puts pinned models into the store and prints their store paths. The
// evaluator plugin runs it too, with the spec as JSON on standard input.

import type { Context } from '../../context.ts';
import { fetchModel } from '../../fetch-model.ts';
import type { FetchedModel } from '../../fetch-model.ts';
import { modelInputs } from '../model-arguments.ts';
import type { ModelOptions } from '../model-arguments.ts';
import { printResult } from '../report.ts';
import type { Output } from '../report.ts';

export interface FetchOptions extends ModelOptions {
  readonly outLink?: string;
}

export async function fetchCommand(
  models: readonly string[],
  options: FetchOptions,
  context: Context,
  output: Output,
): Promise<void> {
  const fetched: FetchedModel[] = [];
  for (const input of await modelInputs(models, options)) fetched.push(await fetchModel(input, context));
  if (options.outLink !== undefined) await linkAll(options.outLink, fetched, context);
  // One model in, one object out: what scripts and the plugin want.
  const value = fetched.length === 1 ? fetched[0] : fetched;
  printResult(output, value, fetched.map(({ storePath }) => storePath).join('\n'));
}

/** `result`, `result-2`, …, as nix-build names them; each is a garbage collector root. */
async function linkAll(outLink: string, fetched: readonly FetchedModel[], context: Context): Promise<void> {
  const store = await context.store();
  for (const [index, { storePath }] of fetched.entries()) {
    await store.addRoot(index === 0 ? outLink : `${outLink}-${index + 1}`, storePath);
  }
}
