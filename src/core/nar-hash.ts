// The hash of a directory's NAR: what `hash` in a spec pins.

import { formatHash } from './core.ts';
import { createHasher } from './hasher.ts';
import { narOfDirectory, narOfFiles, type NarFile } from './nar.ts';

/** SRI, as `nix hash path` prints it. */
export async function narHashOfDirectory(
  directory: string,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<string> {
  return await hashOf(narOfDirectory(directory, options));
}

/** The same of the tree that these files make, wherever they are and whatever their permissions. */
export async function narHashOfFiles(
  files: readonly NarFile[],
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<string> {
  return await hashOf(narOfFiles(files, options));
}

async function hashOf(nar: AsyncIterable<Uint8Array>): Promise<string> {
  const hasher = createHasher();
  for await (const bytes of nar) hasher.update(bytes);
  return formatHash(Buffer.from(hasher.digest(), 'hex'), 'sri');
}
