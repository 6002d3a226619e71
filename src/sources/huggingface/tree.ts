// A hub's listing, entry by entry, into manifest files. The listing is hostile until checked:
// types, sizes and digests here, names where the selection is made. Pure.

import { ModelError } from '../../base/errors.ts';
import type { ManifestFile } from '../../base/manifest.ts';
import { printable } from '../printable.ts';

/** The files on one page of a `tree` answer; directories are left out. */
export function parseTreePage(page: unknown, subject: string): ManifestFile[] {
  if (!Array.isArray(page)) throw malformed(subject, 'a list of files', page);
  return page.flatMap((entry: unknown) => parseEntry(entry, subject) ?? []);
}

function parseEntry(entry: unknown, subject: string): ManifestFile | undefined {
  if (!isRecord(entry) || typeof entry['path'] !== 'string') {
    throw malformed(subject, 'an entry with a path', entry);
  }
  const { path, type } = entry;
  if (type === 'directory') return undefined;
  const about = `${subject}: ${path}`;
  if (type !== 'file') throw malformed(about, 'a file or a directory', type);
  const size = parseSize(entry['size'], about);
  if (entry['lfs'] !== undefined && entry['lfs'] !== null) {
    return { path, size, sha256: parseLfs(entry['lfs'], size, about) };
  }
  return { path, size, gitBlobSha1: parseDigest(entry['oid'], 40, about) };
}

/** An LFS file's object id is the sha256 of its content; its size stands in two places. */
function parseLfs(lfs: unknown, size: number, about: string): string {
  if (!isRecord(lfs)) throw malformed(about, 'an LFS pointer', lfs);
  if (lfs['size'] !== size) throw malformed(about, `an LFS size of ${size} bytes`, lfs['size']);
  return parseDigest(lfs['oid'], 64, about);
}

function parseSize(size: unknown, about: string): number {
  if (typeof size === 'number' && Number.isSafeInteger(size) && size >= 0) return size;
  throw malformed(about, 'a size in bytes', size);
}

function parseDigest(digest: unknown, length: number, about: string): string {
  const isHex = typeof digest === 'string' && /^[0-9a-f]+$/.test(digest);
  if (isHex && digest.length === length) return digest;
  throw malformed(about, `${length} hexadecimal digits`, digest);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(subject: string, wanted: string, found: unknown): ModelError {
  const shown = found === undefined ? 'nothing' : printable(JSON.stringify(found), MAX_SHOWN);
  const details = { subject: printable(subject), wanted, found: shown };
  return new ModelError('PROTOCOL', "The hub's listing is malformed", details);
}

const MAX_SHOWN = 100;
