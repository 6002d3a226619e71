// From words on the command line to specs: a MODEL is a name in the lock file, or a source in its
// short form (huggingface:org/name@revision, https://…), or a whole spec as JSON.

import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { ModelError } from '../base/errors.ts';
import type { LockFile } from '../lock/lock-file.ts';
import { lockEntry, readLock } from '../lock/lock-file.ts';

export interface ModelOptions {
  readonly name?: string;
  readonly hash?: string;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly lock: string;
  readonly specJson?: string;
  /** The spec's `security` as JSON, or a file that holds it. */
  readonly security?: string;
}

export const DEFAULT_LOCK = 'models.lock.json';

/** The specs that a command is about: the one named, or every model of the lock file. */
export async function modelInputs(models: readonly string[], options: ModelOptions): Promise<unknown[]> {
  const inputs = await specsOf(models, options);
  if (options.security === undefined) return inputs;
  const security = await readSecurity(options.security);
  return inputs.map((input) => ({ ...(input as object), security }));
}

async function specsOf(models: readonly string[], options: ModelOptions): Promise<unknown[]> {
  if (options.specJson !== undefined) return [await readSpec(options.specJson)];
  if (models.length > 0) return await Promise.all(models.map((model) => modelInput(model, options)));
  const lock = await requireLock(options.lock);
  return Object.keys(lock.models).map((name) => lockedInput(lock, name, options.lock));
}

/** A spec for one MODEL argument. */
async function modelInput(model: string, options: ModelOptions): Promise<unknown> {
  if (isSource(model)) return sourceInput(model, options);
  return lockedInput(await requireLock(options.lock), model, options.lock);
}

/** The spec of a source in short form, with what the options say of it. */
export function sourceInput(source: string, options: Omit<ModelOptions, 'lock'>): Record<string, unknown> {
  const { name, hash, include, exclude } = options;
  const files = include === undefined && exclude === undefined ? undefined : { include, exclude };
  return dropUndefined({ source, name, hash, files: files && dropUndefined(files) });
}

/** A short form has a colon; a lock file's model name cannot. */
function isSource(model: string): boolean {
  return model.includes(':');
}

function lockedInput(lock: LockFile, name: string, file: string): Record<string, unknown> {
  return { name, lock: lockEntry(lock, name, file) };
}

async function requireLock(file: string): Promise<LockFile> {
  const lock = await readLock(file);
  if (lock !== undefined) return lock;
  throw new ModelError('LOCK_MISSING_MODEL', 'There is no lock file', {
    subject: file,
    remedies: [
      'Write one: nix-ai-model lock NAME=huggingface:org/name',
      'Or name the model by its source: huggingface:org/name',
    ],
  });
}

/** A file's name does not begin with a brace. */
export async function readSecurity(given: string): Promise<unknown> {
  const isText = given.trimStart().startsWith('{');
  try {
    return JSON.parse(isText ? given : await readFile(given, 'utf8')) as unknown;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new ModelError('SPEC_INVALID', '--security is not JSON', { subject: given, cause });
  }
}

async function readSpec(file: string): Promise<unknown> {
  const source = file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  try {
    return JSON.parse(source) as unknown;
  } catch (cause) {
    throw new ModelError('SPEC_INVALID', 'The spec is not JSON', { subject: file, cause });
  }
}

function dropUndefined(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}
