// Failures of the disk in words that name the path and what would help; and the check, before a
// download begins, that it can fit.

import { mkdir, statfs } from 'node:fs/promises';
import { ModelError, toModelError } from '../base/errors.ts';

/** Throws DISK_FULL where fewer than `needed` bytes are free on the file system of `directory`. */
export async function checkFreeSpace(directory: string, needed: number): Promise<void> {
  const free = await freeBytes(directory);
  if (free === undefined || needed <= free) return;
  throw diskFull(directory, needed, free);
}

/** Makes a directory and those above it; true where it was not there before. */
export async function makeDirectory(path: string): Promise<boolean> {
  try {
    return (await mkdir(path, { recursive: true })) !== undefined;
  } catch (error) {
    // On a read-only disk the recursive form says ENOENT; the plain one says what is wrong.
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const reason: unknown = missing ? await mkdir(path).catch((thrown: unknown) => thrown) : error;
    if (reason !== undefined) throw await diskError(reason, path);
    return true;
  }
}

/** Any error of a write as a ModelError about `path`; `needed` is what was still to be written. */
export async function diskError(error: unknown, path: string, needed?: number): Promise<ModelError> {
  const known = toModelError(error);
  // An error that already has its subject knows better what it is about.
  if (error instanceof ModelError) return error;
  if (known.code === 'DISK_FULL') return diskFull(path, needed, await freeBytes(path), error);
  const message = known.code === 'PERMISSION' ? 'May not write' : `Cannot write: ${known.message}`;
  const code = known.code === 'INTERNAL' ? 'IO' : known.code;
  return new ModelError(code, message, { subject: path, cause: error });
}

async function freeBytes(path: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

function diskFull(path: string, needed?: number, free?: number, cause?: unknown): ModelError {
  return new ModelError('DISK_FULL', 'The disk is full', {
    subject: path,
    wanted: needed === undefined ? undefined : `${needed} bytes (${inMebibytes(needed)})`,
    found: free === undefined ? undefined : `${free} bytes free (${inMebibytes(free)})`,
    cause,
  });
}

function inMebibytes(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}
