// A file that lies elsewhere as a source for the machine, which reads synchronously: what is at hand is
// given, what is not is a MissingPart, to be fetched before the same request is answered again. Reads
// ahead, more and more where the file is read on, so that requests stay few.

import type { ScanSource } from './scan-source.ts';

/** Exactly the bytes from `offset` on, `length` of them; they are in the file. */
export type ReadPart = (offset: number, length: number) => Promise<Uint8Array>;

export class MissingPart extends Error {
  readonly offset: number;
  readonly length: number;

  constructor(offset: number, length: number) {
    super('a part has not been fetched yet');
    this.offset = offset;
    this.length = length;
  }
}

/** A member of an archive, or an array's header, with what stands before it. */
const JUMP_BYTES = 8 * 1024;
/** Where the file is read on, each request is so many times the one before. */
const GROWTH = 4;
const MAX_AHEAD_BYTES = 512 * 1024;
/** The oldest parts are dropped beyond this. */
const MAX_KEPT_BYTES = 32 * 1024 * 1024;

interface Part {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

const NOTHING = new Uint8Array(0);
const endOf = ({ offset, bytes }: Part): number => offset + bytes.length;

export class PartsSource implements ScanSource {
  readonly #read: ReadPart;
  readonly #size: number;
  #parts: Part[];
  #ahead = JUMP_BYTES;

  /** `start` are the file's first bytes. */
  constructor(read: ReadPart, size: number, start: Uint8Array) {
    this.#read = read;
    this.#size = size;
    this.#parts = [{ offset: 0, bytes: start }];
  }

  /** Throws MissingPart. */
  read(offset: number, target: Uint8Array): number {
    const length = Math.min(target.length, this.#size - offset);
    if (length <= 0) return 0;
    const part = this.#parts.find((part) => part.offset <= offset && offset + length <= endOf(part));
    if (part === undefined) throw new MissingPart(offset, length);
    target.set(part.bytes.subarray(offset - part.offset, offset - part.offset + length));
    return length;
  }

  async fetch({ offset, length }: MissingPart): Promise<void> {
    const before = this.#parts.find((part) => part.offset <= offset && offset <= endOf(part));
    const from = before === undefined ? offset : endOf(before);
    this.#ahead = before === undefined ? JUMP_BYTES : Math.min(this.#ahead * GROWTH, MAX_AHEAD_BYTES);
    const wanted = Math.min(this.#size, Math.max(offset + length, from + this.#ahead));
    const behind = this.#parts.find((part) => part.offset > from && part.offset <= wanted);
    const read = await this.#read(from, (behind?.offset ?? wanted) - from);
    const atHand = before?.bytes.subarray(offset - before.offset) ?? NOTHING;
    const bytes = Buffer.concat([atHand, read, behind?.bytes ?? NOTHING]);
    this.#parts = [{ offset, bytes }, ...this.#parts.filter((part) => part !== behind)];
    this.#dropOldest();
  }

  #dropOldest(): void {
    let kept = 0;
    this.#parts = this.#parts.filter(({ bytes }, i) => (kept += bytes.length) <= MAX_KEPT_BYTES || i === 0);
  }
}
