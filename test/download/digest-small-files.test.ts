import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Locate, StagedFile } from '../../src/base/manifest.ts';
import { digestSmallFiles, isSmallFile } from '../../src/download/digest-small-files.ts';
import type { DownloadOptions } from '../../src/download/download-context.ts';
import { codeOf, listing, MIB, noise, pinnedFile, world, type World } from './setup.ts';

interface Asked {
  readonly path: string;
  readonly size: number;
  readonly gitBlobSha1?: string;
}

function digest(
  { options }: World,
  files: readonly Asked[],
  own: Partial<DownloadOptions> = {},
): Promise<StagedFile[]> {
  return digestSmallFiles(files, { ...options, ...own });
}

const gitBlobSha1 = (content: Buffer): string =>
  createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');

describe('digestSmallFiles', () => {
  it('hashes every file in the order given, with one request each and nothing on the disk', async () => {
    const sizes = [0, 1, 300, 40_000, 3 * MIB, ...Array.from({ length: 30 }, (_, index) => index)];
    const contents = Object.fromEntries(sizes.map((size, index) => [`file-${index}`, noise(size)]));
    const made = await world(contents);
    const files = Object.entries(contents).map(([path, content]) => pinnedFile(path, content));
    expect(await digest(made, files.map(({ path, size }) => ({ path, size })))).toEqual(files);
    expect(made.server.requests.length).toBe(files.length);
    expect(await listing(made.directory)).toEqual([]);
  });

  it('goes on where a connection broke off', async () => {
    const content = noise(2 * MIB);
    const made = await world({ model: content });
    made.server.fault('model', ({ count }) => (count === 1 ? { dropAfter: MIB } : undefined));
    const { path, size, sha256 } = pinnedFile('model', content);
    expect(await digest(made, [{ path, size }])).toEqual([{ path, size, sha256 }]);
    expect(made.server.requests[1]?.start).toBeGreaterThan(0);
  });

  it('begins again where the server knows no ranges', async () => {
    const content = noise(2 * MIB);
    const made = await world({ model: content });
    made.server.fault('model', ({ count }) => ({ ignoreRange: true, dropAfter: count === 1 ? MIB : undefined }));
    const { path, size, sha256 } = pinnedFile('model', content);
    expect(await digest(made, [{ path, size }])).toEqual([{ path, size, sha256 }]);
  });

  it('begins again, once, where the file has changed meanwhile', async () => {
    const [before, after] = [noise(2 * MIB), noise(2 * MIB)];
    const made = await world({ model: before });
    made.server.fault('model', ({ count }) => (count === 1 ? { dropAfter: MIB } : { replace: after }));
    const { path, size, sha256 } = pinnedFile('model', after);
    expect(await digest(made, [{ path, size }])).toEqual([{ path, size, sha256 }]);
    made.server.fault('model', () => ({ dropAfter: MIB, headers: { etag: `"${Math.random()}"` } }));
    expect(await codeOf(digest(made, [{ path, size }]))).toBe('REMOTE_CHANGED');
  });

  it('refuses content that has another git blob id or size than announced', async () => {
    const content = noise(1_000);
    const made = await world({ model: content });
    const model = { path: 'model', size: 1_000 };
    const [found] = await digest(made, [{ ...model, gitBlobSha1: gitBlobSha1(content) }]);
    expect(found).toEqual(pinnedFile('model', content));
    expect(await codeOf(digest(made, [{ ...model, gitBlobSha1: '0'.repeat(40) }]))).toBe('HASH_MISMATCH');
    expect(await codeOf(digest(made, [{ ...model, size: 999 }]))).toBe('SIZE_MISMATCH');
  });

  it('takes the next mirror where the first has it not, or not right', async () => {
    const content = noise(1_000);
    const { path, size, sha256 } = pinnedFile('model', content);
    const made = await world({ broken: content, model: content });
    const locate: Locate = () =>
      Promise.resolve({ urls: ['missing', 'broken', 'model'].map((name) => `${made.server.url}/${name}`) });
    made.server.fault('broken', () => ({ corruptAt: 7 }));
    const file = { path, size, gitBlobSha1: gitBlobSha1(content) };
    expect(await digest(made, [file], { locate })).toEqual([{ path, size, sha256 }]);
  });

  it('looks an address up again that has expired', async () => {
    const content = noise(1_000);
    const { path, size, sha256 } = pinnedFile('model', content);
    const made = await world({ model: content });
    made.server.fault('model', ({ query }) => (query.get('ticket') === '2' ? undefined : { status: 403 }));
    let tickets = 0;
    const locate: Locate = () => Promise.resolve({ urls: [`${made.server.url}/model?ticket=${++tickets}`] });
    expect(await digest(made, [{ path, size }], { locate })).toEqual([{ path, size, sha256 }]);
  });

  it('stops everything at the first failure, and at its signal', async () => {
    const made = await world({ missing: noise(1), stalled: noise(1_000) });
    made.server.fault('missing', () => ({ status: 404 }));
    made.server.fault('stalled', () => ({ stallAfter: 10 }));
    const stalled = { path: 'stalled', size: 1_000 };
    const started = digest(made, [stalled, { path: 'missing', size: 1 }]);
    expect(await codeOf(started)).toBe('ENTRY_NOT_FOUND');
    const reason = new Error('enough');
    await expect(digest(made, [stalled], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('is for files whose size is known and small', () => {
    expect([{ path: 'a', size: 8 * MIB }, { path: 'a', size: 8 * MIB + 1 }, { path: 'a' }].map(isSmallFile))
      .toEqual([true, false, false]);
  });
});
