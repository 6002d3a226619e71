// What a safetensors file holds, by the WASM core, from its first bytes and its size alone.

import { coreInstance } from './instance.ts';
import { jsonOf } from './text-reply.ts';

export interface Tensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Begin and end in bytes, counted from the end of the header. */
  readonly offsets: readonly [number, number];
}

export interface Safetensors {
  readonly format: 'safetensors';
  /** Bytes. */
  readonly headerSize: number;
  /** Bytes. */
  readonly dataSize: number;
  /** Elements of all tensors. */
  readonly parameters: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** In the order of the file. */
  readonly tensors: readonly Tensor[];
}

/** From the first 8 bytes of a file: how many bytes inspectSafetensors wants. */
export function safetensorsStartSize(start: Uint8Array, fileSize: number): number {
  const reply = coreInstance().call('safetensorssize', start.subarray(0, 8), BigInt(fileSize));
  return Number(new DataView(reply.buffer, reply.byteOffset).getBigUint64(0, true));
}

/** Throws FORMAT_INVALID or FORMAT_LIMIT for a file that breaks a rule of the format. */
export function inspectSafetensors(start: Uint8Array, fileSize: number): Safetensors {
  return jsonOf('safetensors', start, BigInt(fileSize)) as Safetensors;
}
