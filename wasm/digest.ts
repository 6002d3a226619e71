// A hash as the spec and the lock hold it. A thin object around hash-text.ts, which reads and writes
// every encoding.

import { allocate } from './abi';
import { encode, encodedLength, HEX } from './encode';
import { digestBytes, SHA256, sum } from './hash';
import { getHash, hashTextLength, putHash, SRI } from './hash-text';
import { Text, textAt } from './text';

@unmanaged
export class Digest {
  algorithm: u32;
  ptr: usize;

  get isSha256(): bool {
    return this.algorithm == SHA256;
  }

  /** `sha256-…=`, how a hash is written everywhere that people see it. */
  sri(): Text {
    const size = hashTextLength(this.algorithm, SRI);
    const text = textAt(allocate(size), size);
    putHash(this.algorithm, SRI, this.ptr, text.ptr);
    return text;
  }

  /** Lower-case hexadecimal digits, without the algorithm. */
  hex(): Text {
    const bytes = digestBytes(this.algorithm);
    const size = encodedLength(HEX, bytes);
    const text = textAt(allocate(size), size);
    encode(HEX, this.ptr, bytes, text.ptr);
    return text;
  }
}

/** A hash in any encoding; null where it is none. */
export function parseDigest(text: Text): Digest | null {
  const digest = newDigest(0);
  const algorithm = getHash(text.ptr, text.size, digest.ptr);
  if (algorithm < 0) return null;
  digest.algorithm = algorithm;
  return digest;
}

export function sha256Of(text: Text): Digest {
  const digest = newDigest(SHA256);
  sum(SHA256, text.ptr, text.size, digest.ptr);
  return digest;
}

export function sameDigest(a: Digest, b: Digest): bool {
  return a.algorithm == b.algorithm && memory.compare(a.ptr, b.ptr, digestBytes(a.algorithm)) == 0;
}

function newDigest(algorithm: u32): Digest {
  const digest = changetype<Digest>(allocate(offsetof<Digest>()));
  digest.algorithm = algorithm;
  digest.ptr = allocate(64);
  return digest;
}
