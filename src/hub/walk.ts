// Lists the files of one served directory with what tells whether a file has changed since. Here
// the hub's fence stands: a link is followed only to where `isAllowed` says; nothing is opened.

import type { BigIntStats, Dirent } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelError } from '../base/errors.ts';
import { compareBytes } from './git-ids.ts';

/** Stops links that multiply; the largest repositories of the hub stay below. */
const MAX_FILES = 1_000_000;
/** What git and download tools leave beside a model's files. */
const NOT_SERVED = new Set(['.git', '.cache']);

export interface FoundFile {
  /** Path in the repository. */
  readonly path: string;
  /** Where the bytes are, all links resolved. */
  readonly realPath: string;
  readonly size: number;
  /** Differs as soon as the file is another one or its content was written to. */
  readonly stamp: string;
  /** Last change of the content, milliseconds since 1970. */
  readonly modified: number;
  /** Last change of content or attributes, milliseconds since 1970. */
  readonly changed: number;
}

export interface Walked {
  /** Sorted by path, byte order. */
  readonly files: readonly FoundFile[];
  /** What is not served, each with the reason. */
  readonly leftOut: readonly string[];
}

export async function walkDirectory(
  realRoot: string,
  isAllowed: (realPath: string) => boolean,
): Promise<Walked> {
  const files: FoundFile[] = [];
  const leftOut: string[] = [];

  async function visit(folder: string, prefix: string, ancestors: readonly string[]): Promise<void> {
    const entries = await readdir(folder, { withFileTypes: true }).catch(noneIfMissing);
    await Promise.all(entries.map((entry) => visitEntry(entry, folder, prefix, ancestors)));
  }

  async function visitEntry(
    entry: Dirent,
    folder: string,
    prefix: string,
    ancestors: readonly string[],
  ): Promise<void> {
    const path = prefix + entry.name;
    if (NOT_SERVED.has(entry.name)) return;
    const found = await follow(join(folder, entry.name), entry.isSymbolicLink());
    if (found === undefined) leftOut.push(`${path}: it leads nowhere or cannot be read`);
    else if (!isAllowed(found.realPath)) leftOut.push(`${path}: a link out of the served directories`);
    else if (found.stats.isFile()) files.push(foundFile(path, found.realPath, found.stats));
    else if (!found.stats.isDirectory()) leftOut.push(`${path}: not a file`);
    else if (ancestors.includes(found.realPath)) leftOut.push(`${path}: a link to a folder it lies in`);
    else await visit(found.realPath, `${path}/`, [...ancestors, found.realPath]);
    if (files.length > MAX_FILES) throw new ModelError('IO', `More than ${MAX_FILES} files`, { subject: realRoot });
  }

  await visit(realRoot, '', [realRoot]);
  files.sort((a, b) => compareBytes(a.path, b.path));
  return { files, leftOut: leftOut.sort() };
}

/** A folder that is taken away during the walk is as good as empty. */
function noneIfMissing(error: unknown): Dirent[] {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
  throw error;
}

/** What a file's state is compared by; the change time also betrays a content with a faked date. */
export function stampOf(stats: BigIntStats): string {
  return [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(':');
}

/** A file changed this recently can change again without another date (kernel clock: 4–10 ms). */
const SETTLE_MS = 50;

/** Whether a stamp taken at `now` tells this content from any later one. */
export function isSettled(file: FoundFile, now: number): boolean {
  return now - file.changed > SETTLE_MS;
}

async function follow(
  path: string,
  isLink: boolean,
): Promise<{ realPath: string; stats: BigIntStats } | undefined> {
  try {
    if (!isLink) return { realPath: path, stats: await lstat(path, { bigint: true }) };
    const realPath = await realpath(path);
    return { realPath, stats: await stat(realPath, { bigint: true }) };
  } catch {
    // A broken link, a name that is not UTF-8, a file that has just been removed.
    return undefined;
  }
}

function foundFile(path: string, realPath: string, stats: BigIntStats): FoundFile {
  return {
    path,
    realPath,
    size: Number(stats.size),
    stamp: stampOf(stats),
    modified: Number(stats.mtimeMs),
    changed: Math.max(Number(stats.mtimeMs), Number(stats.ctimeMs)),
  };
}
