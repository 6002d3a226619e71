// Who may have the files: names and passwords, tokens of the storage, addresses that expire.

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Environment } from '../../../src/base/env.ts';
import { serve } from '../../net/local-server.ts';
import { rejection } from '../../net/rejection.ts';
import type { BatchObject, GitServer } from './git-server.ts';
import { EXTRA, removeModel, serveModel, WEIGHTS } from './model-fixture.ts';
import { openSession, type Session } from './session.ts';
import { hasGitLfs, sha256, WorkTree } from './work-tree.ts';

const WEIGHTS_ONLY = { include: ['weights/**'] };
const DIGESTS = { 'weights/a.safetensors': sha256(WEIGHTS), 'weights/b.safetensors': sha256(EXTRA) };
const PASSWORD = 'ann:secretsecret';

/** As `git credential-store` keeps it. */
function remember(session: Session, url: string, password: string): void {
  const home = session.context.environment['HOME'] ?? '';
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, '.git-credentials'), `${url.replace('://', `://${password}@`)}\n`);
  execFileSync('git', ['config', '--file', join(home, '.gitconfig'), 'credential.helper', 'store']);
}

const storageRequests = ({ log }: GitServer): string[] => log.filter((line) => line.includes('/storage/'));

/** The same answer with something else about the download. */
const changed = (object: BatchObject, change: object): BatchObject =>
  ({ ...object, actions: { download: { href: '', ...object.actions?.['download'], ...change } } });

const name = hasGitLfs ? 'a private repository' : 'a private repository (git-lfs is not installed)';

