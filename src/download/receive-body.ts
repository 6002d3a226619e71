// Takes the body of an answer and hands it on in large pieces, writing one piece while the next
// comes in. Whatever arrived is handed on even when the body breaks: received bytes are never
// asked for again.

import { ModelError } from '../base/errors.ts';
import type { HttpResponse } from '../net/http.ts';
import { BLOCK_BYTES, type BlockPool } from './block-pool.ts';

export interface Receipt {
  /** The manifest's path, for messages. */
  readonly path: string;
  /** How many bytes must come; Infinity where nobody knows. */
  readonly length: number;
  readonly blocks: BlockPool;
  /** Called for one piece after the other, in order. `bytes` is used again when it has resolved. */
  readonly write: (bytes: Buffer) => Promise<void>;
}

export async function receiveBody({ receive }: Pick<HttpResponse, 'receive'>, receipt: Receipt): Promise<void> {
  const { path, length } = receipt;
  const pieces = new Pieces(receipt);
  let received = 0;
  const shouldBe = (): { subject: string; wanted: string; found: string } => ({
    subject: path,
    wanted: `${length} bytes`,
    found: `${received} bytes`,
  });
  try {
    await receive((chunk) => {
      received += chunk.length;
      if (received <= length) return pieces.store(chunk);
      throw new ModelError('SIZE_MISMATCH', 'The server sends more than was announced', shouldBe());
    });
  } finally {
    await pieces.end();
  }
  if (received >= length || length === Infinity) return;
  throw new ModelError('TRUNCATED', 'The answer ended before the file did', { ...shouldBe(), retriable: true });
}

/** Chunks become blocks: one is filled while another one is written. */
class Pieces {
  readonly #receipt: Receipt;
  #block: Buffer;
  #filled = 0;
  #writing = Promise.resolve();

  constructor(receipt: Receipt) {
    this.#receipt = receipt;
    this.#block = receipt.blocks.take();
  }

  store(chunk: Buffer): Promise<void> | undefined {
    const count = chunk.copy(this.#block, this.#filled);
    this.#filled += count;
    if (this.#filled < BLOCK_BYTES) return undefined;
    const rest = Buffer.from(chunk.subarray(count));
    return this.#handOn().then(() => this.store(rest));
  }

  async end(): Promise<void> {
    try {
      await this.#handOn();
      await this.#writing;
    } finally {
      this.#receipt.blocks.give(this.#block);
    }
  }

  async #handOn(): Promise<void> {
    await this.#writing;
    if (this.#filled === 0) return;
    const { blocks, write } = this.#receipt;
    const block = this.#block;
    const writing = write(block.subarray(0, this.#filled));
    this.#filled = 0;
    const spare = blocks.takeSpare();
    if (spare === undefined) {
      await writing;
      return;
    }
    this.#block = spare;
    this.#writing = writing.finally(() => { blocks.giveSpare(block); });
    // Awaited by the next call; until then nobody else listens for its failure.
    this.#writing.catch(() => undefined);
  }
}
