// Hosts the core's own decoders (wasm/decode/decoder.ts). Each runs in an instance of its own, because it
// keeps megabytes between steps; instances are used again by the next content.

import { DecodeFailure, type Decoder, type FailureReason, type Take } from './decoder.ts';
import { CoreInstance } from './instance.ts';
import { loadModule } from './module.ts';

const MORE = 0;
const END = 2;
const REASONS: Readonly<Record<number, FailureReason>> = { 3: 'broken', 4: 'cannot', 5: 'trailing' };

type Words = [status: number, out: number, outSize: number, fillAt: number, fillSize: number];

/** An instance that a large dictionary has made grow is dropped: WASM memory cannot shrink. */
const KEPT_MEMORY_BYTES = 32 * 1024 * 1024;
const MAX_IDLE = 4;
const idle: CoreInstance[] = [];

/** Of the methods bzip2, xz, lzma, LZ4 and the zips' lzma, as wasm/scan/decoding.ts numbers them. */
export class CoreDecoder implements Decoder {
  readonly #core = idle.pop() ?? new CoreInstance(loadModule());
  readonly #take: Take;
  /** The address of the record that the core answers with. */
  readonly #record: number;
  /** Packed bytes that were put into the core and not been told of yet, and whether they were the last. */
  #filled = 0;
  #last = false;
  #status = MORE;

  constructor(method: number, take: Take) {
    this.#take = take;
    this.#record = this.#core.raw('decodeopen', method) >>> 0;
  }

  next(): Uint8Array | undefined {
    for (;;) {
      if (this.#status === END) return undefined;
      const reason = REASONS[this.#status];
      if (reason !== undefined) throw new DecodeFailure(reason);
      if (this.#status === MORE) this.#fill();
      this.#core.raw('decodestep', this.#filled, this.#last ? 1 : 0);
      this.#filled = 0;
      const [status, out, outSize] = this.#words();
      this.#status = status;
      if (outSize > 0) return this.#core.bytes(out, outSize);
    }
  }

  close(): void {
    const { byteLength } = this.#core.memory.buffer;
    if (byteLength <= KEPT_MEMORY_BYTES && idle.length < MAX_IDLE) idle.push(this.#core);
  }

  #fill(): void {
    const [, , , at, size] = this.#words();
    this.#filled = this.#last ? 0 : this.#take(this.#core.bytes(at, size));
    this.#last ||= this.#filled < size;
  }

  #words(): Words {
    const view = new DataView(this.#core.memory.buffer, this.#record, 20);
    return [0, 4, 8, 12, 16].map((at) => view.getUint32(at, true)) as Words;
  }
}
