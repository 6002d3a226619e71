// Servers and repositories that are broken, hostile, or change under way: each a clear error.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { gitLfs } from '../../../src/sources/git-lfs.ts';
import type { SourceContext } from '../../../src/sources/source.ts';
import { serve } from '../../net/local-server.ts';
import { rejection } from '../../net/rejection.ts';
import type { BatchObject } from './git-server.ts';
import { removeModel, serveModel, WEIGHTS } from './model-fixture.ts';
import { openSession, sourceOf } from './session.ts';
import { hasGitLfs, noise, sha256 } from './work-tree.ts';

const ONE = { include: ['weights/a.safetensors'] };
const name = hasGitLfs ? 'an LFS server' : 'an LFS server (git-lfs is not installed)';

/** What downloading one LFS file fails with. */
async function failure(change: (object: BatchObject) => unknown): Promise<unknown> {
  const { server, url } = await serveModel();
  server.change = change as (object: BatchObject) => BatchObject;
  const session = openSession();
  return await rejection(session.download(await session.resolve({ url }, ONE)));
}

const words = (text: string): string => expect.stringContaining(text) as string;
const download = (href: string) => (object: BatchObject) => ({ ...object, actions: { download: { href } } });

describe.skipIf(!hasGitLfs)(name, () => {
  afterAll(removeModel);

  it.each([
    [404, 'ENTRY_NOT_FOUND', 'does not have'],
    [410, 'ENTRY_NOT_FOUND', 'no longer has'],
    [403, 'AUTH_INVALID', 'this account'],
    [422, 'PROTOCOL', 'refuses'],
    [500, 'PROTOCOL', 'refuses'],
  ])('with the error %i about one object', async (code, expected, meaning) => {
    const error = await failure(({ oid, size }) => ({ oid, size, error: { code, message: 'because\u001b[2J' } }));
    expect(error).toMatchObject({
      code: expected, message: words(meaning), subject: words('weights/a.safetensors'), found: words('because?[2J'),
    });
  });

  it.each([
    ['another size', (object: BatchObject) => ({ ...object, size: 7 }), 'SIZE_MISMATCH', 'another size'],
    ['another object', (object: BatchObject) => ({ ...object, oid: 'f'.repeat(64) }), 'PROTOCOL', 'says nothing'],
    ['no address', ({ oid, size }: BatchObject) => ({ oid, size }), 'PROTOCOL', 'no address'],
    ['a file of this machine', download('file:///etc/passwd'), 'PROTOCOL', 'cannot be trusted'],
    ['no address at all', download('//'), 'PROTOCOL', 'cannot be trusted'],
    ['no object', () => 'object', 'PROTOCOL', 'no list'],
  ])('with %s in its answer', async (_, change, code, meaning) => {
    expect(await failure(change)).toMatchObject({ code, message: words(meaning) });
  });

  it('with bytes that are not the object\'s', async () => {
    const { server, url } = await serveModel();
    server.objects.set(sha256(WEIGHTS), noise(WEIGHTS.length, 'other'));
    const session = openSession();
    const manifest = await session.resolve({ url }, ONE);
    expect((await rejection(session.download(manifest))).code).toBe('HASH_MISMATCH');
    expect(readdirSync(join(session.folder, 'stage'))).toEqual([]);
  });

  it('without the object, although it gives an address for it', async () => {
    const { server, url } = await serveModel();
    server.change = download(`${server.url}/storage/gone`);
    const session = openSession();
    const error = await rejection(session.download(await session.resolve({ url }, ONE)));
    expect(error).toMatchObject({ code: 'ENTRY_NOT_FOUND', message: words('does not have the content') });
  });

  it.each([
    [404, '', 'REPO_NOT_FOUND', 'no Git LFS server'],
    [501, '', 'REPO_NOT_FOUND', 'no Git LFS server'],
    [403, '', 'AUTH_REQUIRED', 'who asks'],
    [429, '', 'RATE_LIMITED', 'too many requests'],
    [413, '', 'HTTP_STATUS', 'unexpectedly'],
    [200, '<!doctype html>', 'PROTOCOL', 'a web page'],
    [200, '{"objects": 7}', 'PROTOCOL', 'no list'],
    [200, '{"objects": [], "transfer": "tus"}', 'PROTOCOL', 'nobody asked for'],
    [200, '{"objects": [], "hash_algo": "md5"}', 'PROTOCOL', 'nobody asked for'],
  ])('that answers %i %s', async (status, body, code, meaning) => {
    const { server, url } = await serveModel();
    const session = openSession();
    const manifest = await session.resolve({ url }, ONE);
    server.answerBatch = (_, response) => response.writeHead(status).end(body);
    expect(await rejection(session.download(manifest))).toMatchObject({ code, message: words(meaning) });
  });

  it('that is busy is asked again', async () => {
    const { server, url } = await serveModel();
    const session = openSession();
    const manifest = await session.resolve({ url }, ONE);
    server.answerBatch = (_, response) => {
      server.answerBatch = undefined;
      response.writeHead(503).end();
    };
    expect(Object.keys(await session.download(manifest))).toEqual(['weights/a.safetensors']);
  });

  it('has what the commit says, and not what a lock says that was changed by hand', async () => {
    const { server, url } = await serveModel();
    const session = openSession();
    const manifest = await session.resolve({ url }, ONE);
    const files = manifest.files.map((file) => ({ ...file, sha256: sha256('other') }));
    expect((await rejection(session.download({ ...manifest, files }))).code).toBe('HASH_MISMATCH');
    const more = [...manifest.files, { path: 'none' }];
    expect((await rejection(session.download({ ...manifest, files: more }))).code).toBe('ENTRY_NOT_FOUND');
    expect(server.asked).toEqual([]);
  });
});

