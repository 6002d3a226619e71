import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EMPTY_LOCK, formatLock, lockEntry, parseLock, readLock, writeLock } from '../../src/lock/lock-file.ts';
import type { LockFile } from '../../src/lock/lock-file.ts';

const DIGEST = 'ab'.repeat(32);
const LOCK: LockFile = {
  version: 1,
  models: {
    zeta: { source: { huggingface: { repo: 'org/zeta', revision: 'main', repoType: 'model' } }, totalSize: 0, contents: [] },
    alpha: {
      source: { huggingface: { repo: 'org/alpha', revision: 'main', repoType: 'model' } },
      revision: 'c'.repeat(40),
      totalSize: 3,
      contents: [
        { path: 'b', size: 1, sha256: DIGEST },
        { path: 'a/c', size: 2, sha256: DIGEST },
      ],
    },
  },
};

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lock-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

describe('the lock file', () => {
  it('is written sorted, and reads back as it was', async () => {
    const file = join(directory, 'models.lock.json');
    await writeLock(file, LOCK);
    const read = await readLock(file);
    expect(Object.keys(read?.models ?? {})).toEqual(['alpha', 'zeta']);
    expect(read?.models['alpha']?.contents.map(({ path }) => path)).toEqual(['a/c', 'b']);
    expect(formatLock(read ?? EMPTY_LOCK)).toBe(formatLock(LOCK));
    expect(await readdir(directory)).toEqual(['models.lock.json']);
  });

  it('is undefined where there is none', async () => {
    expect(await readLock(join(directory, 'none.json'))).toBeUndefined();
  });

  it.each([
    ['no JSON', '{', /not JSON/],
    ['a list', '[]', /not a JSON object/],
    ['another version', '{"version":2,"models":{}}', /version is unknown/],
    ['no models', '{"version":1}', /`models`/],
    ['a model without source', '{"version":1,"models":{"m":{"contents":[]}}}', /model "m": `source`/],
    ['a model without contents', '{"version":1,"models":{"m":{"source":{}}}}', /`contents`/],
    ['a negative size', entryWith({ path: 'a', size: -1, sha256: DIGEST }), /valid size/],
    ['a fractional size', entryWith({ path: 'a', size: 1.5, sha256: DIGEST }), /valid size/],
    ['a short digest', entryWith({ path: 'a', size: 1, sha256: 'ab' }), /valid sha256/],
    ['a file without path', entryWith({ size: 1, sha256: DIGEST }), /no path/],
  ])('is refused with %s', (_, text, message) => {
    expect(() => parseLock(text, 'models.lock.json')).toThrow(message);
  });

  it('names the models there are when one is missing', () => {
    expect(() => lockEntry(LOCK, 'toString', 'f')).toThrow(
      expect.objectContaining({ code: 'LOCK_MISSING_MODEL', found: 'alpha, zeta' }) as Error,
    );
  });
});

function entryWith(file: object): string {
  return JSON.stringify({ version: 1, models: { m: { source: {}, contents: [file] } } });
}
