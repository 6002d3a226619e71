// A model that is on disk already, as an expression: its hash is what Nix computes, its source what
// the directory tells, in the layouts that real tools leave behind.

import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { convertHash } from '../src/core/core.ts';
import { lockEntryOf, modelOfDirectory } from '../src/to-nix.ts';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'to-nix-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function write(path: string, content: string): Promise<void> {
  await mkdir(join(folder, path, '..'), { recursive: true });
  await writeFile(join(folder, path), content);
}

const nixHash = (path: string): string =>
  execFileSync('nix-hash', ['--type', 'sha256', join(folder, path)], { encoding: 'utf8' }).trim();

/** A cache as huggingface_hub leaves it: links from the snapshot to the blobs. */
async function writeCache(name: string): Promise<void> {
  await write(`${name}/blobs/one`, '{}');
  await write(`${name}/refs/main`, COMMIT);
  await mkdir(join(folder, name, 'snapshots', COMMIT, 'sub'), { recursive: true });
  await symlink('../../blobs/one', join(folder, name, 'snapshots', COMMIT, 'config.json'));
  await symlink('../../../blobs/one', join(folder, name, 'snapshots', COMMIT, 'sub/more.json'));
}

const git = (...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@x', ...args], { cwd: join(folder, 'checkout'), encoding: 'utf8' });

describe('a directory as an expression', () => {
  it('has the hash of its files as they would be fetched: no links, none executable', async () => {
    await writeCache('models--org--name');
    await write('plain/config.json', '{}');
    await write('plain/sub/more.json', '{}');
    const { hash } = await modelOfDirectory(join(folder, 'models--org--name'), {});
    expect(convertHash(hash, 'hex')).toBe(nixHash('plain'));
    await chmod(join(folder, 'plain/config.json'), 0o755);
    expect((await modelOfDirectory(join(folder, 'plain'), {})).hash).toBe(hash);
    expect(nixHash('plain')).not.toBe(convertHash(hash, 'hex'));
  });

  it.each([
    ['models--org--name', `huggingface:org/name@${COMMIT}`, 'name'],
    ['models--gpt2', `huggingface:gpt2@${COMMIT}`, 'gpt2'],
    ['datasets--org--da--ta', `huggingface:datasets/org/da--ta@${COMMIT}`, 'da--ta'],
  ])('knows a HuggingFace cache: %s', async (repository, source, name) => {
    await writeCache(repository);
    for (const path of [repository, join(repository, 'snapshots', COMMIT)]) {
      const model = await modelOfDirectory(join(folder, path), {});
      expect(model).toMatchObject({ name, source, totalSize: 4, because: expect.stringContaining('cache') as string });
      expect(model.files.map(({ path }) => path)).toEqual(['config.json', 'sub/more.json']);
    }
  });

  it.each([
    ['https://user:hunter2@host.example/org/repo.git', 'git-lfs:https://host.example/org/repo.git', 'repo'],
    ['git@host.example:org/repo.git', 'git-lfs:git@host.example:org/repo.git', 'repo'],
    ['https://huggingface.co/datasets/org/name', 'huggingface:datasets/org/name', 'name'],
    ['git@hf.co:org/name.git', 'huggingface:org/name', 'name'],
  ])('knows a git checkout: %s', async (url, source, name) => {
    await write('checkout/config.json', '{}');
    git('init', '--quiet');
    git('remote', 'add', 'origin', url);
    git('add', '.');
    git('commit', '--quiet', '-m', 'x');
    const commit = git('rev-parse', 'HEAD').trim();
    const model = await modelOfDirectory(join(folder, 'checkout'), {});
    expect(model).toMatchObject({ name, source: `${source}@${commit}` });
    expect(model.files.map(({ path }) => path)).toEqual(['config.json']);
    expect(JSON.stringify(model)).not.toContain('hunter2');
    git('pack-refs', '--all');
    expect((await modelOfDirectory(join(folder, 'checkout'), {})).source).toBe(`${source}@${commit}`);
  });

  it('says that it does not know the source of any other', async () => {
    await write('My Model/config.json', '{}');
    const model = await modelOfDirectory(join(folder, 'My Model'), {});
    expect([model.name, model.source]).toEqual(['My-Model', undefined]);
    expect(() => lockEntryOf(model)).toThrow(expect.objectContaining({ code: 'USAGE' }));
    await expect(modelOfDirectory(join(folder, 'My Model'), { needsSource: true })).rejects.toMatchObject({ code: 'USAGE' });
  });

  it.each([
    [`huggingface:org/name@${COMMIT}`, COMMIT],
    [`oci:ghcr.io/org/name@sha256:${'a'.repeat(64)}`, `sha256:${'a'.repeat(64)}`],
    ['s3://my-models/tiny?region=eu-west-1', undefined],
  ])('becomes a lock entry: %s', async (source, revision) => {
    await write('model/config.json', '{}');
    const entry = lockEntryOf(await modelOfDirectory(join(folder, 'model'), { source }));
    expect(entry.revision).toBe(revision);
    expect(entry.contents).toEqual([
      { path: 'config.json', size: 2, sha256: '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a' },
    ]);
  });

  it.each([
    ['a broken link', async () => { await symlink('nowhere', join(folder, 'model/weights.bin')); }, 'FILE_MISSING'],
    ['a pointer', async () => { await write('model/weights.bin', `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 9\n`); }, 'FILE_MISSING'],
    ['a name that no source may have', async () => { await write('model/aux.json', ''); }, 'HOSTILE_NAME'],
  ])('is refused with %s in the place of a file', async (_, spoil, code) => {
    await write('model/config.json', '{}');
    await spoil();
    await expect(modelOfDirectory(join(folder, 'model'), {})).rejects.toMatchObject({ code });
  });

  it('is refused when it is empty or absent', async () => {
    await mkdir(join(folder, 'empty'));
    await expect(modelOfDirectory(join(folder, 'empty'), {})).rejects.toMatchObject({ code: 'NO_FILES_MATCH' });
    await expect(modelOfDirectory(join(folder, 'absent'), {})).rejects.toMatchObject({ code: 'IO' });
  });
});
