// The hash of a directory's NAR: what `hash` in a spec pins.

import { formatHash } from './core.ts';
import { createHasher } from './hasher.ts';
import { narOfDirectory } from './nar.ts';

/** SRI, as `nix hash path` prints it. */
export async function narHashOfDirectory(
  directory: string,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<string> {
  const hasher = createHasher();
  for await (const bytes of narOfDirectory(directory, options)) hasher.update(bytes);
  return formatHash(Buffer.from(hasher.digest(), 'hex'), 'sri');
}
