// One file on its way into the stage: which parts of it are claimed, when it is whole, what happens
// when the remote side changes its mind. The parts are run by download-manifest.ts's slots; this
// decides about the file as a whole.

import { ModelError } from '../base/errors.ts';
import type { ManifestFile, StagedFile } from '../base/manifest.ts';
import { findMismatch, hasDigest } from '../core/content-digests.ts';
import type { Answer } from './content-answer.ts';
import type { Follower } from './digest-pool.ts';
import { type DownloadContext, partialPaths } from './download-context.ts';
import type { FinishedFiles } from './finished-files.ts';
import { fetchPart, type PartJob } from './fetch-part.ts';
import { PartialFile } from './partial-file.ts';
import { MAX_PART_BYTES, SMALL_FILE_BYTES } from './part-size.ts';
import { countBytes, type RangeSet, takeFirst } from './ranges.ts';
import { RemoteFile } from './remote-file.ts';

type PartRange = PartJob['range'];

/**
 * new: nothing asked yet · probing: one part shows whether the server knows ranges ·
 * ranges: any number of parts · stream: the server sends everything in one go
 */
type Phase = 'new' | 'probing' | 'ranges' | 'stream';

/** The server has ignored a range while other parts were under way: start again, without ranges. */
class RangesIgnored extends Error {}

export class FileDownload {
  readonly file: ManifestFile;
  readonly #context: DownloadContext;
  readonly #finished: FinishedFiles;
  readonly #remote: RemoteFile;
  #phase: Phase = 'new';
  #partial: PartialFile | undefined;
  #follower: Follower | undefined;
  #unclaimed: RangeSet = [];
  #active = 0;
  #failure: unknown;
  #controller = new AbortController();
  #restarted = false;
  #rangesIgnored = false;

  constructor(file: ManifestFile, context: DownloadContext, finished: FinishedFiles) {
    this.file = file;
    this.#context = context;
    this.#finished = finished;
    this.#remote = new RemoteFile(file, context);
  }

  get active(): number {
    return this.#active;
  }

  get unclaimedBytes(): number {
    return this.#phase === 'new' ? (this.file.size ?? MAX_PART_BYTES) : countBytes(this.#unclaimed);
  }

