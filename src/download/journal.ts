// What is on disk of one unfinished file, in a form that survives kill -9: a first line that says
// which file it is, then one line per range, appended after the range's bytes have reached the
// disk. A journal may therefore know less than the disk holds, never more.
//
//   {"version":1,"path":"model.safetensors","size":…,"digest":…,"validator":{"source":…,"etag":…}}
//   [0,8388608]
//   [67108864,75497472]

import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises';
import { addRange, type Range, type RangeSet } from './ranges.ts';

/** What tells one version of a remote file from another. */
export interface Validator {
  /** Origin and path it came from: another host's ETag says nothing. No query: no secrets. */
  readonly source: string;
  readonly etag?: string | undefined;
}

export interface JournalHeader {
  readonly path: string;
  readonly size: number;
  /** A digest of the manifest's, so that a journal of another revision is not taken for ours. */
  readonly digest?: string | undefined;
  readonly validator: Validator;
}

export interface JournalContent {
  readonly header: JournalHeader;
  readonly ranges: RangeSet;
}

const VERSION = 1;

/** Undefined where there is none, or none that can be relied on. */
export async function readJournal(file: string): Promise<JournalContent | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  // What follows the last line break is a line that was being written when the process died.
  const [first = '', ...lines] = text.split('\n').slice(0, -1);
  const header = parseHeader(parseLine(first));
  if (header === undefined) return undefined;
  let ranges: RangeSet = [];
  for (const line of lines) {
    const range = parseRange(parseLine(line), header.size);
    if (range === undefined) return undefined;
    ranges = addRange(ranges, range);
  }
  return { header, ranges };
}

export class Journal {
  readonly #handle: FileHandle;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** Replaces whatever is there, in one step, by a journal of this content. */
  static async create(file: string, { header, ranges }: JournalContent): Promise<Journal> {
    const fresh = `${file}.new`;
    const handle = await open(fresh, 'w');
    try {
      await handle.writeFile(`${JSON.stringify({ version: VERSION, ...header })}\n${linesOf(ranges)}`);
      await rename(fresh, file);
      return new Journal(handle);
    } catch (error) {
      await handle.close();
      await rm(fresh, { force: true });
      throw error;
    }
  }

  /** Only for bytes that are on disk already. */
  async append(ranges: RangeSet): Promise<void> {
    await this.#handle.appendFile(linesOf(ranges));
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

function linesOf(ranges: RangeSet): string {
  return ranges.map(({ start, end }) => `[${start},${end}]\n`).join('');
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function parseHeader(value: unknown): JournalHeader | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { version, path, size, digest, validator } = value as Record<string, unknown>;
  if (version !== VERSION || typeof path !== 'string' || !isOffset(size)) return undefined;
  if (digest !== undefined && typeof digest !== 'string') return undefined;
  if (typeof validator !== 'object' || validator === null) return undefined;
  const { source, etag } = validator as Record<string, unknown>;
  if (typeof source !== 'string' || (etag !== undefined && typeof etag !== 'string')) return undefined;
  return { path, size, digest, validator: { source, etag } };
}

function parseRange(value: unknown, size: number): Range | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const [start, end] = value as unknown[];
  if (!isOffset(start) || !isOffset(end) || start >= end || end > size) return undefined;
  return { start, end };
}

function isOffset(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
