// `nix-ai-model inspect`: what a model holds, from its headers alone: a file, a directory, a store
// path, a model of the lock file, or one on a hub that is not downloaded for it.

import { existsSync } from 'node:fs';
import { ModelError } from '../../base/errors.ts';
import type { Context } from '../../context.ts';
import { inspectModel, inspectPath } from '../../inspect-model.ts';
import type { InspectedModel } from '../../inspect-model.ts';
import { renderInspection } from '../inspection-table.ts';
import { modelInputs } from '../model-arguments.ts';
import type { ModelOptions } from '../model-arguments.ts';
import { printError, printResult } from '../report.ts';
import type { Output } from '../report.ts';

export interface InspectOptions extends ModelOptions {
  readonly tensors?: boolean;
}

/** Returns false where a file is broken or a shard is missing. */
export async function inspectCommand(
  models: readonly string[],
  options: InspectOptions,
  context: Context,
  output: Output,
): Promise<boolean> {
  const inspected: InspectedModel[] = [];
  for (const model of models) inspected.push(...(await inspect(model, options, context)));
  if (models.length === 0) inspected.push(...(await inspectInputs([], options, context)));

  const text = inspected.map(renderInspection).join('\n\n');
  printResult(output, inspected.length === 1 ? inspected[0] : inspected, text);
  if (!output.json) {
    for (const { error } of inspected.flatMap(({ broken }) => broken)) printError(output, error);
  }
  return inspected.every(isSound);
}

/** A path that exists is meant as such; anything else names a model. */
async function inspect(
  model: string,
  options: InspectOptions,
  context: Context,
): Promise<InspectedModel[]> {
  if (existsSync(model)) return [await inspectPath(model, context, { listTensors: options.tensors })];
  if (/^\.|\//.test(model) && !model.includes(':')) {
    throw new ModelError('IO', 'There is no such file or directory', { subject: model });
  }
  return await inspectInputs([model], options, context);
}

async function inspectInputs(
  models: readonly string[],
  options: InspectOptions,
  context: Context,
): Promise<InspectedModel[]> {
  const inspected: InspectedModel[] = [];
  for (const input of await modelInputs(models, options)) {
    inspected.push(await inspectModel(input, context, { listTensors: options.tensors }));
  }
  return inspected;
}

function isSound({ broken, shardings }: InspectedModel): boolean {
  return broken.length === 0 && shardings.every(({ complete }) => complete);
}
