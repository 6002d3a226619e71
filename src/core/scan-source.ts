// Where the scanner's bytes come from: a file, bytes in memory, or something that is unpacked while it is
// read. scan-file.ts hands them to the core; nothing here judges anything.

import { CoreDecoder } from './core-decoder.ts';
import { DecodeFailure, type Decoder, type FailureReason, type Take } from './decoder.ts';
import { FflateDecoder } from './fflate-decoder.ts';
import { MissingPart } from './parts-source.ts';

export interface ScanSource {
  /** Fills the target from `offset` on; fewer bytes only at the end, or where `failure` says why. */
  read(offset: number, target: Uint8Array): number;
  /** Why it ended where it did, if that was not its end. */
  readonly failure?: FailureReason | undefined;
  close?(): void;
}

/** The request's numbers of methods (wasm/scan/decoding.ts). zstd and 7z have no decoder here. */
const DECODERS: Readonly<Record<number, ((take: Take) => Decoder) | undefined>> = {
  1: (take) => new FflateDecoder(1, take),
  2: (take) => new FflateDecoder(2, take),
  3: (take) => new FflateDecoder(3, take),
  4: (take) => new CoreDecoder(4, take),
  5: (take) => new CoreDecoder(5, take),
  6: (take) => new CoreDecoder(6, take),
  7: (take) => new CoreDecoder(7, take),
  9: (take) => new CoreDecoder(9, take),
};

export interface PackedRange {
  readonly source: ScanSource;
  readonly offset: number;
  readonly length: number;
  readonly method: number;
}

export function canDecode(method: number): boolean {
  return DECODERS[method] !== undefined;
}

export function bytesSource(bytes: Uint8Array): ScanSource {
  return {
    read: (offset, target) => {
      const part = bytes.subarray(offset, offset + target.length);
      target.set(part);
      return part.length;
    },
  };
}

/** A packed range, unpacked as far as it is read. Read forwards; going back begins anew. */
export class DecodedSource implements ScanSource {
  readonly #packed: PackedRange;
  #decoder: Decoder | undefined;
  #taken = 0;
  /** What has been unpacked and not been read yet, and where its first byte stands. */
  #chunk: Uint8Array | undefined;
  #position = 0;
  #failure: FailureReason | undefined;

  constructor(packed: PackedRange) {
    this.#packed = packed;
  }

  get failure(): FailureReason | undefined {
    return this.#failure;
  }

  read(offset: number, target: Uint8Array): number {
    if (offset < this.#position) this.#restart();
    this.#skipTo(offset);
    let count = 0;
    while (count < target.length) {
      const chunk = this.#next();
      if (chunk === undefined) break;
      const part = chunk.subarray(0, target.length - count);
      target.set(part, count);
      count += part.length;
      this.#drop(part.length);
    }
    return count;
  }

  close(): void {
    this.#decoder?.close?.();
    this.#decoder = undefined;
  }

  #restart(): void {
    this.close();
    this.#taken = 0;
    this.#chunk = undefined;
    this.#position = 0;
    this.#failure = undefined;
  }

  #skipTo(offset: number): void {
    while (this.#position < offset) {
      const chunk = this.#next();
      if (chunk === undefined) return;
      this.#drop(Math.min(chunk.length, offset - this.#position));
    }
  }

  #drop(count: number): void {
    this.#position += count;
    this.#chunk = this.#chunk?.subarray(count);
  }

  /** What is left of the chunk, or another one, unpacked now; undefined at the end. */
  #next(): Uint8Array | undefined {
    if (this.#chunk !== undefined && this.#chunk.length > 0) return this.#chunk;
    this.#chunk = this.#failure === undefined ? this.#decode() : undefined;
    return this.#chunk;
  }

  /** What cannot be unpacked is the file's fault, whatever goes wrong; but for what is not here yet. */
  #decode(): Uint8Array | undefined {
    try {
      this.#decoder ??= this.#open();
      return this.#decoder.next();
    } catch (error) {
      if (error instanceof MissingPart) throw error;
      this.#failure = error instanceof DecodeFailure ? error.reason : 'broken';
      return undefined;
    }
  }

  #open(): Decoder {
    const open = DECODERS[this.#packed.method];
    if (open === undefined) throw new DecodeFailure('cannot');
    return open((target) => this.#take(target));
  }

  #take(target: Uint8Array): number {
    const { source, offset, length } = this.#packed;
    const wanted = target.subarray(0, Math.max(0, length - this.#taken));
    const count = source.read(offset + this.#taken, wanted);
    this.#taken += count;
    return count;
  }
}

/** Bytes in memory, and why there are no more. */
export interface Kept {
  readonly bytes: Uint8Array;
  readonly failure: FailureReason | undefined;
}

/** All of a packed range, if it is no more than `limit` bytes. */
export function decodeWhole(packed: PackedRange, limit: number): Kept {
  const source = new DecodedSource(packed);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const chunk = new Uint8Array(1024 * 1024);
      const count = source.read(size, chunk);
      size += count;
      if (size > limit) return { bytes: new Uint8Array(0), failure: 'tooLarge' };
      if (count > 0) chunks.push(chunk.subarray(0, count));
      if (count < chunk.length) return { bytes: Buffer.concat(chunks), failure: source.failure };
    }
  } finally {
    source.close();
  }
}
