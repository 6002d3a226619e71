// Hashing whole files in worker threads: both engines, unequal lengths, failures and interruption.

import { createHash, randomBytes } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProgressEvent } from '../../src/base/progress.ts';
import { hashFiles, type FileToHash } from '../../src/core/hash-files.ts';

/** Around a block, the padding's edge, a lane's buffer, several buffers; more files than lanes. */
const SIZES = [0, 1, 55, 56, 63, 64, 65, 119, 65_535, 65_536, 65_537, 131_072, 300_001, 1_048_583, 2_500_000];

let directory = '';
let files: (FileToHash & { size: number })[] = [];
let contents: Buffer[] = [];

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'hash-files-'));
  contents = SIZES.map((size) => randomBytes(size));
  files = contents.map((content, index) => {
    const path = join(directory, `shard-${index}.bin`);
    writeFileSync(path, content);
    return { path, name: `shard-${index}.bin`, size: content.length };
  });
});

afterAll(() => {
  rmSync(directory, { recursive: true });
});

function wanted(algorithm: string): string[] {
  return contents.map((content) => createHash(algorithm).update(content).digest('hex'));
}

describe.each(['native', 'wasm', 'auto'] as const)('hashFiles with engine %s', (engine) => {
  it.each([1, 2, 5])('gives the digests in the order of the files with %i workers', async (workers) => {
    expect(await hashFiles(files, { engine, workers })).toEqual(wanted('sha256'));
  });

  it('computes sha512 as well', async () => {
    expect(await hashFiles(files, { engine, algorithm: 'sha512', workers: 2 })).toEqual(wanted('sha512'));
  });

  it('hashes two and three files at once, and one', async () => {
    for (const count of [1, 2, 3]) {
      const some = files.slice(-count);
      expect(await hashFiles(some, { engine, workers: 1 })).toEqual(wanted('sha256').slice(-count));
    }
  });

  it('reports every byte of every file, and its end', async () => {
    const events: ProgressEvent[] = [];
    await hashFiles(files, { engine, workers: 2, progress: (event) => events.push(event) });
    for (const { name, size } of files) {
      const mine = events.filter((event) => 'path' in event && event.path === name);
      const bytes = mine.map((event) => (event.type === 'bytes' ? event.count : 0));
      expect(bytes.reduce((sum, count) => sum + count, 0)).toBe(size);
      expect(mine[0]).toEqual({ type: 'start', path: name, size, resumed: 0 });
      expect(mine.at(-1)).toEqual({ type: 'done', path: name, size });
    }
  });

  it('names the file that cannot be read', async () => {
    const missing = { path: join(directory, 'missing.bin'), name: 'missing.bin' };
    await expect(hashFiles([...files, missing], { engine })).rejects.toMatchObject({
      code: 'IO',
      subject: 'missing.bin',
      message: expect.stringContaining('ENOENT') as string,
    });
  });

  it('refuses a directory and a pipe instead of waiting for them', async () => {
    const folder = join(directory, `folder-${engine}`);
    const pipe = join(directory, `pipe-${engine}`);
    mkdirSync(folder);
    execFileSync('mkfifo', [pipe]);
    for (const path of [folder, pipe]) {
      await expect(hashFiles([{ path }], { engine })).rejects.toMatchObject({ code: 'IO', subject: path });
    }
  });

  it('stops soon when it is interrupted in the middle of a large file', async () => {
    const path = join(directory, `sparse-${engine}`);
    writeFileSync(path, '');
    truncateSync(path, 2 ** 40); // would take the better part of an hour
    const controller = new AbortController();
    const progress = (event: ProgressEvent): void => {
      if (event.type === 'bytes') controller.abort();
    };
    const hashing = hashFiles([{ path }, ...files], { engine, signal: controller.signal, progress });
    await expect(hashing).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});

describe('hashFiles', () => {
  it('starts nothing when it is interrupted beforehand', async () => {
    await expect(hashFiles(files, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'INTERRUPTED',
    });
  });

  it('has nothing to do for no files', async () => {
    expect(await hashFiles([])).toEqual([]);
  });
});
