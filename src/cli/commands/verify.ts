// `nix-ai-model verify`: reads every byte of a model and compares it with its pin.

import { ModelError } from '../../base/errors.ts';
import type { Context } from '../../context.ts';
import { verifyModel } from '../../verify-model.ts';
import type { VerifiedModel } from '../../verify-model.ts';
import { modelInputs } from '../model-arguments.ts';
import type { ModelOptions } from '../model-arguments.ts';
import { printResult } from '../report.ts';
import type { Output } from '../report.ts';

export interface VerifyOptions extends ModelOptions {
  readonly directory?: string;
}

/** Returns false where a model differs from its pin. */
export async function verifyCommand(
  models: readonly string[],
  options: VerifyOptions,
  context: Context,
  output: Output,
): Promise<boolean> {
  const inputs = await modelInputs(models, options);
  if (options.directory !== undefined && inputs.length !== 1) {
    throw new ModelError('USAGE', '--directory verifies one model: name it');
  }
  const verified: VerifiedModel[] = [];
  for (const input of inputs) verified.push(await verifyModel(input, options.directory, context));
  printResult(output, verified.length === 1 ? verified[0] : verified, verified.flatMap(describe).join('\n'));
  return verified.every(({ ok }) => ok);
}

function describe({ name, directory, ok, hash, files }: VerifiedModel): string[] {
  if (ok) return [`ok      ${name} (${directory})`];
  if (hash !== undefined) return [`differs ${name} (${directory})`, `  wanted: ${hash.wanted}`, `  found:  ${hash.found}`];
  const bad = (files ?? []).filter((file) => file.status !== 'ok');
  return [
    `differs ${name} (${directory})`,
    ...bad.flatMap(({ path, status, wanted, found }) => [
      `  ${status.padEnd(8)} ${path}`,
      ...(wanted === undefined ? [] : [`    wanted: ${wanted}`, `    found:  ${found ?? 'nothing'}`]),
    ]),
  ];
}
