// The digests a hub publishes for its files, computed once for each state of a file. Called by
// served-directory.ts after each walk; where digests are remembered between runs is the caller's
// matter.

import { readFile, stat } from 'node:fs/promises';
import { toModelError } from '../base/errors.ts';
import { hashFiles } from '../core/hash-files.ts';
import type { DigestMemory } from './digest-memory.ts';
import { blobId, lfsPointer } from './git-ids.ts';
import { isLfsFile } from './lfs-rule.ts';
import { type FoundFile, isSettled, stampOf } from './walk.ts';

export interface FileDigests {
  /** Git's id: of the content, or of the pointer where the file is in LFS. */
  readonly blobId: string;
  /** Only for files in LFS. */
  readonly lfs?: { readonly sha256: string; readonly pointer: string } | undefined;
}

export interface DigestsOptions {
  /** Keeps the sha256 digests between runs, so that a second start reads no weights. */
  readonly memory?: DigestMemory | undefined;
  readonly signal: AbortSignal;
}

export interface Digests {
  /** In the order of the files; undefined when one of them changed while it was read. */
  of(files: readonly FoundFile[]): Promise<FileDigests[] | undefined>;
}

const SMALL_FILES_AT_ONCE = 32;

export function createDigests({ memory, signal }: DigestsOptions): Digests {
  let sha256s: Map<string, string> | undefined;
  let blobIds = new Map<string, string>();

  async function hashLarge(files: readonly FoundFile[]): Promise<void> {
    const inputs = files.map(({ realPath, size }) => ({ path: realPath, size }));
    const digests = await hashFiles(inputs, { signal });
    files.forEach((file, place) => sha256s?.set(file.stamp, digests[place] ?? ''));
  }

  async function hashSmall(files: readonly FoundFile[]): Promise<void> {
    const queue = files.values();
    const work = async (): Promise<void> => {
      for (const file of queue) blobIds.set(file.stamp, blobId(await readFile(file.realPath, { signal })));
    };
    await Promise.all(Array.from({ length: SMALL_FILES_AT_ONCE }, work));
  }

  function digestsOf(file: FoundFile): FileDigests {
    if (!isLfsFile(file.path, file.size)) return { blobId: blobIds.get(file.stamp) ?? '' };
    const sha256 = sha256s?.get(file.stamp) ?? '';
    const pointer = lfsPointer(sha256, file.size);
    return { blobId: blobId(Buffer.from(pointer)), lfs: { sha256, pointer } };
  }

  return {
    async of(files) {
      const begin = Date.now();
      const keeps = (file: FoundFile): boolean => isSettled(file, begin);
      const known = (sha256s ??= new Map(await memory?.load()));
      const large = files.filter((file) => isLfsFile(file.path, file.size));
      const small = files.filter((file) => !isLfsFile(file.path, file.size));
      const newLarge = large.filter((file) => !known.has(file.stamp));
      const newSmall = small.filter((file) => !blobIds.has(file.stamp));
      const isWhole = await stayedWhole([...newLarge, ...newSmall], async () => {
        if (newSmall.length > 0) await hashSmall(newSmall);
        if (newLarge.length > 0) await hashLarge(newLarge);
      });
      const digests = files.map(digestsOf);
      sha256s = pick(known, isWhole ? large.filter(keeps) : []);
      blobIds = pick(blobIds, isWhole ? small.filter(keeps) : []);
      if (newLarge.length > 0) await memory?.save(sha256s);
      return isWhole ? digests : undefined;
    },
  };
}

/** Whether the files were there and the same all the time while they were read. */
async function stayedWhole(files: readonly FoundFile[], read: () => Promise<void>): Promise<boolean> {
  try {
    await read();
    const checks = files.map(async ({ realPath, stamp }) => {
      return stampOf(await stat(realPath, { bigint: true })) === stamp;
    });
    return (await Promise.all(checks)).every(Boolean);
  } catch (error) {
    if (isMissing(error) || isMissing(toModelError(error).cause)) return false;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** Only what belongs to these files: what was served before is not kept for ever. */
function pick(digests: ReadonlyMap<string, string>, files: readonly FoundFile[]): Map<string, string> {
  return new Map(files.map(({ stamp }) => [stamp, digests.get(stamp) ?? '']));
}
