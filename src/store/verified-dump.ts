// The bytes of an addition, hashed while they pass. The last few are withheld until the digest has
// been found right, so that wrong bytes never become a complete dump at the daemon's end.

import { ModelError } from '../base/errors.ts';
import { createHasher } from '../core/hasher.ts';
import { narOfDirectory } from '../core/nar.ts';
import type { Addition, Content } from './backend.ts';
import { fileChunks } from './file-chunks.ts';

/** A NAR is complete for its reader before the dump's end is marked: at least one byte must lack. */
const WITHHELD_BYTES = 8;

/** Yields the dump and returns its hexadecimal digest. HASH_MISMATCH before the last bytes. */
export async function* verifiedDump(
  addition: Addition,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, string, undefined> {
  const hash = createHasher({ algorithm: addition.algorithm });
  let withheld: Uint8Array = Buffer.alloc(0);
  for await (const chunk of dump(addition.content, signal)) {
    signal?.throwIfAborted();
    hash.update(chunk);
    // The producer uses its memory again: what stays behind is copied.
    if (chunk.byteLength <= WITHHELD_BYTES) {
      withheld = Buffer.concat([withheld, chunk]);
      continue;
    }
    yield withheld;
    yield chunk.subarray(0, -WITHHELD_BYTES);
    withheld = Uint8Array.from(chunk.subarray(-WITHHELD_BYTES));
  }
  const digest = hash.digest();
  checkDigest(addition, digest);
  yield withheld;
  return digest;
}

/** For a route into the store that takes a path: the digest first, in a read of its own. */
export async function verifiedDigest(addition: Addition, signal: AbortSignal | undefined): Promise<string> {
  const chunks = verifiedDump(addition, signal);
  for (;;) {
    const next = await chunks.next();
    if (next.done === true) return next.value;
  }
}

function dump(content: Content, signal: AbortSignal | undefined): AsyncIterable<Uint8Array> | [Uint8Array] {
  switch (content.kind) {
    case 'file':
      return fileChunks(content.file);
    case 'tree':
      return narOfDirectory(content.directory, { signal });
    case 'nar':
      return [content.nar];
  }
}

function checkDigest({ name, algorithm, wanted, content }: Addition, digest: string): void {
  if (wanted === undefined || wanted === digest) return;
  const what = content.kind === 'file' ? 'The file is' : 'The files are';
  throw new ModelError('HASH_MISMATCH', `${what} not what was pinned; nothing was added to the store`, {
    subject: name,
    wanted: sri(algorithm, wanted),
    found: sri(algorithm, digest),
  });
}

/** A hexadecimal digest in the notation of pins. */
export function sri(algorithm: string, digest: string): string {
  return `${algorithm}-${Buffer.from(digest, 'hex').toString('base64')}`;
}
