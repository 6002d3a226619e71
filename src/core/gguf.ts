// What a GGUF file holds, by the WASM core, from its first bytes and its size alone.

import { coreInstance } from './instance.ts';
import { jsonOf } from './text-reply.ts';

export interface GgufTensor {
  readonly name: string;
  /** ggml's name of the type: F16, Q4_K, … */
  readonly dtype: string;
  /** As in the file: the fastest-running dimension first, the reverse of what PyTorch shows. */
  readonly shape: readonly number[];
  /** Bytes, from the beginning of the data. */
  readonly offset: number;
  readonly bytes: number;
}

/** A long array (`type` such as `f32[]`) or a long text (`string`), told by its beginning. */
export interface Excerpt {
  readonly type: string;
  /** Elements, or bytes of a text. */
  readonly count: number;
  readonly first: string | readonly MetadataScalar[];
}

/** Integers beyond 2^53, NaN and the infinities are texts. */
export type MetadataScalar = string | number | boolean;
export type MetadataValue = MetadataScalar | readonly (MetadataScalar | Excerpt)[] | Excerpt;

export interface Gguf {
  readonly format: 'gguf';
  readonly version: 2 | 3;
  readonly alignment: number;
  /** Bytes, padding not included. */
  readonly headerSize: number;
  /** Offset in the file of the first tensor. */
  readonly dataStart: number;
  /** Elements of all tensors. */
  readonly parameters: number;
  /** Of all tensors, padding not included. */
  readonly bytes: number;
  /** Bytes of the file that belong to nothing. */
  readonly trailing: number;
  readonly metadata: Readonly<Record<string, MetadataValue>>;
  /** In the order of the file. */
  readonly tensors: readonly GgufTensor[];
}

/** From any beginning of a file: how many bytes from its start are needed next (never less). */
export function ggufStartSize(start: Uint8Array, fileSize: number): number {
  const reply = coreInstance().call('ggufsize', start, BigInt(fileSize));
  return Number(new DataView(reply.buffer, reply.byteOffset).getBigUint64(0, true));
}

/** Throws FORMAT_INVALID or FORMAT_LIMIT for a file that breaks a rule of the format. */
export function inspectGguf(start: Uint8Array, fileSize: number): Gguf {
  return jsonOf('gguf', start, BigInt(fileSize)) as Gguf;
}
