// `nix-ai-model to-nix`: prints the expression that pins a model which is in a directory already,
// and writes its lock entry where that is wanted.

import type { Context } from '../../context.ts';
import { EMPTY_LOCK, readLock, writeLock } from '../../lock/lock-file.ts';
import { type DirectoryModel, lockEntryOf, modelOfDirectory } from '../../to-nix.ts';
import { DEFAULT_LOCK } from '../model-arguments.ts';
import { nixValue } from '../nix-value.ts';
import { type Output, printResult } from '../report.ts';

export interface ToNixOptions {
  readonly source?: string;
  readonly name?: string;
  /** True: the usual file. */
  readonly lock?: string | true;
}

export async function toNixCommand(
  directory: string,
  options: ToNixOptions,
  { signal, progress }: Context,
  output: Output,
): Promise<void> {
  const { source, name } = options;
  const lock = options.lock === true ? DEFAULT_LOCK : options.lock;
  const needsSource = lock !== undefined;
  const model = await modelOfDirectory(directory, { source, name, needsSource, signal, progress });
  if (lock !== undefined) await addEntry(lock, model);
  const expression = lock === undefined ? byHash(model) : byLock(model, lock);
  output.stderr.write(remarks(model));
  printResult(output, { ...model, expression, ...(lock === undefined ? {} : { lock }) }, expression);
}

async function addEntry(file: string, model: DirectoryModel): Promise<void> {
  const entry = lockEntryOf(model);
  const old = (await readLock(file)) ?? EMPTY_LOCK;
  await writeLock(file, { ...old, models: { ...old.models, [model.name]: entry } });
}

function byHash({ name, source, hash }: DirectoryModel): string {
  return [
    'fetchModel {',
    `  name = ${nixValue(name)};`,
    source === undefined
      ? '  source = "huggingface:ORG/NAME@COMMIT"; # FIXME: where does the model come from?'
      : `  source = ${nixValue(source)};`,
    `  hash = "${hash}";`,
    '}',
  ].join('\n');
}

function byLock({ name }: DirectoryModel, lock: string): string {
  const path = lock.startsWith('/') || lock.startsWith('.') ? lock : `./${lock}`;
  return ['fetchModel {', `  name = ${nixValue(name)};`, `  lock = ${path};`, '}'].join('\n');
}

/** What the user should know before trusting the expression. */
function remarks({ source, because }: DirectoryModel): string {
  if (source === undefined) {
    return 'The directory does not say where the model comes from: write its source into the expression, or give --source.\n';
  }
  return because === undefined ? '' : `source guessed: ${source}, because ${because}\n`;
}
