// Hashes files by whichever digest is known of each: sha256 and sha512 on all cores, git blob ids
// (small files) one after the other. Called by verify-directory.ts.

import { open } from 'node:fs/promises';
import type { ManifestFile } from '../base/manifest.ts';
import { createContentDigests, findMismatch, type FoundDigests } from '../core/content-digests.ts';
import { hashFiles } from '../core/hash-files.ts';
import type { VerifiedFile, VerifyOptions } from './verify-directory.ts';

export interface FileToVerify {
  readonly file: ManifestFile;
  readonly location: string;
  readonly size: number;
}

type Strongest = 'sha256' | 'sha512' | 'gitBlobSha1';

export async function hashByDigest(
  files: readonly FileToVerify[],
  options: VerifyOptions,
): Promise<VerifiedFile[]> {
  const by = (digest: Strongest | undefined): FileToVerify[] =>
    files.filter(({ file }) => strongest(file) === digest);
  return [
    ...(await hashInParallel(by('sha256'), 'sha256', options)),
    ...(await hashInParallel(by('sha512'), 'sha512', options)),
    ...(await hashGitBlobs(by('gitBlobSha1'), options.signal)),
    ...by(undefined).map(({ file }) => ({ path: file.path, status: 'unpinned' as const })),
  ];
}

/** The sha256 says all: where it is known, no other digest is computed. */
function strongest(file: ManifestFile): Strongest | undefined {
  return (['sha256', 'sha512', 'gitBlobSha1'] as const).find((name) => file[name] !== undefined);
}

async function hashInParallel(
  files: readonly FileToVerify[],
  algorithm: 'sha256' | 'sha512',
  options: VerifyOptions,
): Promise<VerifiedFile[]> {
  if (files.length === 0) return [];
  const inputs = files.map(({ file, location, size }) => ({ path: location, name: file.path, size }));
  const digests = await hashFiles(inputs, { ...options, algorithm });
  return files.map(({ file }, index) => compare(file, algorithm, { [algorithm]: digests[index] }));
}

async function hashGitBlobs(
  files: readonly FileToVerify[],
  signal: AbortSignal | undefined,
): Promise<VerifiedFile[]> {
  const results: VerifiedFile[] = [];
  for (const { file, location, size } of files) {
    const digests = createContentDigests(file, size);
    const handle = await open(location);
    for await (const chunk of handle.createReadStream({ signal })) digests.update(chunk as Buffer);
    results.push(compare(file, 'gitBlobSha1', digests.digest()));
  }
  return results;
}

function compare(file: ManifestFile, digest: Strongest, found: Partial<FoundDigests>): VerifiedFile {
  const mismatch = findMismatch({ [digest]: file[digest] }, found);
  return mismatch === undefined ? { path: file.path, status: 'ok' } : { path: file.path, status: 'hash', ...mismatch };
}
