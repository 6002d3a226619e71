// From everything that a source lists to what the spec asks for: patterns applied, names checked,
// sorted as a manifest is. Every source calls it last. Pure.

import { ModelError } from '../base/errors.ts';
import type { ManifestFile } from '../base/manifest.ts';
import type { FilePatterns } from '../base/spec.ts';
import { checkPaths } from '../core/check-paths.ts';
import { matchGlob } from '../core/glob.ts';

/** More files than this is no model; the largest honest repositories have about 100,000. */
const MAX_FILES = 200_000;

export function selectFiles(
  listed: readonly ManifestFile[],
  patterns: FilePatterns,
  subject: string,
): ManifestFile[] {
  const included = includeFiles(listed, patterns.include, subject);
  const files = included.filter(({ path }) => !patterns.exclude.some((pattern) => matchGlob(pattern, path)));
  if (files.length === 0) throw nothingLeft(listed, subject);
  if (files.length > MAX_FILES) throw tooMany(files.length, subject);
  // Only what will be written: an odd name elsewhere in the repository does no harm.
  checkPaths(files.map(({ path }) => path));
  return files.sort((a, b) => compareBytes(a.path, b.path));
}

function includeFiles(
  listed: readonly ManifestFile[],
  include: readonly string[],
  subject: string,
): readonly ManifestFile[] {
  if (include.length === 0) return listed;
  const unmet = new Set(include);
  const chosen = listed.filter(({ path }) => {
    const matching = include.filter((pattern) => matchGlob(pattern, path));
    for (const pattern of matching) unmet.delete(pattern);
    return matching.length > 0;
  });
  // A pattern may match nothing; a plain name that does is a misspelling, or the file is gone.
  const missing = [...unmet].find((pattern) => !/[*?[\]{}]/.test(pattern));
  if (missing === undefined) return chosen;
  throw new ModelError('NO_FILES_MATCH', `There is no file "${missing}"`, { subject, found: sample(listed) });
}

/** Nix, the lock file and the WASM core sort by bytes; `<` on strings compares UTF-16 units. */
function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function nothingLeft(listed: readonly ManifestFile[], subject: string): ModelError {
  if (listed.length > 0) {
    return new ModelError('NO_FILES_MATCH', 'No file matches the patterns', { subject, found: sample(listed) });
  }
  return new ModelError('NO_FILES_MATCH', 'The repository has no files at this revision', {
    subject,
    remedies: ['Check the repository and its revision.'],
  });
}

function tooMany(count: number, subject: string): ModelError {
  return new ModelError('FORMAT_LIMIT', 'The model has too many files', {
    subject,
    wanted: `at most ${MAX_FILES}`,
    found: String(count),
    remedies: ['Choose the files that are needed with `files` patterns.'],
  });
}

function sample(listed: readonly ManifestFile[]): string {
  const names = listed.slice(0, 8).map(({ path }) => path);
  const rest = listed.length - names.length;
  return names.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
