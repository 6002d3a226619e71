// modelOfDirectory: what pins a model that is on disk already, as if it had just been fetched: the
// sha256 of each file, the hash of the tree, and the source where it is told or can be guessed. Reads
// every byte, writes nothing and asks no network.

import { readFile, realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Progress } from './base/progress.ts';
import { totalSize } from './base/manifest.ts';
import { ModelError } from './base/errors.ts';
import type { LockEntry, LockedFile } from './base/spec.ts';
import { checkPaths } from './core/check-paths.ts';
import { hashFiles } from './core/hash-files.ts';
import { narHashOfFiles } from './core/nar-hash.ts';
import { planModel } from './core/plan.ts';
import { storeName } from './core/store-path.ts';
import { guessSource } from './guess-source.ts';
import { type FoundFile, walkDirectory } from './hub/walk.ts';
import { parsePointer, POINTER_LIMIT_BYTES } from './sources/git-lfs/pointer.ts';
import { parseSpec } from './spec/parse-spec.ts';

export interface ToNixOptions {
  readonly name?: string | undefined;
  /** Short form. */
  readonly source?: string | undefined;
  /** Fails before anything is read where the source is neither told nor guessed. */
  readonly needsSource?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: Progress | undefined;
}

export interface DirectoryModel {
  readonly name: string;
  /** Short form; absent where neither the options nor the directory say it. */
  readonly source?: string | undefined;
  /** Why the source is this one, where it was guessed. */
  readonly because?: string | undefined;
  /** SRI of the tree's NAR: what `hash` wants. */
  readonly hash: string;
  /** Bytes. */
  readonly totalSize: number;
  /** Sorted by path. */
  readonly files: readonly LockedFile[];
}

export async function modelOfDirectory(given: string, options: ToNixOptions): Promise<DirectoryModel> {
  const directory = await realpath(given).catch((cause: unknown) => {
    throw new ModelError('IO', 'There is no such directory', { subject: given, cause });
  });
  const guess = options.source === undefined ? await guessSource(directory) : undefined;
  const source = options.source ?? usable(guess?.source);
  if (source === undefined && options.needsSource === true) throw unknownSource(given);
  const name = nameOf(options.name, source, given);
  const found = await filesOf(guess?.directory ?? directory);
  const located = found.map(({ path, realPath, size }) => ({ path: realPath, name: path, size }));
  const [digests, hash] = await Promise.all([
    hashFiles(located, options),
    narHashOfFiles(found.map(({ path, realPath, size }) => ({ path, location: realPath, size })), options),
  ]);
  const files = found.map(({ path, size }, index) => ({ path, size, sha256: digests[index] ?? '' }));
  const because = source === undefined ? undefined : guess?.because;
  return { name, source, because, hash, totalSize: totalSize(files), files };
}

/** What `nix-ai-model lock` would have written, had it asked the source for this version. */
export function lockEntryOf(model: DirectoryModel): LockEntry {
  const { name, source, files: contents, totalSize } = model;
  if (source === undefined) throw unknownSource(name);
  const { spec, revision } = planModel({ name, source }, '/nix/store');
  const entry = { source: spec.source, ...(revision === undefined ? {} : { revision }), totalSize, contents };
  // Checked as it will be when it is read.
  return parseSpec({ name, lock: entry }).lock ?? entry;
}

/** A guess may be no source that can be fetched, such as a checkout of another disk. */
function usable(source: string | undefined): string | undefined {
  if (source === undefined) return undefined;
  try {
    parseSpec({ source });
    return source;
  } catch {
    return undefined;
  }
}

function nameOf(name: string | undefined, source: string | undefined, directory: string): string {
  if (source === undefined) return name ?? storeName(basename(directory));
  return parseSpec({ source, ...(name === undefined ? {} : { name }) }).name;
}

/** The files as a source would list them: without what tools keep beside them. */
async function filesOf(directory: string): Promise<readonly FoundFile[]> {
  const { files, leftOut } = await walkDirectory(directory, () => true);
  const [first] = leftOut;
  if (first !== undefined) {
    throw new ModelError('FILE_MISSING', 'The directory is no whole model', {
      subject: directory,
      found: first,
      remedies: ['Download the model again, or remove what is broken.'],
    });
  }
  if (files.length === 0) throw new ModelError('NO_FILES_MATCH', 'The directory has no files', { subject: directory });
  checkPaths(files.map(({ path }) => path));
  for (const file of files) if (file.size < POINTER_LIMIT_BYTES) await refusePointer(file);
  return files;
}

/** A checkout without `git lfs pull` has a few lines in the place of the weights. */
async function refusePointer({ path, realPath }: FoundFile): Promise<void> {
  if (parsePointer(await readFile(realPath), path) === undefined) return;
  throw new ModelError('FILE_MISSING', 'A Git LFS pointer stands in the place of the file', {
    subject: path,
    remedies: ['Run `git lfs pull` in the directory first.'],
  });
}

function unknownSource(subject: string): ModelError {
  return new ModelError('USAGE', 'A lock entry needs a source, and the directory does not tell one', {
    subject,
    remedies: ['Say where the model comes from: --source huggingface:org/name@COMMIT'],
  });
}
