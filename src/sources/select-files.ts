// From everything that a source lists to what the spec asks for: patterns applied, names checked,
// sorted as a manifest is. Every source calls it last. Pure.

import { ModelError } from '../base/errors.ts';
import type { ManifestFile } from '../base/manifest.ts';
import type { FilePatterns } from '../base/spec.ts';
import { checkPaths } from '../core/check-paths.ts';
import { matchGlob, selectPaths } from '../core/glob.ts';
import { printable } from './printable.ts';

export function selectFiles(
  listed: readonly ManifestFile[],
  patterns: FilePatterns,
  subject: string,
): ManifestFile[] {
  const paths = listed.map(({ path }) => path);
  const chosen = selectPaths(patterns, paths);
  const files = listed.filter((_, index) => chosen[index]);
  const missing = patterns.include.filter(isPlainName).find((name) => !matchesAny(name, paths));
  if (missing !== undefined) throw noFile(`There is no file "${missing}"`, paths, subject);
  if (files.length === 0) throw noFile('No file matches the patterns', paths, subject);
  // Only what will be written: an odd name elsewhere in the repository does no harm.
  checkPaths(files.map(({ path }) => path));
  return files.sort((a, b) => compareBytes(a.path, b.path));
}

/** A pattern may match nothing; a plain name that does is a misspelling, or the file is gone. */
function isPlainName(pattern: string): boolean {
  return !/[*?[\]{}\\]/.test(pattern);
}

function matchesAny(pattern: string, paths: readonly string[]): boolean {
  return paths.some((path) => matchGlob(pattern, path));
}

/** Nix, the lock file and the WASM core sort by bytes; `<` on strings compares UTF-16 units. */
function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function noFile(message: string, paths: readonly string[], subject: string): ModelError {
  if (paths.length === 0) {
    return new ModelError('NO_FILES_MATCH', 'The repository has no files at this revision', {
      subject,
      remedies: ['Check the repository and its revision.'],
    });
  }
  const rest = paths.length - MAX_SHOWN;
  const found = paths.slice(0, MAX_SHOWN).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
  return new ModelError('NO_FILES_MATCH', message, { subject, found: printable(found) });
}

/** Names in an error message: enough to see what the repository is like. */
const MAX_SHOWN = 8;