/** A repository with a commit of this tree, made without git's own checks. */
function repository(folder: string, tree: string): string {
  const directory = join(folder, 'repository');
  mkdirSync(directory);
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', directory]);
  const run = (args: string[], input: string): string =>
    execFileSync('git', ['-C', directory, ...args], { input, encoding: 'utf8' }).trim();
  const blob = run(['hash-object', '-w', '--stdin'], 'content');
  let top = run(['mktree', '--missing', '-z'], tree.replaceAll('BLOB', blob));
  if (tree === '') top = treeBomb(run, blob);
  const who = { GIT_AUTHOR_NAME: 'T', GIT_AUTHOR_EMAIL: 't', GIT_COMMITTER_NAME: 'T', GIT_COMMITTER_EMAIL: 't' };
  const commit = execFileSync('git', ['-C', directory, 'commit-tree', top, '-m', 'x'], {
    env: { PATH: process.env['PATH'], ...who }, encoding: 'utf8',
  }).trim();
  run(['update-ref', 'refs/heads/main', commit], '');
  return directory;
}

/** 20 folders in each of 20 folders in …: a few kilobytes that stand for 20^8 files. */
function treeBomb(run: (args: string[], input: string) => string, blob: string): string {
  const many = (line: string): string => Array.from({ length: 20 }, (_, i) => `${line}\tf${i}\0`).join('');
  let tree = run(['mktree', '-z'], many(`100644 blob ${blob}`));
  for (let depth = 0; depth < 7; depth++) tree = run(['mktree', '-z'], many(`040000 tree ${tree}`));
  return tree;
}

