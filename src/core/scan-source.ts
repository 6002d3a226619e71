// Where the scanner's bytes come from: a file, bytes in memory, or something that is unpacked while it is
// read. scan-file.ts hands them to the core; nothing here judges anything.

import { Gunzip, Inflate, Unzlib } from 'fflate';

export interface ScanSource {
  /** Fills the target from `offset` on; fewer bytes only at the end. */
  read(offset: number, target: Uint8Array): number;
  close?(): void;
}

/** The request's numbers of methods (wasm/scan/decoding.ts) that fflate knows. */
const DECODERS: Readonly<Record<number, (() => Decoder) | undefined>> = {
  1: () => new Inflate(),
  2: () => new Unzlib(),
  3: () => new Gunzip(),
};

type Decoder = Inflate | Unzlib | Gunzip;

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

/** Deflate makes at most a thousand bytes of one, so that a piece becomes at most 16 MiB. */
const PIECE_BYTES = 16 * 1024;

/** A packed range, unpacked as far as it is read. Read forwards; going back begins anew. */
export class DecodedSource implements ScanSource {
  readonly #packed: PackedRange;
  #decoder: Decoder | undefined;
  #taken = 0;
  /** What has been unpacked and not been read yet, and where its first byte stands. */
  #chunks: Uint8Array[] = [];
  #position = 0;

  constructor(packed: PackedRange) {
    this.#packed = packed;
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

  #restart(): void {
    this.#decoder = undefined;
    this.#taken = 0;
    this.#chunks = [];
    this.#position = 0;
  }

  #skipTo(offset: number): void {
    while (this.#position < offset) {
      const chunk = this.#next();
      if (chunk === undefined) return;
      this.#drop(Math.min(chunk.length, offset - this.#position));
    }
  }

  #drop(count: number): void {
    const [first] = this.#chunks;
    if (first === undefined) return;
    this.#position += count;
    if (count === first.length) this.#chunks.shift();
    else this.#chunks[0] = first.subarray(count);
  }

  /** The first chunk that is left, unpacked now if need be; undefined at the end. */
  #next(): Uint8Array | undefined {
    while (this.#chunks.length === 0 && this.#taken < this.#packed.length) this.#decode();
    return this.#chunks[0];
  }

  #decode(): void {
    const { source, offset, length, method } = this.#packed;
    this.#decoder ??= this.#open(method);
    const piece = new Uint8Array(Math.min(PIECE_BYTES, length - this.#taken));
    const count = source.read(offset + this.#taken, piece);
    this.#taken = count === 0 ? length : this.#taken + count;
    this.#decoder.push(piece.subarray(0, count), this.#taken >= length);
  }

  #open(method: number): Decoder {
    const decoder = DECODERS[method]?.();
    if (decoder === undefined) throw new Error(`no decoder for method ${method}`);
    decoder.ondata = (chunk: Uint8Array) => {
      if (chunk.length > 0) this.#chunks.push(chunk);
    };
    return decoder;
  }
}

/** All of a packed range in memory; undefined where it is more than `limit` bytes. */
export function decodeWhole(packed: PackedRange, limit: number): Uint8Array | undefined {
  const source = new DecodedSource(packed);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const chunk = new Uint8Array(1024 * 1024);
    const count = source.read(size, chunk);
    size += count;
    if (size > limit) return undefined;
    if (count > 0) chunks.push(chunk.subarray(0, count));
    if (count < chunk.length) return Buffer.concat(chunks);
  }
}
