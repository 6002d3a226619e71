// `nix-ai-model prefetch`: downloads a model that is not pinned yet into the store and prints the
// expression that pins it.

import type { Context } from '../../context.ts';
import { prefetchModel } from '../../prefetch-model.ts';
import { readSecurity, sourceInput } from '../model-arguments.ts';
import type { ModelOptions } from '../model-arguments.ts';
import { nixValue } from '../nix-value.ts';
import { printResult } from '../report.ts';
import type { Output } from '../report.ts';

export async function prefetchCommand(
  source: string,
  options: Omit<ModelOptions, 'lock'>,
  context: Context,
  output: Output,
): Promise<void> {
  const security = options.security === undefined ? undefined : await readSecurity(options.security);
  const input = { ...sourceInput(source, options), security };
  const model = await prefetchModel(input, context);
  const expression = [
    'fetchModel {',
    `  name = ${nixValue(model.name)};`,
    `  source = ${nixValue(source)};`,
    ...patternLines(options),
    `  hash = "${model.hash}";`,
    ...(security === undefined ? [] : [`  security = ${nixValue(security)};`]),
    '}',
  ];
  printResult(output, model, [model.storePath, '', ...expression].join('\n'));
}

function patternLines({ include, exclude }: Omit<ModelOptions, 'lock'>): string[] {
  const globs = [...(include ?? []), ...(exclude ?? []).map((glob) => `!${glob}`)];
  return globs.length === 0 ? [] : [`  files = [ ${globs.map((glob) => nixValue(glob)).join(' ')} ];`];
}
