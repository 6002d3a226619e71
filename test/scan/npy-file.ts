// numpy's .npy with any header.

import { bytes, u16 } from './assemble.ts';

export function npy(header: string, data: Uint8Array): Buffer {
  const padded = `${header}${' '.repeat((64 - ((11 + header.length) % 64)) % 64)}\n`;
  return bytes('\x93NUMPY\x01\x00', u16(padded.length), padded, data);
}
