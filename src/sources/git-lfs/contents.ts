// What each file of a commit is: content that git itself holds, or a pointer to an LFS object.
// Links are refused here: where they lead is nothing that a pinned model may depend on.

import { ModelError } from '../../base/errors.ts';
import type { SourceContext } from '../source.ts';
import type { Commit } from './commit.ts';
import { parsePointer, type Pointer, POINTER_LIMIT_BYTES } from './pointer.ts';
import { readBlobs } from './read-blobs.ts';
import type { TreeEntry } from './tree.ts';

export interface Content {
  readonly path: string;
  /** Git's name of the file, or of the pointer in its place. */
  readonly blob: string;
  /** Set where Git LFS keeps the content. */
  readonly pointer?: Pointer | undefined;
  /** Bytes of the content, where they are known without fetching it. */
  readonly size?: number | undefined;
}

export async function contentsOf(
  commit: Commit,
  paths: readonly string[],
  subject: string,
  { environment, signal }: SourceContext,
): Promise<Content[]> {
  const entries = chosenEntries(commit.entries, paths, subject);
  const sizeOf = (blob: string): number => commit.sizes.get(blob) ?? Infinity;
  const small = entries.map(({ blob }) => blob).filter((blob) => sizeOf(blob) < POINTER_LIMIT_BYTES);
  const texts = await readBlobs(small, { directory: commit.directory, environment, signal });
  return entries.map(({ path, blob }) => {
    const text = texts.get(blob);
    const pointer = text === undefined ? undefined : parsePointer(text, path);
    return { path, blob, pointer, size: pointer?.size ?? commit.sizes.get(blob) };
  });
}

function chosenEntries(
  entries: readonly TreeEntry[],
  paths: readonly string[],
  subject: string,
): TreeEntry[] {
  const known = new Map(entries.map((entry) => [entry.path, entry]));
  return paths.map((path) => {
    const entry = known.get(path);
    if (entry === undefined) throw new ModelError('ENTRY_NOT_FOUND', `The commit has no file "${path}"`, { subject });
    if (entry.kind === 'file') return entry;
    throw new ModelError('HOSTILE_NAME', 'The repository has a symbolic link, which cannot be part of a model', {
      subject: `${subject}: ${path}`,
      remedies: [`Leave it out: files = [ "!${path}" ], and name the file that it leads to.`],
    });
  });
}