describe.skipIf(!hasGitLfs)(name, () => {
  afterAll(removeModel);

  it('is read with what git\'s credential helper knows: git, the LFS server, never the storage', async () => {
    const { server, url } = await serveModel();
    server.password = PASSWORD;
    const session = openSession();
    remember(session, server.url, PASSWORD);
    const storage = await serve((request, response) => {
      response.end(server.objects.get(request.url?.slice(1) ?? ''));
    });
    server.change = (object) => {
      return { ...changed(object, { href: `${storage.url}/${object.oid}` }), authenticated: false };
    };
    expect(await session.download(await session.resolve({ url }, WEIGHTS_ONLY))).toEqual(DIGESTS);
    expect(storage.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
  });

  it('is not read by anyone else: nobody is prompted, and the error says what to do', async () => {
    const { server, url } = await serveModel();
    server.password = PASSWORD;
    const error = await rejection(openSession().resolve({ url }));
    expect(error).toMatchObject({ code: 'AUTH_REQUIRED' });
    expect(error.remedies.join()).toContain('git credential');
  });

  it('is not read with a wrong password, which nobody gets to see', async () => {
    const { server, url } = await serveModel();
    server.password = PASSWORD;
    const session = openSession();
    remember(session, server.url, 'ann:wrongwrong');
    const error = await rejection(session.resolve({ url }));
    expect(error).toMatchObject({ code: 'AUTH_INVALID' });
    expect(JSON.stringify(error)).not.toContain('wrongwrong');
  });

  it('may have an LFS server that is more private than its git', async () => {
    const { server, url } = await serveModel();
    const session = openSession();
    const manifest = await session.resolve({ url }, WEIGHTS_ONLY);
    server.answerBatch = (_, response) => response.writeHead(401, { 'lfs-authenticate': 'Basic realm="LFS"' }).end();
    expect(await rejection(session.download(manifest))).toMatchObject({
      code: 'AUTH_REQUIRED', found: 'HTTP status 401, wants Basic',
    });
    remember(session, server.url, PASSWORD);
    expect(await rejection(session.download(manifest))).toMatchObject({
      code: 'AUTH_INVALID', message: expect.stringContaining('git\'s credential helper') as string,
    });
    server.answerBatch = undefined;
    server.password = PASSWORD;
    expect(await session.download(manifest)).toEqual(DIGESTS);
  });

  it('has tokens for its storage: shown there, not where a redirect leads', async () => {
    const { server, url } = await serveModel();
    server.storageToken = 'Bearer token-of-the-storage';
    const session = openSession();
    const manifest = await session.resolve({ url }, WEIGHTS_ONLY);
    const elsewhere = await serve((request, response) => {
      response.end(server.objects.get(request.url?.slice(1) ?? ''));
    });
    const door = await serve((request, response) => {
      response.writeHead(302, { location: `${elsewhere.url}${request.url ?? ''}` }).end();
    });
    expect(await session.download(manifest)).toEqual(DIGESTS);
    server.change = (object) => changed(object, { href: `${door.url}/${object.oid}` });
    expect(await session.download(manifest)).toEqual(DIGESTS);
    const seen = (server: typeof door): unknown[] =>
      server.requests.map(({ headers }) => headers.authorization);
    expect(seen(door)).toEqual([server.storageToken, server.storageToken]);
    expect(seen(elsewhere)).toEqual([undefined, undefined]);
  });

  it('does not let the LFS server change what is asked for by way of its headers', async () => {
    const { server, url } = await serveModel();
    const odd = { 'Bad\nName': 'x', 'X-Bad': 'a\nb' };
    const header = { ...odd, 'Range': 'bytes=5-9', 'Content-Length': '3', 'X-Good': 'yes' };
    const storage = await serve((request, response) => {
      response.end(server.objects.get(request.url?.slice(1) ?? ''));
    });
    server.change = (object) => changed(object, { href: `${storage.url}/${object.oid}`, header });
    const session = openSession();
    expect(await session.download(await session.resolve({ url }, WEIGHTS_ONLY))).toEqual(DIGESTS);
    expect(storage.requests[0]?.headers).toMatchObject({ 'x-good': 'yes' });
    expect(Object.keys(storage.requests[0]?.headers ?? {})).not.toContain('range');
  });
});

describe.skipIf(!hasGitLfs)('the address of an object', () => {
  afterAll(removeModel);

  it('that is refused is asked for again, for this object alone', async () => {
    const { server, url } = await serveModel();
    const session = openSession();
    server.storageToken = 'Bearer first';
    const manifest = await session.resolve({ url }, WEIGHTS_ONLY);
    // The first answer is about two objects; what it says of the first is soon out of date.
    server.change = (object) => {
      server.storageToken = 'Bearer second';
      return object;
    };
    expect(await session.download(manifest)).toEqual(DIGESTS);
    expect(server.asked.map((oids) => oids.length)).toEqual([2, 1]);
  });

  it('that stays refused is an error that names the storage', async () => {
    const { server, url } = await serveModel();
    const session = openSession();
    server.storageToken = 'Bearer right';
    server.change = (object) => changed(object, { header: { Authorization: 'Bearer wrong-wrong' } });
    const error = await rejection(session.download(await session.resolve({ url }, WEIGHTS_ONLY)));
    expect(error).toMatchObject({ code: 'AUTH_INVALID', found: 'HTTP status 403' });
    expect(storageRequests(server).length).toBeLessThanOrEqual(4);
  });

  it('at another LFS server comes from the .lfsconfig of the repository', async () => {
    const { server } = await serveModel();
    const session = openSession();
    const tree = new WorkTree(join(session.folder, 'work'), join(session.folder, 'home'));
    const lfsconfig = (url: string): string => {
      tree.commit({ '.lfsconfig': `[lfs]\n\turl = ${url}\n`, 'weights/a.safetensors': WEIGHTS });
      return tree.directory;
    };
    const url = lfsconfig(`${server.url}/elsewhere.git/info/lfs`);
    const manifest = await session.resolve({ url }, WEIGHTS_ONLY);
    expect(await session.download(manifest)).toEqual({ 'weights/a.safetensors': sha256(WEIGHTS) });
    expect(server.asked).toEqual([[sha256(WEIGHTS)]]);
    for (const hostile of ['file:///etc', '/etc', 'ext::sh -c "touch /tmp/evil"', '--upload-pack=x']) {
      lfsconfig(hostile);
      const error = await rejection(session.download(await session.resolve({ url }, WEIGHTS_ONLY)));
      expect(error.code).toBe('SPEC_INVALID');
    }
  });
});

describe('ssh', () => {
  const environment = (body: string, folder: string): Environment => {
    writeFileSync(join(folder, 'ssh'), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    return { GIT_SSH: join(folder, 'ssh'), GIT_SSH_VARIANT: 'ssh' };
  };

  it.each([
    ['Permission denied (publickey).', 'AUTH_REQUIRED', 'ssh keys'],
    ['Host key verification failed.', 'NETWORK', 'key of the host'],
    ['ssh: Could not resolve hostname host.test: Name or service not known', 'NETWORK', 'connection'],
    ['ERROR: Repository not found.', 'REPO_NOT_FOUND', 'no git repository'],
  ])('that says "%s" is %s', async (words, code, meaning) => {
    const outer = openSession();
    const session = openSession(environment(`echo "${words}" >&2; exit 255`, outer.folder));
    const error = await rejection(session.resolve({ url: 'ssh://git@host.test:2222/org/model.git' }));
    expect(error.code).toBe(code);
    expect(error.message).toContain(meaning);
  });
});
