// Every digest that a manifest may demand of one file, computed in one pass over its bytes. Used
// while downloading (in a worker) and when a directory is verified. No I/O.

import { createHash, type Hash } from 'node:crypto';

/** The digests a file is known to have; ManifestFile has this shape. */
export interface KnownDigests {
  readonly sha256?: string | undefined;
  readonly sha512?: string | undefined;
  readonly gitBlobSha1?: string | undefined;
}

/** The digests found: sha256 always, the others where they were asked for. */
export interface FoundDigests extends KnownDigests {
  readonly sha256: string;
}

export interface ContentDigests {
  update(chunk: Uint8Array): void;
  digest(): FoundDigests;
}

/** `size` must be the content's true length: git hashes it before the content. */
export function createContentDigests(known: KnownDigests, size: number): ContentDigests {
  const hashes: Record<string, Hash> = { sha256: createHash('sha256') };
  if (known.sha512 !== undefined) hashes['sha512'] = createHash('sha512');
  if (known.gitBlobSha1 !== undefined) {
    hashes['gitBlobSha1'] = createHash('sha1').update(`blob ${size}\0`);
  }
  return {
    update(chunk) {
      for (const name in hashes) hashes[name]?.update(chunk);
    },
    digest() {
      const found = Object.entries(hashes).map(([name, hash]) => [name, hash.digest('hex')] as const);
      return Object.fromEntries(found) as unknown as FoundDigests;
    },
  };
}

/** True where something vouches for the content. */
export function hasDigest(known: KnownDigests): boolean {
  return (known.sha256 ?? known.sha512 ?? known.gitBlobSha1) !== undefined;
}

export interface Mismatch {
  readonly wanted: string;
  readonly found: string;
}

/** The first digest that is not as known, as `algorithm:hex`, or undefined when all agree. */
export function findMismatch(known: KnownDigests, found: KnownDigests): Mismatch | undefined {
  for (const name of ['sha256', 'sha512', 'gitBlobSha1'] as const) {
    const wanted = known[name];
    const actual = found[name] ?? 'not computed';
    if (wanted !== undefined && wanted !== actual) {
      return { wanted: `${name}:${wanted}`, found: `${name}:${actual}` };
    }
  }
  return undefined;
}
