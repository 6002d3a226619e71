// `nix-ai-model lock`: pins every file of a model in models.lock.json. Without arguments all
// models of the lock file are resolved again; with --check nothing is written.

import { ModelError } from '../../base/errors.ts';
import type { Context } from '../../context.ts';
import { EMPTY_LOCK, formatLock, lockEntry, readLock, writeLock } from '../../lock/lock-file.ts';
import type { LockFile } from '../../lock/lock-file.ts';
import { lockModel } from '../../lock-models.ts';
import type { LockedModel } from '../../lock-models.ts';
import { sourceInput } from '../model-arguments.ts';
import type { ModelOptions } from '../model-arguments.ts';
import { formatBytes, printResult } from '../report.ts';
import type { Output } from '../report.ts';

export interface LockOptions extends Omit<ModelOptions, 'hash' | 'specJson'> {
  readonly check?: boolean;
}

export async function lockCommand(
  models: readonly string[],
  options: LockOptions,
  context: Context,
  output: Output,
): Promise<void> {
  const old = (await readLock(options.lock)) ?? EMPTY_LOCK;
  const inputs = models.length > 0 ? models.map((model) => namedInput(model, old, options)) : inputsOf(old);
  const locked: LockedModel[] = [];
  // One after the other: each uses all connections, and the messages stay in order.
  for (const input of inputs) locked.push(await lockModel(input, context));
  const entries = Object.fromEntries(locked.map(({ name, entry }) => [name, entry]));
  const fresh: LockFile = { ...old, models: { ...old.models, ...entries } };
  if (options.check === true) checkSame(old, fresh, options.lock);
  else await writeLock(options.lock, fresh);
  printResult(output, { lock: options.lock, models: entries }, locked.map(describeLocked).join('\n'));
}

/** `NAME=SOURCE`, `SOURCE`, or the NAME of a model that the lock file has already. */
function namedInput(model: string, old: LockFile, options: LockOptions): Record<string, unknown> {
  const { include, exclude, name } = options;
  const patterns = { ...(include && { include }), ...(exclude && { exclude }) };
  const equals = /^([^:=/]+)=(.+)$/.exec(model);
  if (equals?.[1] !== undefined && equals[2] !== undefined) {
    return sourceInput(equals[2], { name: equals[1], ...patterns });
  }
  if (model.includes(':')) return sourceInput(model, { ...(name === undefined ? {} : { name }), ...patterns });
  return entryInput(model, old, options.lock);
}

function inputsOf(lock: LockFile): Record<string, unknown>[] {
  const names = Object.keys(lock.models);
  if (names.length > 0) return names.map((name) => entryInput(name, lock, ''));
  throw new ModelError('USAGE', 'There is nothing to lock: no model is named and the lock file has none', {
    remedies: ['nix-ai-model lock NAME=huggingface:org/name'],
  });
}

function entryInput(name: string, lock: LockFile, file: string): Record<string, unknown> {
  const { source, files } = lockEntry(lock, name, file);
  return { name, source, ...(files === undefined ? {} : { files }) };
}

function checkSame(old: LockFile, fresh: LockFile, file: string): void {
  if (formatLock(old) === formatLock(fresh)) return;
  const changed = Object.keys(fresh.models).filter(
    (name) => JSON.stringify(old.models[name]) !== JSON.stringify(fresh.models[name]),
  );
  throw new ModelError('LOCK_STALE', 'The lock file is not what the sources say now', {
    subject: file,
    found: `changed: ${changed.join(', ')}`,
  });
}

function describeLocked({ name, entry }: LockedModel): string {
  // A commit, or the digest of a registry's manifest: enough of it to tell two apart.
  const at = entry.revision === undefined ? '' : ` at ${entry.revision.replace('sha256:', '').slice(0, 12)}`;
  return `locked ${name}${at}: ${entry.contents.length} files, ${formatBytes(entry.totalSize)}`;
}
