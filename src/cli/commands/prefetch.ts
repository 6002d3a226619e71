// `nix-ai-model prefetch`: downloads a model that is not pinned yet into the store and prints the
// expression that pins it.

import type { Context } from '../../context.ts';
import { prefetchModel } from '../../prefetch-model.ts';
import { sourceInput } from '../model-arguments.ts';
import type { ModelOptions } from '../model-arguments.ts';
import { printResult } from '../report.ts';
import type { Output } from '../report.ts';

export async function prefetchCommand(
  source: string,
  options: Omit<ModelOptions, 'lock'>,
  context: Context,
  output: Output,
): Promise<void> {
  const input = sourceInput(source, options);
  const model = await prefetchModel(input, context);
  const expression = [
    'fetchModel {',
    `  name = ${JSON.stringify(model.name)};`,
    `  source = ${JSON.stringify(source)};`,
    ...patternLines(options),
    `  hash = "${model.hash}";`,
    '}',
  ];
  printResult(output, model, [model.storePath, '', ...expression].join('\n'));
}

function patternLines({ include, exclude }: Omit<ModelOptions, 'lock'>): string[] {
  const globs = [...(include ?? []), ...(exclude ?? []).map((glob) => `!${glob}`)];
  return globs.length === 0 ? [] : [`  files = [ ${globs.map((glob) => JSON.stringify(glob)).join(' ')} ];`];
}
