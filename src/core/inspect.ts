// What one model file holds, decided by its content and without its tensors: the caller brings a way to
// read a part of it, from a disk or from a server. Formats with one header at the beginning are read
// here, the others by inspect-parts.ts.

import { ggufStartSize, inspectGguf } from './gguf.ts';
import { inspectParts } from './inspect-parts.ts';
import type { ReadPart } from './parts-source.ts';
import { inspectSafetensors, safetensorsStartSize } from './safetensors.ts';

export type { ReadPart };

export interface InspectedTensor {
  readonly name: string;
  readonly dtype: string;
  /** As the format writes it: GGUF has the fastest-running dimension first. */
  readonly shape: readonly number[];
  /** Bytes, from the beginning of the data, or of the `storage`. */
  readonly offset: number;
  readonly bytes: number;
  /** numpy's: the last dimension runs fastest (C), or the first (F). */
  readonly order?: 'C' | 'F';
  /** What holds the bytes: a record of a checkpoint, a file beside an ONNX model. */
  readonly storage?: string;
}

export interface ModelFile {
  readonly format: 'safetensors' | 'gguf' | 'npy' | 'npz' | 'torch' | 'torchscript' | 'onnx';
  /** Of the format, where it has one. */
  readonly version?: number | undefined;
  /** Of ONNX: the names of its own fields (docs/inspect.md). */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** In the order of the file. */
  readonly tensors: readonly InspectedTensor[];
  /** Elements of all tensors. */
  readonly parameters: number;
  /** Of all tensors; storages that tensors share count once. */
  readonly bytes: number;
  /** Bytes that say what the tensors are. */
  readonly headerBytes: number;
  /** Bytes of the file behind its tensors that belong to nothing. */
  readonly trailing: number;
}

/** One read for nearly every safetensors header; a GGUF vocabulary takes some more. */
export const FIRST_READ_BYTES = 64 * 1024;

/** Each further read of a GGUF header goes to this many times the bytes at hand. */
const GROWTH = 4;

/** Throws FORMAT_* for a broken file, NO_FILES_MATCH for a format that is not read here. */
export async function inspectModelFile(
  read: ReadPart,
  size: number,
  name: string,
): Promise<ModelFile> {
  const start = await read(0, Math.min(size, FIRST_READ_BYTES));
  if (isGguf(start) || name.endsWith('.gguf')) return await readGguf(start, read, size);
  if (looksLikeSafetensors(start, size) || name.endsWith('.safetensors')) {
    return await readSafetensors(start, read, size);
  }
  return await inspectParts(read, size, { name, start });
}

function isGguf(start: Uint8Array): boolean {
  return start.length >= 4 && Buffer.from(start.subarray(0, 4)).toString('latin1') === 'GGUF';
}

/** A length that fits into the file and a JSON object behind it: no other known format begins so. */
function looksLikeSafetensors(start: Uint8Array, size: number): boolean {
  if (start.length < 9) return false;
  const length = Buffer.from(start.buffer, start.byteOffset, 8).readBigUInt64LE();
  const header = Buffer.from(start.subarray(8, 40)).toString('latin1');
  return length >= 2n && length <= BigInt(size - 8) && /^[ \t\r\n]*\{/.test(header);
}

async function readGguf(first: Uint8Array, read: ReadPart, size: number): Promise<ModelFile> {
  let start = first;
  for (;;) {
    const wanted = ggufStartSize(start, size);
    if (wanted <= start.length) break;
    start = await readOn(start, read, Math.min(size, Math.max(wanted, start.length * GROWTH)));
  }
  const { dataStart: headerBytes, ...found } = inspectGguf(start, size);
  const { format, version, metadata, tensors, parameters, bytes, trailing } = found;
  return { format, version, metadata, tensors, parameters, bytes, headerBytes, trailing };
}

async function readSafetensors(first: Uint8Array, read: ReadPart, size: number): Promise<ModelFile> {
  const wanted = safetensorsStartSize(first, size);
  const start = await readOn(first, read, wanted);
  const { format, metadata, parameters, dataSize, tensors: found } = inspectSafetensors(start, size);
  const tensors = found.map(({ name, dtype, shape, offsets: [from, to] }) => {
    return { name, dtype, shape, offset: from, bytes: to - from };
  });
  return { format, metadata, tensors, parameters, bytes: dataSize, headerBytes: wanted, trailing: 0 };
}

/** The first `end` bytes, of which some are there. */
async function readOn(start: Uint8Array, read: ReadPart, end: number): Promise<Uint8Array> {
  if (end <= start.length) return start.subarray(0, end);
  const whole = new Uint8Array(end);
  whole.set(start);
  whole.set(await read(start.length, end - start.length), start.length);
  return whole;
}