describe('a repository', () => {
  it.each([
    ['a link', '120000 blob BLOB\tlink\0', 'HOSTILE_NAME', 'symbolic link'],
    ['a name with ".."', '040000 tree TREE\t..\0', 'HOSTILE_NAME', ''],
    ['names that differ in case only', '100644 blob BLOB\tA\x00100644 blob BLOB\ta\0', 'HOSTILE_NAME', ''],
    ['a Windows name', '100644 blob BLOB\tCON\0', 'HOSTILE_NAME', ''],
    ['a submodule and nothing else', `160000 commit ${'1'.repeat(40)}\tsub\0`, 'NO_FILES_MATCH', 'no files'],
    ['more files than there are atoms', '', 'FORMAT_LIMIT', 'too large'],
  ])('with %s', async (_, tree, code, meaning) => {
    const session = openSession();
    // A folder named ".." cannot be made by mktree; a file can.
    const url = repository(session.folder, tree.replace('040000 tree TREE', '100644 blob BLOB'));
    const error = await rejection(session.resolve({ url }));
    expect(error.code).toBe(code);
    expect(error.message).toContain(meaning);
  });

  it('with a name that is not UTF-8', async () => {
    const session = openSession();
    const directory = join(session.folder, 'odd');
    mkdirSync(directory);
    writeFileSync(Buffer.concat([Buffer.from(`${directory}/`), Buffer.from([0xff, 0xfe])]), 'x');
    commitAll(directory);
    expect((await rejection(session.resolve({ url: directory }))).code).toBe('HOSTILE_NAME');
  });

  it('with links is a model where they are left out', async () => {
    const session = openSession();
    const directory = join(session.folder, 'links');
    mkdirSync(directory);
    symlinkSync('/etc/passwd', join(directory, 'link'));
    writeFileSync(join(directory, 'a'), 'x');
    commitAll(directory);
    const manifest = await session.resolve({ url: directory }, { exclude: ['link'] });
    expect(await session.download(manifest)).toEqual({ a: sha256('x') });
    const { subject, remedies } = await rejection(session.resolve({ url: directory }));
    expect([subject, remedies.join()]).toEqual([words('link'), words('!link')]);
  });

  it.each([
    ['extensions', 'ext-0-crypt sha256:00\noid sha256:11\nsize 1\n', 'extensions'],
    ['half a pointer', 'oid sha256:11', 'broken'],
  ])('with %s in a pointer', async (_, rest, meaning) => {
    const session = openSession();
    const directory = join(session.folder, 'pointer');
    mkdirSync(directory);
    writeFileSync(join(directory, 'a.bin'), `version https://git-lfs.github.com/spec/v1\n${rest}`);
    commitAll(directory);
    const error = await rejection(session.resolve({ url: directory }));
    expect(error.code).toBe('FORMAT_INVALID');
    expect(error.message).toContain(meaning);
  });

  it('that is none, at an address of whatever kind', async () => {
    const server = await serve((_, response) => response.writeHead(200).end('<!doctype html>\n<title>Log in</title>\n'));
    const session = openSession();
    for (const url of [`${server.url}/x.git`, '/nowhere', 'file:///nowhere', session.folder]) {
      expect((await rejection(session.resolve({ url }))).code).toBe('REPO_NOT_FOUND');
    }
  });

  it('whose server does not answer is asked several times', async () => {
    const retries: string[] = [];
    const { context } = openSession();
    const progress: SourceContext['progress'] = (event) => {
      if (event.type === 'retry') retries.push(event.reason);
    };
    const spec = sourceOf({ url: 'http://127.0.0.1:1/x.git' });
    const everything = { include: [], exclude: [] };
    const error = await rejection(gitLfs.resolve(spec, everything, { ...context, progress }));
    expect(error).toMatchObject({ code: 'NETWORK', retriable: true });
    expect(retries.length).toBeGreaterThan(1);
  });

  it('is no longer fetched when the signal says so', async () => {
    const abort = new AbortController();
    // Answers nothing, ever.
    const server = await serve(() => { abort.abort(new Error('enough')); });
    const { context } = openSession();
    const resolving = gitLfs.resolve(
      sourceOf({ url: `${server.url}/x.git` }), { include: [], exclude: [] }, { ...context, signal: abort.signal },
    );
    await expect(resolving).rejects.toThrow('enough');
  });

  it('needs git', async () => {
    const session = openSession({ PATH: '/nowhere' });
    const error = await rejection(session.resolve({ url: '/nowhere' }));
    expect(error).toMatchObject({ code: 'TOOL_MISSING', message: 'git is not installed' });
  });
});

function commitAll(directory: string): void {
  const git = (...args: string[]): unknown => execFileSync('git', args, { cwd: directory });
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  git('-c', 'user.name=T', '-c', 'user.email=t@t', 'commit', '--quiet', '--message=x');
}
