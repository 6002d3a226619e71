import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { verifyDirectory } from '../../src/verify/verify-directory.ts';

const CONTENT = 'the right content';
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');
const SHA512 = createHash('sha512').update(CONTENT).digest('hex');
const GIT = createHash('sha1').update(`blob ${CONTENT.length}\0${CONTENT}`).digest('hex');

async function directoryOf(files: Record<string, string>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'nix-ai-models-verify-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(directory, path, '..'), { recursive: true });
    await writeFile(join(directory, path), content);
  }
  return directory;
}

describe('verifyDirectory', () => {
  it('says of each file whether it is the one it should be', async () => {
    const wrong = 'the wrong content';
    const directory = await directoryOf({ good: CONTENT, 'deep/wrong': wrong, short: 'x', 'deep/extra': '' });
    const file = { size: CONTENT.length, sha256: SHA256 };
    const paths = ['good', 'deep/wrong', 'short', 'absent'];
    expect(await verifyDirectory(directory, paths.map((path) => ({ path, ...file })))).toEqual([
      { path: 'good', status: 'ok' },
      {
        path: 'deep/wrong',
        status: 'hash',
        wanted: `sha256:${SHA256}`,
        found: `sha256:${createHash('sha256').update(wrong).digest('hex')}`,
      },
      { path: 'short', status: 'size', wanted: '17 bytes', found: '1 bytes' },
      { path: 'absent', status: 'missing' },
      { path: 'deep/extra', status: 'extra' },
    ]);
  });

  it.each([
    ['sha256', SHA256],
    ['sha512', SHA512],
    ['gitBlobSha1', GIT],
  ])('compares by %s', async (name, digest) => {
    const directory = await directoryOf({ file: CONTENT });
    const statusFor = async (hex: string): Promise<unknown> =>
      (await verifyDirectory(directory, [{ path: 'file', [name]: hex }]))[0]?.status;
    expect(await statusFor(digest)).toBe('ok');
    expect(await statusFor(digest.replace(/^./, (first) => (first === '0' ? '1' : '0')))).toBe('hash');
  });

  it('does not call a file good that it cannot compare with anything', async () => {
    const directory = await directoryOf({ file: CONTENT });
    expect(await verifyDirectory(directory, [{ path: 'file' }])).toEqual([{ path: 'file', status: 'unpinned' }]);
  });

  it('follows links to files, as models in the store have them', async () => {
    const elsewhere = await directoryOf({ file: CONTENT });
    const directory = await directoryOf({});
    await symlink(join(elsewhere, 'file'), join(directory, 'file'));
    await symlink('/nowhere', join(directory, 'dangling'));
    await symlink(elsewhere, join(directory, 'folder'));
    const files = ['file', 'dangling', 'folder'].map((path) => ({ path, sha256: SHA256 }));
    const statuses = (await verifyDirectory(directory, files)).map(({ status }) => status);
    expect(statuses).toEqual(['ok', 'missing', 'missing']);
  });

  it('says which directory it cannot read', async () => {
    const verified = verifyDirectory('/nowhere/at/all', []);
    await expect(verified).rejects.toMatchObject({ code: 'IO', subject: '/nowhere/at/all' });
  });
});
