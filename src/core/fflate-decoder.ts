// Deflate in its three wrappings, unpacked by fflate. scan-source.ts opens it.

import { Gunzip, Inflate, Unzlib } from 'fflate';
import { DecodeFailure, type Decoder, type Take } from './decoder.ts';

/** The methods of wasm/scan/decoding.ts. */
const STREAMS = { 1: Inflate, 2: Unzlib, 3: Gunzip } as const;

/** Deflate makes at most a thousand bytes of one, so that a piece becomes at most 16 MiB. */
const PIECE_BYTES = 16 * 1024;

export class FflateDecoder implements Decoder {
  readonly #stream: Inflate | Unzlib | Gunzip;
  readonly #take: Take;
  readonly #chunks: Uint8Array[] = [];
  #ended = false;
  #broken = false;

  constructor(method: keyof typeof STREAMS, take: Take) {
    this.#stream = new STREAMS[method]();
    this.#take = take;
    this.#stream.ondata = (chunk: Uint8Array) => {
      if (chunk.length > 0) this.#chunks.push(chunk);
    };
  }

  /** What was unpacked before something broke comes out first: a loader has acted on it by then. */
  next(): Uint8Array | undefined {
    while (this.#chunks.length === 0 && !this.#ended) {
      const piece = new Uint8Array(PIECE_BYTES);
      const count = this.#take(piece);
      this.#ended = count < piece.length;
      this.#push(piece.subarray(0, count), false);
      // By itself, because fflate drops what it has unpacked where the last piece ends too early.
      if (this.#ended) this.#push(new Uint8Array(0), true);
    }
    const chunk = this.#chunks.shift();
    if (chunk === undefined && this.#broken) throw new DecodeFailure('broken');
    return chunk;
  }

  #push(piece: Uint8Array, last: boolean): void {
    if (this.#broken) return;
    try {
      this.#stream.push(piece, last);
    } catch {
      this.#broken = true;
      this.#ended = true;
    }
  }
}
