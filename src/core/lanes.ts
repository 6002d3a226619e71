// One of the four lanes of wasm/lanes.ts: a file, its buffer inside the core's memory and how far
// its bytes have been hashed. hash-queue.ts drives four of them in step.

import type { CoreInstance } from './instance.ts';
import { OpenFile, type QueuedFile } from './open-file.ts';

export const LANES = 4;
export const BLOCK_BYTES = 64;

/** Four of these stay in a core's second-level cache; larger ones were no quicker. */
const BUFFER_BYTES = 64 * 1024;
const PADDING_BYTES = 128;

export class Lane {
  readonly #core: CoreInstance;
  readonly #table: number;
  readonly #number: number;
  readonly #buffer: number;
  /** The bytes from `#at` to `#end` wait to be hashed. */
  #at: number;
  #end: number;
  #input: OpenFile | undefined;
  #padded = false;
  file: QueuedFile | undefined;

  constructor(core: CoreInstance, table: number, number: number) {
    this.#core = core;
    this.#table = table;
    this.#number = number;
    this.#buffer = core.raw('reserve', BUFFER_BYTES + PADDING_BYTES);
    this.#at = this.#end = this.#buffer;
  }

  /** Whole blocks that wait to be hashed. */
  get blocks(): number {
    return Math.floor((this.#end - this.#at) / BLOCK_BYTES);
  }

  /** Where they are; 0, which means an idle lane to the core, without a file. */
  get address(): number {
    return this.file === undefined ? 0 : this.#at;
  }

  get size(): number {
    return this.#input?.position ?? 0;
  }

  /** All of the file's blocks have been hashed, the padding included. */
  get finished(): boolean {
    return this.#padded && this.#at === this.#end;
  }

  start(file: QueuedFile): void {
    this.#input = new OpenFile(file.path);
    this.file = file;
    this.#padded = false;
    this.#at = this.#end = this.#buffer;
    this.#core.raw('lanestart', this.#table, this.#number);
  }

  /** Reads on, behind what is left of an unfinished block; the number of bytes read. */
  refill(): number {
    const input = this.#input;
    if (input === undefined) return 0;
    const held = this.#end - this.#at;
    const buffer = this.#core.bytes(this.#buffer, BUFFER_BYTES);
    buffer.copyWithin(0, this.#at - this.#buffer, this.#end - this.#buffer);
    const count = input.fill(buffer.subarray(held));
    this.#at = this.#buffer;
    this.#end = this.#buffer + held + count;
    if (input.ended) this.#pad(held + count, input.position);
    return count;
  }

  #pad(length: number, total: number): void {
    this.#end = this.#buffer + this.#core.raw('lanepad', this.#buffer, length, BigInt(total));
    this.#padded = true;
  }

  advance(bytes: number): void {
    this.#at += bytes;
  }

  digest(): string {
    return Buffer.from(this.#core.call('lanedigest', this.#table, this.#number)).toString('hex');
  }

  /** Lets go of the file; the lane is free for another one. */
  close(): void {
    this.#input?.close();
    this.#input = undefined;
    this.file = undefined;
  }
}
