// The bytes of one unfinished file: positional writes into a partial file in the stage, synced
// early and noted in the journal, renamed to the final name once they are verified. Knows nothing
// of the network.

import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { diskError, makeDirectory } from './disk-errors.ts';
import { Journal, type JournalHeader, readJournal } from './journal.ts';
import { addRange, countBytes, frontier, missingRanges, type RangeSet } from './ranges.ts';

/** Bytes that may wait for a sync: few, so that the last one is short and a crash costs little. */
const SYNC_BYTES = 32 * 1024 * 1024;
/** On slow links, or when the network stalls: how long written bytes may go unnoted. */
const SYNC_MS = 1_000;

// Never through a link that somebody else has put there.
const OPEN_FLAGS = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;

export interface PartialPaths {
  readonly partial: string;
  readonly journal: string;
  readonly final: string;
}

export class PartialFile {
  readonly paths: PartialPaths;
  readonly #handle: FileHandle;
  #journal: Journal | undefined;
  #written: RangeSet = [];
  #unsynced: RangeSet = [];
  #syncing: Promise<void> | undefined;
  #syncTimer: NodeJS.Timeout | undefined;

  private constructor(paths: PartialPaths, handle: FileHandle) {
    this.paths = paths;
    this.#handle = handle;
  }

  /** Opens it and, where the journal is of this very file, takes up what is there. */
  static async open(
    paths: PartialPaths,
    isSame: (header: JournalHeader) => boolean,
  ): Promise<{ partial: PartialFile; resumed: JournalHeader | undefined }> {
    try {
      const partial = new PartialFile(paths, await open(paths.partial, OPEN_FLAGS, 0o644));
      return { partial, resumed: await partial.#resume(isSame) };
    } catch (error) {
      throw await diskError(error, paths.partial);
    }
  }

  get written(): RangeSet {
    return this.#written;
  }

  get hasJournal(): boolean {
    return this.#journal !== undefined;
  }

  async #resume(isSame: (header: JournalHeader) => boolean): Promise<JournalHeader | undefined> {
    const { size } = await this.#handle.stat();
    // New: a journal without bytes is of no use.
    if (size === 0) return undefined;
    const content = await readJournal(this.paths.journal);
    const usable =
      content !== undefined && isSame(content.header) && content.ranges.every((range) => range.end <= size);
    if (!usable) {
      await this.discard();
      return undefined;
    }
    this.#journal = await Journal.create(this.paths.journal, content);
    this.#written = content.ranges;
    return content.header;
  }

  /** From now on every sync is noted, for the next process. */
  async startJournal(header: JournalHeader): Promise<void> {
    await this.#guard(async () => {
      this.#journal = await Journal.create(this.paths.journal, { header, ranges: [] });
    });
  }

  /** Writes all of it at `position`; slow disks hold up the network through this. */
  async write(bytes: Buffer, position: number): Promise<void> {
    const end = position + bytes.length;
    await this.#guard(() => this.#writeAll(bytes, position));
    this.#written = addRange(this.#written, { start: position, end });
    this.#unsynced = addRange(this.#unsynced, { start: position, end });
    if (countBytes(this.#unsynced) >= SYNC_BYTES) this.#syncBehind();
    else this.#syncTimer ??= setTimeout(() => { this.#syncBehind(); }, SYNC_MS);
  }

  // Not awaited: the network goes on meanwhile. A failure shows again at the last sync.
  #syncBehind(): void {
    this.#stopTimer();
    if (this.#syncing === undefined) this.sync().catch(() => undefined);
  }

  async #writeAll(bytes: Buffer, position: number): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      at += (await this.#handle.write(bytes, at, bytes.length - at, position + at)).bytesWritten;
    }
  }

  /** Brings everything written so far to the disk and notes it. */
  async sync(): Promise<void> {
    while (this.#syncing !== undefined) await this.#syncing.catch(() => undefined);
    this.#stopTimer();
    const ranges = this.#unsynced;
    if (ranges.length === 0) return;
    this.#unsynced = [];
    this.#syncing = this.#guard(async () => {
      await this.#handle.datasync();
      await this.#journal?.append(ranges);
    });
    try {
      await this.#syncing;
    } catch (error) {
      for (const range of ranges) this.#unsynced = addRange(this.#unsynced, range);
      throw error;
    } finally {
      this.#syncing = undefined;
    }
  }

  /** Verified: gets its final name. The caller has synced it, and syncs the folder later. */
  async complete(): Promise<void> {
    await this.#guard(async () => {
      const { partial, journal, final } = this.paths;
      const hadJournal = this.hasJournal;
      await this.close();
      // Most files lie beside the partial ones.
      if (dirname(final) !== dirname(partial)) await makeDirectory(dirname(final));
      await rename(partial, final);
      if (hadJournal) await rm(journal, { force: true });
    });
  }

  /** Forgets every byte, but stays open for a new start. */
  async discard(): Promise<void> {
    await this.#guard(async () => {
      this.#stopTimer();
      await this.#syncing?.catch(() => undefined);
      await this.#journal?.close();
      this.#journal = undefined;
      // The journal goes first: it must never speak of bytes that are gone.
      await rm(this.paths.journal, { force: true });
      await this.#handle.truncate(0);
      this.#written = [];
      this.#unsynced = [];
    });
  }

  /** Bad bytes are not kept. */
  async remove(): Promise<void> {
    await this.discard();
    await this.close();
    await rm(this.paths.partial, { force: true });
  }

  async close(): Promise<void> {
    this.#stopTimer();
    await this.#syncing?.catch(() => undefined);
    await this.#journal?.close();
    this.#journal = undefined;
    await this.#handle.close();
  }

  #stopTimer(): void {
    clearTimeout(this.#syncTimer);
    this.#syncTimer = undefined;
  }

  missing(size: number): RangeSet {
    return missingRanges(this.#written, size);
  }

  get frontier(): number {
    return frontier(this.#written);
  }

  async #guard(operation: () => Promise<void>): Promise<void> {
    try {
      await operation();
    } catch (error) {
      throw await diskError(error, this.paths.partial);
    }
  }
}
