import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { gitLfs } from '../../src/sources/git-lfs.ts';
import { rejection } from '../net/rejection.ts';
import { createRepository } from './git-lfs/git-server.ts';
import { CONFIG, EXTRA, removeModel, serveModel, TOKENIZER, WEIGHTS } from './git-lfs/model-fixture.ts';
import { openSession, sourceOf } from './git-lfs/session.ts';
import { blobId, hasGitLfs, noise, sha256, WorkTree } from './git-lfs/work-tree.ts';

const MODEL = { exclude: ['training/**', '.gitattributes'] };
const DIGESTS = {
  'config.json': sha256(CONFIG),
  'empty': sha256(''),
  'tokenizer.json': sha256(TOKENIZER),
  'weights/a.safetensors': sha256(WEIGHTS),
  'weights/b.safetensors': sha256(EXTRA),
};

const named = hasGitLfs ? '' : ' (git-lfs is not installed)';

describe.skipIf(!hasGitLfs)(`a model that the real git and git-lfs clients have pushed${named}`, () => {
  afterAll(removeModel);

  it('is pinned without its history, its branches, or a byte of its LFS files', async () => {
    const { server, url, commits } = await serveModel();
    const manifest = await openSession().resolve({ url, rev: 'v1' }, MODEL);
    expect(manifest).toEqual({
      source: sourceOf({ url, rev: commits.main }),
      revision: commits.main,
      files: [
        { path: 'config.json', size: CONFIG.length, gitBlobSha1: blobId(CONFIG) },
        { path: 'empty', size: 0, gitBlobSha1: blobId('') },
        { path: 'tokenizer.json', gitBlobSha1: blobId(TOKENIZER) },
        { path: 'weights/a.safetensors', size: WEIGHTS.length, sha256: sha256(WEIGHTS) },
        { path: 'weights/b.safetensors', size: EXTRA.length, sha256: sha256(EXTRA) },
      ],
    });
    expect(server.gitBytes).toBeLessThan(10_000);
    expect(server.log.filter((line) => /lfs|storage/.test(line))).toEqual([]);
  });

  it('is downloaded exactly: one question for the LFS files, only wanted files from git', async () => {
    const { server, url } = await serveModel();
    const session = openSession();
    expect(await session.download(await session.resolve({ url }, MODEL))).toEqual(DIGESTS);
    expect(server.asked).toEqual([[sha256(WEIGHTS), sha256(EXTRA)]]);
    expect(server.log.filter((line) => line.includes('/storage/'))).toHaveLength(2);
    // Two listings and the tokenizer; the log alone has 1.5 MB, the past 2.
    expect(server.gitBytes).toBeLessThan(120_000);
  });

  it.each([
    ['main', 'main'], ['refs/heads/main', 'main'], ['HEAD', 'main'], ['v0', 'v0'], ['feature/side', 'side'],
  ] as const)('has the revision %s', async (rev, commit) => {
    const { url, commits } = await serveModel();
    expect((await openSession().resolve({ url, rev })).revision).toBe(commits[commit]);
  });

  it('is found by a commit that no branch or tag ends at, and by its lock when the branch has moved', async () => {
    const { url, commits } = await serveModel();
    const session = openSession();
    const manifest = await session.resolve({ url, rev: commits.v0 }, { include: ['weights/**'] });
    const locked = { ...manifest, source: sourceOf({ url, rev: 'main' }) };
    expect(Object.keys(await session.download(locked))).toEqual(['weights/a.safetensors']);
  });

  it.each(['none', 'f'.repeat(40)])('has no revision %s', async (rev) => {
    const { url } = await serveModel();
    const error = await rejection(openSession().resolve({ url, rev }));
    expect(error.code).toBe('REVISION_NOT_FOUND');
  });

  it('may be cut down to some of its LFS files; the others stay', async () => {
    const { url } = await serveModel();
    const session = openSession();
    const { files } = await session.resolve({ url, lfsFiles: ['weights/b.*'] }, MODEL);
    expect(files.map(({ path }) => path)).toEqual(['config.json', 'empty', 'tokenizer.json', 'weights/b.safetensors']);
    const error = await rejection(session.resolve({ url, lfsFiles: ['*.gguf'] }));
    expect(error).toMatchObject({ code: 'NO_FILES_MATCH' });
  });

  it('comes from a server that cannot leave files out, or knows only branches and tags', async () => {
    const { server, url } = await serveModel();
    const repository = join(server.root, 'model.git');
    const git = (...args: string[]): unknown => execFileSync('git', ['-C', repository, 'config', ...args]);
    git('uploadpack.allowFilter', 'false');
    git('protocol.version', '0');
    const session = openSession({ GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'protocol.version', GIT_CONFIG_VALUE_0: '0' });
    try {
      expect(await session.download(await session.resolve({ url }, MODEL))).toEqual(DIGESTS);
    } finally {
      git('uploadpack.allowFilter', 'true');
      git('--unset', 'protocol.version');
    }
  });

  it('on this machine needs no server: by its path, or its file: address', async () => {
    const session = openSession();
    const repository = createRepository(session.folder, 'local model.git');
    const tree = new WorkTree(join(session.folder, 'work'), join(session.folder, 'home'));
    tree.commit({ 'config.json': CONFIG, 'a.safetensors': WEIGHTS });
    await tree.push(pathToFileURL(repository).href, 'main');
    for (const url of [repository, pathToFileURL(repository).href, tree.directory]) {
      const manifest = await session.resolve({ url }, { exclude: ['.gitattributes'] });
      expect(await session.download(manifest)).toEqual({ 'a.safetensors': sha256(WEIGHTS), 'config.json': sha256(CONFIG) });
    }
    const manifest = await session.resolve({ url: repository });
    rmSync(join(repository, 'lfs'), { recursive: true });
    const error = await rejection(session.download(manifest));
    expect(error).toMatchObject({ code: 'ENTRY_NOT_FOUND', subject: expect.stringContaining('a.safetensors') as string });
  });

  it('comes over ssh: git by git itself, LFS files by what git-lfs-authenticate says', async () => {
    const { server, url, commits } = await serveModel();
    server.storageToken = 'Bearer for-storage';
    const bin = join(openSession().folder, 'bin');
    mkdirSync(bin);
    // A host that runs what it is asked to, and knows a password for its LFS server.
    const answer = JSON.stringify({ href: `${url}/info/lfs/`, header: { Authorization: 'Basic Z2l0OmZyb20tc3No' } });
    script(bin, 'git-lfs-authenticate', `test "$*" = "org/it's.git download" && echo '${answer}'`);
    script(bin, 'fake-ssh', `echo "$@" >>"${bin}/log"; while [ "$1" != git@host.test ]; do shift; done; shift; PATH="${bin}:$PATH" exec sh -c "$*"`);
    script(bin, 'git-upload-pack', `exec /usr/bin/git upload-pack "${server.root}/model.git"`);
    server.password = 'git:from-ssh';
    const session = openSession({ GIT_SSH_COMMAND: `'${bin}/fake-ssh' -v` });
    const manifest = await session.resolve({ url: 'git@host.test:org/it\'s.git' }, MODEL);
    expect(manifest.revision).toBe(commits.main);
    expect(await session.download(manifest)).toEqual(DIGESTS);
  });
});

