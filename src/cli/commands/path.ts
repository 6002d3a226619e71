// `nix-ai-model path`: the store path that a pinned model has or will have, computed, not fetched.

import type { Context } from '../../context.ts';
import { planModel } from '../../core/plan.ts';
import { requirePin } from '../../fetch-model.ts';
import { modelInputs } from '../model-arguments.ts';
import type { ModelOptions } from '../model-arguments.ts';
import { printResult } from '../report.ts';
import type { Output } from '../report.ts';

export async function pathCommand(
  models: readonly string[],
  options: ModelOptions,
  context: Context,
  output: Output,
): Promise<void> {
  const store = await context.store();
  const inputs = await modelInputs(models, options);
  const plans = inputs.map((input) => requirePin(planModel(input, store.storeDir)));
  const valid = await Promise.all(plans.map((plan) => store.isValidPath(plan.storePath)));
  const rows = plans.map(({ spec, storePath }, index) => {
    return { name: spec.name, storePath, valid: valid[index] };
  });
  const text = rows.map(({ storePath }) => storePath).join('\n');
  printResult(output, rows.length === 1 ? rows[0] : rows, text);
}
