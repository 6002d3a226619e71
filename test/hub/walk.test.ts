import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ask, makeDirectory, serveFiles, startHub } from './local-hub.ts';

async function pathsOf(hub: { port: number }, id = 'org/name'): Promise<string[]> {
  const { json } = await ask(hub, `/api/models/${id}/tree/main?recursive=true`);
  return (json as { type: string; path: string }[]).filter(({ type }) => type === 'file').map(({ path }) => path);
}

describe('links in a served directory', () => {
  it('are followed inside of it, to files and to folders', async () => {
    const { hub, directory } = await serveFiles({ 'blobs/x': 'content', 'folder/y': 'y' });
    symlinkSync('blobs/x', join(directory, 'model.txt'));
    symlinkSync('folder', join(directory, 'alias'));
    expect(await pathsOf(hub)).toEqual(['alias/y', 'blobs/x', 'folder/y', 'model.txt']);
    expect((await ask(hub, '/org/name/resolve/main/model.txt')).body.toString()).toBe('content');
  });

  it('that leave it are neither listed nor served, and the log says so once', async () => {
    const outside = makeDirectory({ secret: 'not yours', 'folder/secret': 'nor this' });
    const lines: string[] = [];
    const { hub, directory } = await serveFiles({ own: 'mine' }, { log: (line) => lines.push(line) });
    symlinkSync(join(outside, 'secret'), join(directory, 'absolute'));
    symlinkSync('../../../../../../etc/passwd', join(directory, 'relative'));
    symlinkSync(join(outside, 'folder'), join(directory, 'folder'));
    symlinkSync('relative', join(directory, 'by-way-of-another'));
    symlinkSync('/proc/self/environ', join(directory, 'environ'));
    symlinkSync('/etc', join(directory, 'line\nbreak'));
    expect(await pathsOf(hub)).toEqual(['own']);
    for (const path of ['absolute', 'relative', 'folder/secret', 'by-way-of-another', 'environ']) {
      const reply = await ask(hub, `/org/name/resolve/main/${path}`);
      expect([reply.status, reply.headers['x-error-code']]).toEqual([404, 'EntryNotFound']);
    }
    expect(lines.filter((line) => line.startsWith('not served: absolute:'))).toHaveLength(1);
    expect(lines).toContain('not served: line?break: a link out of the served directories');
  });

  it('may lead to another served directory', async () => {
    const shared = makeDirectory({ weights: 'w' });
    const directory = makeDirectory({ own: 'o' });
    symlinkSync(join(shared, 'weights'), join(directory, 'linked'));
    const hub = await startHub([`org/name=${directory}`, `org/shared=${shared}`]);
    expect(await pathsOf(hub)).toEqual(['linked', 'own']);
  });

  it('may lead anywhere in the store from a tree of links in the store, and only from there', async () => {
    const storeDirectory = makeDirectory({ 'aaa-shard': 'weights', 'bbb-model/config.json': '{}' });
    symlinkSync(join(storeDirectory, 'aaa-shard'), join(storeDirectory, 'bbb-model/model.safetensors'));
    const elsewhere = makeDirectory({ own: 'o' });
    symlinkSync(join(storeDirectory, 'aaa-shard'), join(elsewhere, 'linked'));
    const roots = [`org/name=${storeDirectory}/bbb-model`, `org/elsewhere=${elsewhere}`];
    const hub = await startHub(roots, { storeDirectory });
    expect(await pathsOf(hub)).toEqual(['config.json', 'model.safetensors']);
    expect((await ask(hub, '/org/name/resolve/main/model.safetensors')).body.toString()).toBe('weights');
    expect(await pathsOf(hub, 'org/elsewhere')).toEqual(['own']);
  });

  it('out of a tree make no repository', async () => {
    const outside = makeDirectory({ secret: 's' });
    const tree = makeDirectory({ 'org/name/own': 'o' });
    symlinkSync(outside, join(tree, 'org/escaped'));
    const hub = await startHub([tree]);
    expect(await pathsOf(hub)).toEqual(['own']);
    const reply = await ask(hub, '/org/escaped/resolve/main/secret');
    expect([reply.status, reply.headers['x-error-code']]).toEqual([404, 'RepoNotFound']);
    const { json } = await ask(hub, '/api/models');
    expect((json as { id: string }[]).map(({ id }) => id)).toEqual(['org/name']);
  });

  it('that turn in circles or lead nowhere are left out', async () => {
    const { hub, directory } = await serveFiles({ 'a/file': 'f' });
    symlinkSync('..', join(directory, 'a/up'));
    symlinkSync('self', join(directory, 'self'));
    symlinkSync('nowhere', join(directory, 'broken'));
    expect(await pathsOf(hub)).toEqual(['a/file']);
  });
});

describe('a served directory', () => {
  it('shows files only: no pipe, no empty folder, nothing of git or of download tools', async () => {
    const { hub, directory } = await serveFiles({ '.gitattributes': '', '.git/config': '', '.cache/x': '', file: '' });
    execFileSync('mkfifo', [join(directory, 'pipe')]);
    mkdirSync(join(directory, 'empty'));
    expect(await pathsOf(hub)).toEqual(['.gitattributes', 'file']);
  });
});
