import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ask, commitOf, makeDirectory, type Reply, serveFiles, startHub, writeFiles } from './local-hub.ts';

const read = (hub: { port: number }, revision = 'main', path = 'w.bin'): Promise<Reply> =>
  ask(hub, `/org/name/resolve/${revision}/${path}`);
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('a file that changes under a running hub', () => {
  it('is served with its new digest under a new commit; the old commit is gone', async () => {
    const { hub, directory } = await serveFiles({ 'w.bin': 'before', other: 'same' });
    const old = await commitOf(hub);
    expect((await read(hub)).headers.etag).toBe(`"${sha256('before')}"`);
    writeFiles(directory, { 'w.bin': 'behind' });
    const now = await read(hub);
    expect([now.body.toString(), now.headers.etag]).toEqual(['behind', `"${sha256('behind')}"`]);
    expect(now.headers['x-repo-commit']).not.toBe(old);
    expect(await commitOf(hub)).toBe(now.headers['x-repo-commit']);
    expect((await read(hub, old)).headers['x-error-code']).toBe('RevisionNotFound');
    expect((await read(hub, old, 'other')).headers['x-error-code']).toBe('RevisionNotFound');
  });

  it('is noticed even with the same size and a faked date', async () => {
    const { hub, directory } = await serveFiles({ 'w.bin': 'aaaa' });
    const file = join(directory, 'w.bin');
    utimesSync(file, 1, 1);
    const old = await commitOf(hub);
    writeFileSync(file, 'bbbb');
    utimesSync(file, 1, 1);
    expect(await commitOf(hub)).not.toBe(old);
    expect((await read(hub)).body.toString()).toBe('bbbb');
  });

  it('is noticed however quickly it is written again and again', async () => {
    const { hub, directory } = await serveFiles({ 'w.txt': '0000' });
    for (let number = 1; number < 40; number++) {
      const text = String(number).padStart(4, '0');
      writeFileSync(join(directory, 'w.txt'), text);
      const { json } = await ask(hub, '/api/models/org/name/tree/main');
      expect(json).toMatchObject([{ oid: createHash('sha1').update(`blob 4\0${text}`).digest('hex') }]);
    }
  });

  it('back to what it was has its old commit again', async () => {
    const { hub, directory } = await serveFiles({ 'w.bin': 'one' });
    const first = await commitOf(hub);
    writeFiles(directory, { 'w.bin': 'two' });
    await commitOf(hub);
    writeFiles(directory, { 'w.bin': 'one' });
    expect(await commitOf(hub)).toBe(first);
    expect((await read(hub, first)).body.toString()).toBe('one');
  });

  it('into a link that leads out is not followed', async () => {
    const outside = makeDirectory({ 'w.bin': 'secret' });
    const { hub, directory } = await serveFiles({ 'w.bin': 'mine' });
    expect((await read(hub)).body.toString()).toBe('mine');
    unlinkSync(join(directory, 'w.bin'));
    symlinkSync(join(outside, 'w.bin'), join(directory, 'w.bin'));
    expect((await read(hub)).headers['x-error-code']).toBe('EntryNotFound');
  });

  it('into a link in place of its folder is not followed', async () => {
    const outside = makeDirectory({ 'w.bin': 'secret' });
    const { hub, directory } = await serveFiles({ 'folder/w.bin': 'mine' });
    expect((await read(hub, 'main', 'folder/w.bin')).body.toString()).toBe('mine');
    rmSync(join(directory, 'folder'), { recursive: true });
    symlinkSync(outside, join(directory, 'folder'));
    expect((await read(hub, 'main', 'folder/w.bin')).headers['x-error-code']).toBe('EntryNotFound');
  });
});

describe('files that come and go', () => {
  it('are listed and served from the next question on', async () => {
    const { hub, directory } = await serveFiles({ a: 'a' });
    expect((await read(hub, 'main', 'new')).status).toBe(404);
    writeFiles(directory, { new: 'n' });
    expect((await read(hub, 'main', 'new')).body.toString()).toBe('n');
    unlinkSync(join(directory, 'a'));
    expect((await read(hub, 'main', 'a')).headers['x-error-code']).toBe('EntryNotFound');
  });

  it('with their whole directory make the repository RepoNotFound, until it is back', async () => {
    const { hub, directory } = await serveFiles({ a: 'a' });
    renameSync(directory, `${directory}-away`);
    expect((await ask(hub, '/api/models/org/name')).headers['x-error-code']).toBe('RepoNotFound');
    renameSync(`${directory}-away`, directory);
    expect((await ask(hub, '/api/models/org/name')).status).toBe(200);
  });

  it('may be a whole repository that a tree gains', async () => {
    const tree = makeDirectory({ 'org/first/a': 'a' });
    const hub = await startHub([tree]);
    expect((await read(hub)).headers['x-error-code']).toBe('RepoNotFound');
    mkdirSync(join(tree, 'org/name'));
    writeFiles(tree, { 'org/name/w.bin': 'w' });
    expect((await read(hub)).body.toString()).toBe('w');
  });
});

describe('digests in the cache directory', () => {
  it('spare the next start the reading, as long as the file is the same', async () => {
    const cacheDirectory = makeDirectory();
    const directory = makeDirectory({ 'w.bin': 'weights' });
    // Only what has not been written to a moment ago is remembered.
    await new Promise((resolve) => setTimeout(resolve, 100));
    const first = await startHub([`org/name=${directory}`], { cacheDirectory });
    expect((await read(first)).headers.etag).toBe(`"${sha256('weights')}"`);
    const memory = join(cacheDirectory, 'hub-digests');
    const file = join(memory, readdirSync(memory)[0] ?? '');
    expect(readFileSync(file, 'utf8')).toContain(sha256('weights'));
    // A digest that no reading could give shows that there was none.
    writeFileSync(file, readFileSync(file, 'utf8').replace(sha256('weights'), 'f'.repeat(64)));
    const second = await startHub([`org/name=${directory}`], { cacheDirectory });
    expect((await read(second)).headers.etag).toBe(`"${'f'.repeat(64)}"`);
    writeFiles(directory, { 'w.bin': 'changed' });
    expect((await read(second)).headers.etag).toBe(`"${sha256('changed')}"`);
  });

  it.each(['', '{', '[]', 'null', '{"a":1}', '{"a":"../../x"}'])('that are damaged (%s) are made again', async (content) => {
    const cacheDirectory = makeDirectory();
    const directory = makeDirectory({ 'w.bin': 'weights' });
    const name = createHash('sha1').update(directory).digest('hex');
    writeFiles(cacheDirectory, { [`hub-digests/${name}.json`]: content });
    const hub = await startHub([`org/name=${directory}`], { cacheDirectory });
    expect((await read(hub)).headers.etag).toBe(`"${sha256('weights')}"`);
  });

  it('are done without where nothing can be written', async () => {
    const cacheDirectory = join(makeDirectory({ file: 'in the way' }), 'file');
    const { hub } = await serveFiles({ 'w.bin': 'weights' }, { cacheDirectory });
    expect((await read(hub)).headers.etag).toBe(`"${sha256('weights')}"`);
  });
});
