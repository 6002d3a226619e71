// `nix-ai-model check`: the builder of nix/lib's checked layer. Reads the settings from the file that
// `settingsPath` names, links `out` to the model and writes the reports to `report`, or fails, and then
// nothing that depends on the model can be built.

import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { variable } from '../../base/env.ts';
import { ModelError } from '../../base/errors.ts';
import { checkModel } from '../../check-model.ts';
import type { CheckedModel, CheckSettings } from '../../check-model.ts';
import type { Context } from '../../context.ts';

export async function checkCommand({ environment, progress, signal }: Context): Promise<void> {
  const required = (name: string): string => {
    const value = variable(environment, name);
    if (value !== undefined) return value;
    throw new ModelError('USAGE', `The environment lacks \`${name}\`: this command is run by Nix only`);
  };
  const settings = JSON.parse(await readFile(required('settingsPath'), 'utf8')) as CheckSettings;
  const scratch = join(variable(environment, 'NIX_BUILD_TOP') ?? required('TMPDIR'), 'check');
  await mkdir(scratch, { recursive: true });
  progress({ type: 'step', text: `scan ${settings.metadata.name}` });
  const checked = await checkModel(settings, { environment, scratch, signal });
  if (!checked.accepted && settings.security.failOnScanError) throw refused(settings, checked);
  if (!checked.accepted) {
    const text = [`${settings.metadata.name} is not accepted by its scan`, ...checked.findings].join('\n  ');
    progress({ type: 'warning', text });
  }
  await writeReports(required('report'), checked);
  await symlink(settings.model, required('out'));
}

async function writeReports(directory: string, { scan, metadata }: CheckedModel): Promise<void> {
  await mkdir(directory);
  await writeJson(join(directory, '.nix-ai-model-meta.json'), metadata);
  if (scan !== undefined) await writeJson(join(directory, 'scan.json'), scan);
}

async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFile(file, `${JSON.stringify(value, null, 2)}\n`);
}

function refused({ model }: CheckSettings, { findings }: CheckedModel): ModelError {
  return new ModelError('SCAN_REFUSED', 'The model is refused by its scan', {
    subject: model,
    found: findings.join('\n          '),
  });
}