  /** A piece of work of at most `limit` bytes, or undefined where none can be started now. */
  claim(limit: number): (() => Promise<StagedFile | undefined>) | undefined {
    if (this.#phase === 'new') {
      this.#phase = 'probing';
      return () => this.#guard(() => this.#probe(limit));
    }
    if (this.#phase !== 'ranges') return undefined;
    const { taken, rest } = takeFirst(this.#unclaimed, limit);
    if (taken === undefined) return undefined;
    this.#unclaimed = rest;
    return () => this.#guard(() => this.#fetch(taken));
  }

  /** Keeps what has been received, for the next process. */
  async close(): Promise<void> {
    this.#follower?.drop();
    await this.#partial?.sync().catch(() => undefined);
    await this.#partial?.close().catch(() => undefined);
  }

  /** The last part that ends decides: a part's failure stops its siblings first. */
  async #guard(work: () => Promise<void>): Promise<StagedFile | undefined> {
    this.#active += 1;
    try {
      await work();
    } catch (error) {
      this.#failure ??= error;
      this.#controller.abort(error);
    }
    this.#active -= 1;
    if (this.#active > 0) return undefined;
    if (this.#failure === undefined && this.#unclaimed.length > 0) return undefined;
    try {
      if (this.#failure === undefined) return await this.#finish();
    } catch (error) {
      this.#failure = error;
    }
    await this.#recover(this.#failure);
    return undefined;
  }

  /** The first part of the file; with what a former process left, the first one missing. */
  async #probe(limit: number): Promise<void> {
    const partial = (this.#partial ??= await this.#open());
    const { path, size } = this.file;
    const resumed = countBytes(partial.written);
    this.#context.progress({ type: 'start', path, size, resumed });
    if (this.#remote.size !== undefined && resumed > 0) this.#follow(this.#remote.size);
    if (size === undefined && resumed === 0) {
      await this.#fetch({ start: 0, end: this.#rangesIgnored ? undefined : limit });
      return;
    }
    const missing = partial.missing(this.#remote.size ?? 0);
    const whole = this.#rangesIgnored || (this.#remote.size ?? 0) <= SMALL_FILE_BYTES;
    const { taken, rest } = takeFirst(missing, whole ? Infinity : limit);
    this.#unclaimed = rest;
    if (taken !== undefined) await this.#fetch(taken);
  }

  async #open(): Promise<PartialFile> {
    const { file } = this;
    const paths = partialPaths(file, this.#context);
    const { partial, resumed } = await PartialFile.open(paths, (header) => {
      const sameSize = file.size === undefined || header.size === file.size;
      // With neither a digest nor an ETag nobody could tell whether it is the same file still.
      const canTell = hasDigest(file) || header.validator.etag !== undefined;
      return header.path === file.path && sameSize && header.digest === knownDigest(file) && canTell;
    });
    if (resumed !== undefined) {
      this.#remote.size = resumed.size;
      this.#remote.validator = resumed.validator;
    }
    return partial;
  }

  async #fetch(range: PartRange): Promise<void> {
    const { path } = this.file;
    const partial = this.#whole();
    await fetchPart({
      remote: this.#remote,
      range,
      signal: AbortSignal.any([this.#controller.signal, this.#context.signal]),
      retry: { ...this.#context.retry, path },
      accept: (answer, asked) => this.#accept(answer, asked),
      blocks: this.#context.blocks,
      write: async (bytes, position) => {
        const before = partial.frontier;
        await partial.write(bytes, position);
        this.#context.progress({ type: 'bytes', path, count: bytes.length });
        if (partial.frontier > before) this.#follower?.advance(partial.frontier);
      },
    });
  }

  /** Every answer passes here: the first one shows what the server can do. */
  async #accept(answer: Answer, asked: PartRange): Promise<PartRange> {
    if (answer.kind === 'whole') return await this.#acceptWhole(asked);
    const size = this.#remote.size;
    if (this.#phase === 'probing') {
      // "bytes 0-99/*": a server that does not say where the file ends must send it in one go.
      if (size === undefined) throw new RangesIgnored();
      await this.#startJournal(size);
      this.#phase = 'ranges';
      // The first answer has told the size: the rest can be claimed now.
      const { end = size } = asked;
      if (end < size && this.file.size === undefined) this.#unclaimed = [{ start: end, end: size }];
      this.#context.wake();
    }
    return { start: asked.start, end: Math.min(asked.end ?? Infinity, size ?? Infinity) };
  }

  /** The bytes begin at 0 whatever was asked for: what is there already gives way to them. */
  async #acceptWhole({ start }: PartRange): Promise<PartRange> {
    if (this.#active > 1) throw new RangesIgnored();
    const partial = this.#whole();
    if (start > 0 || partial.written.length > 0) {
      this.#follower?.drop();
      this.#follower = undefined;
      await partial.discard();
      this.#context.progress({ type: 'start', path: this.file.path, size: this.#remote.size, resumed: 0 });
    }
    this.#unclaimed = [];
    this.#phase = 'stream';
    await this.#startJournal(this.#remote.size);
    return { start: 0, end: this.#remote.size };
  }

  async #startJournal(size: number | undefined): Promise<void> {
    const { validator } = this.#remote;
    const partial = this.#whole();
    if (size === undefined || validator === undefined) return;
    this.#follow(size);
    // A small file is fetched again sooner than a journal for it is written.
    if (size <= SMALL_FILE_BYTES || partial.hasJournal) return;
    await partial.startJournal({ path: this.file.path, size, digest: knownDigest(this.file), validator });
  }

  #follow(size: number): void {
    const partial = this.#whole();
    this.#follower ??= this.#context.digests.follow(partial.paths.partial, this.file, size);
    this.#follower.advance(partial.frontier);
  }

  /** All bytes are there: makes sure of them, and gives them their name. */
  async #finish(): Promise<StagedFile> {
    const partial = this.#whole();
    const { path } = this.file;
    const size = partial.frontier;
    this.#follow(size);
    const [digests] = await Promise.all([this.#follower?.finish(), partial.sync()]);
    if (digests === undefined) throw new ModelError('INTERNAL', 'A file without digests', { subject: path });
    const mismatch = findMismatch(this.file, digests);
    if (mismatch !== undefined) {
      const message = 'The downloaded file does not have the hash it should have; it was deleted';
      throw new ModelError('HASH_MISMATCH', message, { subject: path, ...mismatch });
    }
    await partial.complete();
    await this.#finished.add(path, digests);
    this.#partial = undefined;
    this.#context.progress({ type: 'done', path, size });
    return { path, size, sha256: digests.sha256 };
  }

  /** Starts again where that may help, once for each reason; else the download has failed. */
  async #recover(error: unknown): Promise<void> {
    this.#context.signal.throwIfAborted();
    const code = error instanceof ModelError ? error.code : undefined;
    if (error instanceof RangesIgnored && !this.#rangesIgnored) this.#rangesIgnored = true;
    else if (code === 'REMOTE_CHANGED' && !this.#restarted) this.#restarted = true;
    else if (code === 'HASH_MISMATCH') await this.#dropBadBytes(error);
    else throw error;
    this.#follower?.drop();
    this.#follower = undefined;
    await this.#partial?.discard();
    this.#remote.forget();
    this.#unclaimed = [];
    this.#failure = undefined;
    this.#controller = new AbortController();
    this.#phase = 'new';
  }

  async #dropBadBytes(error: unknown): Promise<void> {
    await this.#partial?.discard();
    try {
      await this.#remote.nextMirror(this.#remote.mirror, error);
    } catch (failure) {
      await this.#partial?.remove();
      this.#partial = undefined;
      throw failure;
    }
  }

  #whole(): PartialFile {
    if (this.#partial === undefined) throw new ModelError('INTERNAL', 'A part without a file');
    return this.#partial;
  }
}

function knownDigest(file: ManifestFile): string | undefined {
  return file.sha256 ?? file.sha512 ?? file.gitBlobSha1;
}
