// Pointer files: what a git repository holds in place of a file that Git LFS keeps. Pure. The
// format is three lines, and nothing that merely resembles it is taken for one.

import { ModelError } from '../../base/errors.ts';

export interface Pointer {
  /** sha256 of the content, lower-case hexadecimal. */
  readonly oid: string;
  /** Bytes. */
  readonly size: number;
}

/** A pointer is shorter than this, by the specification of Git LFS. */
export const POINTER_LIMIT_BYTES = 1024;

const START = /^version (?:https:\/\/git-lfs\.github\.com\/spec\/v|https:\/\/hawser\.github\.com\/spec\/v|http:\/\/git-media\.io\/v\/)/;
const POINTER = /^version (?:https:\/\/(?:git-lfs|hawser)\.github\.com\/spec\/v1|http:\/\/git-media\.io\/v\/2)\noid sha256:([0-9a-f]{64})\nsize (0|[1-9][0-9]{0,15})\n$/;

/** Undefined for an ordinary file; throws for one that is a broken or foreign pointer. */
export function parsePointer(content: Buffer, path: string): Pointer | undefined {
  if (content.length >= POINTER_LIMIT_BYTES) return undefined;
  const text = content.toString('latin1');
  if (!START.test(text)) return undefined;
  const [, oid, digits] = POINTER.exec(text) ?? [];
  const size = Number(digits);
  if (oid !== undefined && Number.isSafeInteger(size)) return { oid, size };
  const extended = /^ext-\d-/m.test(text);
  const what = extended ? 'A Git LFS pointer with extensions' : 'A broken Git LFS pointer';
  throw new ModelError('FORMAT_INVALID', what, {
    subject: path,
    wanted: 'version, "oid sha256:…" and size, each on a line of its own',
    found: JSON.stringify(text.slice(0, 200)),
    remedies: [
      extended
        ? 'Git LFS extensions change the content with a program of their own: they are not supported.'
        : 'Ask whoever publishes the model to commit the file again with `git lfs`.',
      `Or leave it out: files = [ "!${path}" ].`,
    ],
  });
}
