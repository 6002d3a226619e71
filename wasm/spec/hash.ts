// Hashes where the spec has them. Any encoding is read; an empty text means that none is given yet,
// as it does for nixpkgs' fetchers.

import { ENCODING_INVALID } from '../../build/generated/status';
import { Digest, parseDigest } from '../digest';
import { pathOf, STRING, Value } from '../json/value';
import { newOutput } from '../output';
import { problem } from '../problem';
import { wrongType } from './expect';

/** The hash that an attribute holds; null where it holds none. */
export function optionalHash(object: Value, name: string): Digest | null {
  const value = object.member(name);
  return value === null ? null : hashOf(value);
}

export function hashOf(value: Value): Digest | null {
  if (value.kind != STRING) {
    wrongType(value, 'a hash');
    return null;
  }
  if (value.size == 0) return null;
  const digest = parseDigest(value);
  if (digest === null) {
    const made = problem(ENCODING_INVALID);
    made.message.byte(0x60).text(pathOf(value)).put('` is no sha256 or sha512 hash');
    made.found(newOutput().shown(value).asText());
  }
  return digest;
}
