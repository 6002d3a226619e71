// The size of an object as a store lists it. All three write it as decimal digits; a hostile one may
// write anything.

import { ModelError } from '../../base/errors.ts';
import { printable } from '../printable.ts';

/** Bytes. */
export function parseSize(text: string | undefined, subject: string): number {
  const size = text !== undefined && /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(size)) return size;
  throw new ModelError('PROTOCOL', "The store's listing is malformed", {
    subject: printable(subject),
    wanted: 'a size in bytes',
    found: printable(text ?? 'nothing', MAX_SHOWN),
  });
}

const MAX_SHOWN = 40;
