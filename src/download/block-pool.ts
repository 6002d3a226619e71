// The memory that bytes pass through on their way from the network to the disk: blocks that are used
// again and again, few enough for any number of connections. Made by download-manifest.ts's context.

/** One write; large enough that system calls do not count, small enough for many connections. */
export const BLOCK_BYTES = 512 * 1024;

/** Blocks beside the one that every connection has: 8 MiB in all. */
const SPARE_BLOCKS = 16;

export class BlockPool {
  readonly #free: Buffer[] = [];
  #spare = SPARE_BLOCKS;

  /** The block of a connection. */
  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
  }

  give(block: Buffer): void {
    this.#free.push(block);
  }

  /** A second block, to be filled while the first is written; undefined where memory is short. */
  takeSpare(): Buffer | undefined {
    if (this.#spare === 0) return undefined;
    this.#spare -= 1;
    return this.take();
  }

  giveSpare(block: Buffer): void {
    this.#spare += 1;
    this.give(block);
  }
}
