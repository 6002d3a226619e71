// Writes safetensors files, good and bad.

import type { Header } from '../core/safetensors-cases.ts';

/** A header (numbers beyond 2^53 go into a text), so many bytes of data, and the length if it is a lie. */
export function safetensors(header: Header, dataSize = 0, length?: bigint): Buffer {
  const text = typeof header === 'string' || header instanceof Uint8Array ? header : JSON.stringify(header);
  const json = Buffer.from(text);
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(length ?? BigInt(json.length));
  return Buffer.concat([prefix, json, Buffer.alloc(dataSize, 0x41)]);
}
