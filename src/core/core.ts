// Hashes of bytes at hand and hashes as text, by the WASM core. Everybody may call it; it does no
// I/O. Bulk hashing of files is hash-files.ts, of streams hasher.ts.

import { coreInstance } from './instance.ts';

export type HashAlgorithm = 'sha256' | 'sha512';
export type HashFormat = 'hex' | 'base64' | 'nix32' | 'sri';

export interface Hash {
  readonly algorithm: HashAlgorithm;
  readonly digest: Uint8Array;
}

/** Numbers of wasm/encode.ts and wasm/hash-text.ts. */
const FORMATS: Readonly<Record<HashFormat, number>> = { hex: 0, base64: 1, nix32: 2, sri: 3 };

export function sha256(data: Uint8Array | string): Uint8Array {
  return coreInstance().call('sha256', data);
}

export function sha512(data: Uint8Array | string): Uint8Array {
  return coreInstance().call('sha512', data);
}

/** Reads SRI, `sha256:…`, or bare hexadecimal, base64 or Nix base-32. ENCODING_INVALID otherwise. */
export function parseHash(text: string): Hash {
  const reply = coreInstance().call('hashparse', text);
  return { algorithm: reply[0] === 1 ? 'sha512' : 'sha256', digest: reply.subarray(1) };
}

/** A digest as text; its length (32 or 64 bytes) says which algorithm an SRI names. */
export function formatHash(digest: Uint8Array, format: HashFormat): string {
  return text(coreInstance().call('hashwrite', FORMATS[format], digest));
}

/** A hash in any form, in the wanted form. */
export function convertHash(hash: string, format: HashFormat): string {
  return text(coreInstance().call('hashtext', FORMATS[format], hash));
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
