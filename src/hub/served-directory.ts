// Keeps the snapshot of one served directory up to date. The files may change under a running hub:
// every answer is made from a walk that is younger than its caller asks for, and what has not
// changed since the last walk is not read again.

import { realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import { ModelError } from '../base/errors.ts';
import type { Digests } from './digests.ts';
import { createSnapshot, type Snapshot } from './snapshot.ts';
import { type FoundFile, isSettled, walkDirectory } from './walk.ts';

export interface ServedDirectoryOptions {
  readonly directory: string;
  /** Directories outside of which no link is followed; asked at each walk, links resolved. */
  readonly fence: () => Promise<readonly string[]>;
  readonly digests: Digests;
  readonly log: (line: string) => void;
}

/** A walk may take this part of the time in a repository that is asked for all the time. */
const WALK_SHARE = 1 / 20;
const MAX_TRIES = 3;

export class ServedDirectory {
  readonly #options: ServedDirectoryOptions;
  #latest: Snapshot | undefined;
  #walked: readonly FoundFile[] = [];
  #isSettled = false;
  #leftOut = '';
  #refreshing: Promise<Snapshot | undefined> | undefined;
  #finishedAt = -Infinity;
  #walkMs = 0;

  constructor(options: ServedDirectoryOptions) {
    this.#options = options;
  }

  /** The state at most so long ago; undefined when the directory is not there, or not any more. */
  async current(maxAgeMs: number): Promise<Snapshot | undefined> {
    const age = performance.now() - this.#finishedAt;
    if (maxAgeMs > 0 && age < Math.max(maxAgeMs, this.#walkMs / WALK_SHARE)) return this.#latest;
    this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  async #refresh(): Promise<Snapshot | undefined> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const begin = performance.now();
      const walked = await this.#walk();
      this.#walkMs = performance.now() - begin;
      if (walked === undefined) return this.#finish([], undefined);
      if (this.#isSame(walked)) return this.#finish(walked, this.#latest);
      const now = Date.now();
      this.#isSettled = walked.every((file) => isSettled(file, now));
      const digests = await this.#options.digests.of(walked);
      if (digests !== undefined) return this.#finish(walked, createSnapshot(walked, digests));
    }
    throw new ModelError('IO', 'The files change while they are read', {
      subject: this.#options.directory,
      remedies: ['Wait until the copy into the directory has finished, then ask again.'],
      retriable: true,
    });
  }

  /** Whether the directory is there, and where it may be. */
  async exists(): Promise<boolean> {
    return (await this.#locate()) !== undefined;
  }

  async #locate(): Promise<{ root: string; isAllowed: (path: string) => boolean } | undefined> {
    const fence = await this.#options.fence();
    const isAllowed = (path: string): boolean => fence.some((base) => isWithin(base, path));
    const root = await realpath(this.#options.directory).catch(() => undefined);
    return root !== undefined && isAllowed(root) ? { root, isAllowed } : undefined;
  }

  async #walk(): Promise<readonly FoundFile[] | undefined> {
    const located = await this.#locate();
    if (located === undefined) return undefined;
    const { files, leftOut } = await walkDirectory(located.root, located.isAllowed);
    this.#report(leftOut);
    return files;
  }

  /** Says once, not at every walk, what the directory holds that is not served. */
  #report(leftOut: readonly string[]): void {
    const text = leftOut.join('\n');
    if (text !== this.#leftOut) for (const line of leftOut) this.#options.log(`not served: ${printable(line)}`);
    this.#leftOut = text;
  }

  #isSame(walked: readonly FoundFile[]): boolean {
    const before = this.#walked;
    return (
      this.#latest !== undefined &&
      this.#isSettled &&
      before.length === walked.length &&
      walked.every(({ path, stamp }, place) => before[place]?.path === path && before[place].stamp === stamp)
    );
  }

  #finish(walked: readonly FoundFile[], snapshot: Snapshot | undefined): Snapshot | undefined {
    this.#walked = walked;
    this.#latest = snapshot;
    this.#finishedAt = performance.now();
    return snapshot;
  }
}

/** A file's name may hold a line break or what a terminal would obey. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '?');
}

export function isWithin(base: string, path: string): boolean {
  return path === base || path.startsWith(base.endsWith(sep) ? base : base + sep);
}
