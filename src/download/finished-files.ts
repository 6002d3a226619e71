// Which files of a stage are finished, so that another run neither fetches nor hashes them again.
// A record holds a file's digests and its inode's times: where those have not changed since we
// verified it, neither have the bytes. Anything else is hashed anew; a wrong file is deleted.

import type { BigIntStats } from 'node:fs';
import { type FileHandle, lstat, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ManifestFile, StagedFile } from '../base/manifest.ts';
import { findMismatch, type FoundDigests, hasDigest } from '../core/content-digests.ts';
import { diskError } from './disk-errors.ts';
import type { DownloadContext } from './download-context.ts';

interface FinishedRecord {
  readonly path: string;
  readonly stamp: string;
  readonly digests: FoundDigests;
}

type Records = ReadonlyMap<string, FinishedRecord>;

export const RECORDS_NAME = 'finished.jsonl';

export class FinishedFiles {
  readonly #records: Records;
  readonly #handle: FileHandle;
  readonly #context: DownloadContext;

  private constructor(context: DownloadContext, handle: FileHandle, records: Records) {
    this.#context = context;
    this.#handle = handle;
    this.#records = records;
  }

  static async open(context: DownloadContext): Promise<FinishedFiles> {
    const file = join(context.journalDirectory, RECORDS_NAME);
    try {
      const text = await readFile(file, 'utf8').catch(() => '');
      const handle = await open(file, 'a');
      // A line that was torn by a crash must not swallow the next one.
      if (text !== '' && !text.endsWith('\n')) await handle.appendFile('\n');
      return new FinishedFiles(context, handle, parseRecords(text));
    } catch (error) {
      throw await diskError(error, file);
    }
  }

  /** The file where it is there and good; undefined where it has to be downloaded. */
  async find(file: ManifestFile): Promise<StagedFile | undefined> {
    const final = join(this.#context.directory, file.path);
    const stats = await lstat(final, { bigint: true }).catch(() => undefined);
    // A link is not followed; the download's rename replaces it.
    if (stats === undefined || !stats.isFile()) return undefined;
    const size = Number(stats.size);
    if (size !== (file.size ?? size)) return undefined;
    const record = this.#records.get(file.path);
    const known = record?.stamp === stampOf(stats) ? record.digests : undefined;
    // Without a record, or any digest of the manifest's, nothing vouches for these bytes.
    if (known === undefined && !hasDigest(file)) return undefined;
    const digests = known !== undefined && covers(file, known) ? known : await this.#hash(final, file, size);
    if (findMismatch(file, digests) !== undefined) {
      await rm(final);
      return undefined;
    }
    if (digests !== known) await this.#append(file.path, stats, digests);
    return { path: file.path, size, sha256: digests.sha256 };
  }

  /** To be called when a file has got its final name. */
  async add(path: string, digests: FoundDigests): Promise<void> {
    const stats = await lstat(join(this.#context.directory, path), { bigint: true });
    await this.#append(path, stats, digests);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #append(path: string, stats: BigIntStats, digests: FoundDigests): Promise<void> {
    const record: FinishedRecord = { path, stamp: stampOf(stats), digests };
    await this.#handle.appendFile(`${JSON.stringify(record)}\n`);
  }

  async #hash(final: string, file: ManifestFile, size: number): Promise<FoundDigests> {
    const follower = this.#context.digests.follow(final, file, size);
    follower.advance(size);
    return await follower.finish();
  }
}

// The change time cannot be set by anybody: whatever writes to the file moves it.
function stampOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(':');
}

function covers(file: ManifestFile, digests: FoundDigests): boolean {
  const { sha512, gitBlobSha1 } = file;
  return (sha512 === undefined || digests.sha512 !== undefined)
    && (gitBlobSha1 === undefined || digests.gitBlobSha1 !== undefined);
}

function parseRecords(text: string): Records {
  const records = new Map<string, FinishedRecord>();
  for (const line of text.split('\n')) {
    const record = parseRecord(line);
    if (record !== undefined) records.set(record.path, record);
  }
  return records;
}

function parseRecord(line: string): FinishedRecord | undefined {
  try {
    const { path, stamp, digests } = JSON.parse(line) as Partial<FinishedRecord>;
    if (path === undefined || stamp === undefined || typeof digests?.sha256 !== 'string') return undefined;
    return { path, stamp, digests };
  } catch {
    return undefined;
  }
}