function script(folder: string, name: string, body: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
}

describe('a repository without Git LFS', () => {
  function plainRepository(folder: string, files: Record<string, string | Buffer>): string {
    const git = (...args: string[]): string =>
      execFileSync('git', args, { cwd: join(folder, 'plain'), encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: folder } });
    mkdirSync(join(folder, 'plain'));
    git('init', '--quiet', '--initial-branch=main');
    for (const [path, content] of Object.entries(files)) writeFileSync(join(folder, 'plain', path), content);
    git('add', '--all');
    git('-c', 'user.name=T', '-c', 'user.email=t@t', 'commit', '--quiet', '--message=x');
    return join(folder, 'plain');
  }

  it('is a model, too; more than one fits into memory at once is no trouble', async () => {
    const session = openSession();
    const large = noise(5_000_000, 'large');
    const url = plainRepository(session.folder, { 'a': 'one', 'b c': 'two\n', 'd': large });
    expect(await session.download(await session.resolve({ url }))).toEqual({
      'a': sha256('one'), 'b c': sha256('two\n'), 'd': sha256(large),
    });
  });

  it('runs no hook, no template and no program that the machine is set up with', async () => {
    const session = openSession();
    const url = plainRepository(session.folder, { a: 'one' });
    const hooks = join(session.folder, 'template/hooks');
    mkdirSync(hooks, { recursive: true });
    script(hooks, 'reference-transaction', `touch "${session.folder}/hooked"`);
    const config = { 'core.hooksPath': hooks, 'init.templateDir': join(hooks, '..'), 'core.fsmonitor': `touch ${session.folder}/hooked` };
    mkdirSync(join(session.folder, 'home'), { recursive: true });
    for (const [name, value] of Object.entries(config)) {
      execFileSync('git', ['config', '--file', join(session.folder, 'home/.gitconfig'), name, value]);
    }
    await session.download(await session.resolve({ url }));
    expect(existsSync(join(session.folder, 'hooked'))).toBe(false);
  });

  it('is not confused with the repository that the program is started in', async () => {
    const session = openSession({ GIT_DIR: '/nowhere', GIT_INDEX_FILE: '/nowhere', GIT_OBJECT_DIRECTORY: '/nowhere' });
    const url = plainRepository(session.folder, { a: 'one' });
    expect((await session.resolve({ url })).files).toHaveLength(1);
  });

  it('keeps everything of its own in the scratch folder', async () => {
    const session = openSession();
    const url = plainRepository(session.folder, { a: 'one' });
    const before = readdirSync(session.folder);
    await session.resolve({ url });
    expect(readdirSync(session.folder).filter((name) => !before.includes(name))).toEqual(['scratch']);
  });
});

describe('the short form', () => {
  it('is the address and the revision', () => {
    expect(gitLfs.describe(sourceOf({ url: 'https://host.test/m.git' }))).toBe('git-lfs:https://host.test/m.git@main');
  });
});
