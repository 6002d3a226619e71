// models.lock.json: which bytes each model consists of. Reads, checks and writes it; resolving and
// hashing is the pipeline's work (src/lock-models.ts). Sorted, no secrets, no expiring URLs: two
// runs over the same remote give the same file, so that a diff shows what really changed.

import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { ModelError } from '../base/errors.ts';
import type { LockEntry } from '../base/spec.ts';

export const LOCK_VERSION = 1;

export interface LockFile {
  readonly version: typeof LOCK_VERSION;
  readonly models: Readonly<Record<string, LockEntry>>;
}

export const EMPTY_LOCK: LockFile = { version: LOCK_VERSION, models: {} };

/** Reads a lock file; `undefined` where there is none. */
export async function readLock(file: string): Promise<LockFile | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new ModelError('IO', `The lock file cannot be read: ${String(cause)}`, { subject: file, cause });
  }
  return parseLock(text, file);
}

/** Checks a lock file's text. Every path of it is checked again by the core before it is used. */
export function parseLock(text: string, file: string): LockFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid(file, 'it is not JSON', { cause });
  }
  if (!isRecord(value)) throw invalid(file, 'it is not a JSON object');
  if (value['version'] !== LOCK_VERSION) {
    const found = `version ${JSON.stringify(value['version'])}`;
    throw invalid(file, 'its version is unknown', { wanted: `version ${LOCK_VERSION}`, found });
  }
  if (!isRecord(value['models'])) throw invalid(file, '`models` is not an object');
  for (const [name, entry] of Object.entries(value['models'])) checkEntry(file, name, entry);
  return value as unknown as LockFile;
}

/** Writes a lock file whole or not at all. */
export async function writeLock(file: string, lock: LockFile): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, formatLock(lock), { flag: 'wx' });
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw cause;
  }
}

/** The lock file's text: models by name, contents by path. */
export function formatLock(lock: LockFile): string {
  const models = Object.entries(lock.models)
    .sort(([a], [b]) => compareBytes(a, b))
    .map(([name, entry]) => [name, sortedEntry(entry)] as const);
  return `${JSON.stringify({ version: lock.version, models: Object.fromEntries(models) }, null, 2)}\n`;
}

/** The entry of a model, or an error that lists the names there are. */
export function lockEntry(lock: LockFile, name: string, file: string): LockEntry {
  const entry = Object.hasOwn(lock.models, name) ? lock.models[name] : undefined;
  if (entry !== undefined) return entry;
  const names = Object.keys(lock.models).sort();
  throw new ModelError('LOCK_MISSING_MODEL', `The lock file has no model named "${name}"`, {
    subject: file,
    found: names.length === 0 ? 'no models' : names.join(', '),
  });
}

function sortedEntry(entry: LockEntry): Record<string, unknown> {
  const { source, files, revision, totalSize, contents } = entry;
  const rows = contents.map(({ path, size, sha256, version }) => {
    return { path, size, sha256, ...(version === undefined ? {} : { version }) };
  });
  return {
    source,
    ...(files === undefined ? {} : { files }),
    ...(revision === undefined ? {} : { revision }),
    totalSize,
    contents: rows.sort((a, b) => compareBytes(a.path, b.path)),
  };
}

function checkEntry(file: string, name: string, entry: unknown): void {
  const bad = (what: string): ModelError => invalid(file, `model "${name}": ${what}`);
  if (!isRecord(entry)) throw bad('it is not an object');
  if (!isRecord(entry['source'])) throw bad('`source` is not an object');
  if (!Array.isArray(entry['contents'])) throw bad('`contents` is not a list');
  for (const row of entry['contents'] as unknown[]) {
    if (!isRecord(row) || typeof row['path'] !== 'string') throw bad('a file has no path');
    if (!Number.isSafeInteger(row['size']) || (row['size'] as number) < 0) {
      throw bad(`"${row['path']}" has no valid size`);
    }
    if (typeof row['sha256'] !== 'string' || !/^[0-9a-f]{64}$/.test(row['sha256'])) {
      throw bad(`"${row['path']}" has no valid sha256 (64 hexadecimal digits)`);
    }
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function invalid(
  file: string,
  why: string,
  details: { wanted?: string; found?: string; cause?: unknown } = {},
): ModelError {
  return new ModelError('LOCK_INVALID', `The lock file is not valid: ${why}`, { subject: file, ...details });
}
