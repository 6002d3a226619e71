// Compares a directory with what its files should be, by reading every byte: a model in the store,
// a copy anywhere, a stage. It only reports; what to make of a difference is the caller's business.

import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { ManifestFile } from '../base/manifest.ts';
import { ModelError, toModelError } from '../base/errors.ts';
import type { HashFilesOptions } from '../core/hash-files.ts';
import { type FileToVerify, hashByDigest } from './hash-by-digest.ts';

/**
 * ok · missing: not there, or no file · size, hash: not the one it should be ·
 * unpinned: nothing to compare it with · extra: a file that should not be there
 */
export type FileStatus = 'ok' | 'missing' | 'size' | 'hash' | 'unpinned' | 'extra';

export interface VerifiedFile {
  readonly path: string;
  readonly status: FileStatus;
  readonly wanted?: string | undefined;
  readonly found?: string | undefined;
}

export type VerifyOptions = Omit<HashFilesOptions, 'algorithm'>;

/** One entry for each of the files in their order, then the extra files, sorted. */
export async function verifyDirectory(
  directory: string,
  files: readonly ManifestFile[],
  options: VerifyOptions = {},
): Promise<VerifiedFile[]> {
  const present = await listFiles(directory);
  const verified = new Map<string, VerifiedFile>();
  const toHash: FileToVerify[] = [];
  for (const file of files) {
    const found = await compareSize(directory, file);
    if ('status' in found) verified.set(file.path, found);
    else toHash.push(found);
  }
  for (const result of await hashByDigest(toHash, options)) verified.set(result.path, result);
  const wanted = new Set(files.map(({ path }) => path));
  const extra = present.filter((path) => !wanted.has(path)).sort();
  return [
    ...files.flatMap(({ path }) => verified.get(path) ?? []),
    ...extra.map((path) => ({ path, status: 'extra' as const })),
  ];
}

/** The size needs no reading: a file that differs there is not hashed. */
async function compareSize(directory: string, file: ManifestFile): Promise<VerifiedFile | FileToVerify> {
  const { path, size } = file;
  const location = join(directory, path);
  // Follows links: a model in the store consists of links to its files.
  const status = await stat(location).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw unreadable(error, location);
  });
  if (status?.isFile() !== true) return { path, status: 'missing' };
  if (size !== undefined && status.size !== size) {
    return { path, status: 'size', wanted: `${size} bytes`, found: `${status.size} bytes` };
  }
  return { file, location, size: status.size };
}

async function listFiles(directory: string): Promise<string[]> {
  const reading = readdir(directory, { recursive: true, withFileTypes: true });
  const entries = await reading.catch((error: unknown) => {
    throw unreadable(error, directory);
  });
  const pathOf = (entry: Dirent): string => relative(directory, join(entry.parentPath, entry.name));
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => pathOf(entry).split(sep).join('/'));
}

function unreadable(error: unknown, subject: string): ModelError {
  const { code, message } = toModelError(error);
  return new ModelError(code, `Cannot read: ${message}`, { subject, cause: error });
}
