import { describe, expect, it } from 'vitest';
import { ask, commitOf, makeDirectory, serveFiles, startHub } from './local-hub.ts';

interface Entry {
  readonly type: string;
  readonly path: string;
}

const paths = (json: unknown): string[] => (json as Entry[]).map(({ path }) => path);

describe('the information about a repository', () => {
  it('names its commit and its files', async () => {
    const { hub } = await serveFiles({ 'config.json': '{}', 'onnx/model.onnx': 'o' });
    const { status, json } = await ask(hub, '/api/models/org/name');
    expect(status).toBe(200);
    expect(json).toMatchObject({
      id: 'org/name', modelId: 'org/name', author: 'org', private: false, gated: false, usedStorage: 3,
      siblings: [{ rfilename: 'config.json' }, { rfilename: 'onnx/model.onnx' }],
    });
    expect(json).toHaveProperty('sha', expect.stringMatching(/^[0-9a-f]{40}$/));
    expect((await ask(hub, '/api/models/org/name/revision/main')).json).toEqual(json);
  });

  it('tells sizes and digests when asked for blobs', async () => {
    const { hub } = await serveFiles({ 'config.json': '{}', 'model.onnx': 'o' });
    const { json } = await ask(hub, '/api/models/org/name?blobs=true');
    expect(json).toMatchObject({ siblings: [
      { rfilename: 'config.json', size: 2, blobId: '9e26dfeeb6e641a33dae4961196235bdb965b21b' },
      { rfilename: 'model.onnx', size: 1, lfs: { size: 1, sha256: '65c74c15a686187bb6bbf9958f494fc6b80068034a659a9ad44991b08c58f2d2' } },
    ] });
  });

  it('is there for every kind of repository under its own address', async () => {
    const directory = makeDirectory({ 'a.csv': '1' });
    const hub = await startHub([`datasets/org/rows=${directory}`, `gpt2=${directory}`]);
    expect((await ask(hub, '/api/datasets/org/rows')).json).toMatchObject({ id: 'org/rows' });
    expect((await ask(hub, '/datasets/org/rows/resolve/main/a.csv')).body.toString()).toBe('1');
    expect((await ask(hub, '/gpt2/resolve/main/a.csv')).body.toString()).toBe('1');
    expect((await ask(hub, '/api/models/org/rows')).headers['x-error-code']).toBe('RepoNotFound');
    expect((await ask(hub, '/org/rows/resolve/main/a.csv')).headers['x-error-code']).toBe('RepoNotFound');
  });
});

describe('a revision', () => {
  it('is a branch, its commit, or HEAD; each names the same state', async () => {
    const [one, two] = [makeDirectory({ file: 'one' }), makeDirectory({ file: 'two' })];
    const hub = await startHub([`org/name=${one}`, `org/name@v2=${two}`, `org/name@refs/pr/1=${two}`]);
    const read = async (revision: string): Promise<string> =>
      (await ask(hub, `/org/name/resolve/${revision}/file`)).body.toString();
    const { json } = await ask(hub, '/api/models/org/name/refs');
    const { branches } = json as { branches: { name: string; ref: string; targetCommit: string }[] };
    const commits = Object.fromEntries(branches.map(({ name, targetCommit }) => [name, targetCommit]));
    expect(branches.map(({ ref }) => ref)).toEqual(['refs/heads/main', 'refs/heads/v2', 'refs/pr/1']);
    expect(await Promise.all(['main', 'HEAD', 'v2', 'refs%2Fpr%2F1'].map(read))).toEqual(['one', 'one', 'two', 'two']);
    expect(await read(commits['main'] ?? '')).toBe('one');
    expect(await read(commits['v2'] ?? '')).toBe('two');
  });

  it.each(['none', 'refs%2Fpr%2F1', '0'.repeat(40), '..', '%2e%2e', ''])('%j that is not there is RevisionNotFound', async (revision) => {
    const { hub } = await serveFiles({ file: 'f' });
    for (const path of ['api/models/org/name/revision/REV', 'api/models/org/name/tree/REV', 'org/name/resolve/REV/file']) {
      const reply = await ask(hub, `/${path.replace('REV', revision)}`);
      expect([reply.status, reply.headers['x-error-code']]).toEqual([404, 'RevisionNotFound']);
    }
  });
});

describe('a tree', () => {
  const files = { 'a/b/c': '', 'a/d': '', 'a-b': '', e: '' };

  it('lists one level, or all of them, folders included', async () => {
    const { hub } = await serveFiles(files);
    const list = async (rest: string): Promise<string[]> =>
      paths((await ask(hub, `/api/models/org/name/tree/main${rest}`)).json);
    expect(await list('')).toEqual(['a', 'a-b', 'e']);
    expect(await list('?recursive=true')).toEqual(['a', 'a-b', 'a/b', 'a/b/c', 'a/d', 'e']);
    expect(await list('/a')).toEqual(['a/b', 'a/d']);
    expect(await list('/a?recursive=1')).toEqual(['a/b', 'a/b/c', 'a/d']);
  });

  it.each(['/none', '/e', '/a/b/c', '/..', '/%2e%2e/%2e%2e'])('of %s, which is no folder, is EntryNotFound', async (folder) => {
    const { hub } = await serveFiles(files);
    const reply = await ask(hub, `/api/models/org/name/tree/main${folder}`);
    expect([reply.status, reply.headers['x-error-code']]).toEqual([404, 'EntryNotFound']);
  });

  it('comes in pages of a thousand, each naming the next by an absolute address', async () => {
    const many = Object.fromEntries(Array.from({ length: 2100 }, (_, number) => [`f${number}`, '']));
    const { hub } = await serveFiles(many);
    const sizes: number[] = [];
    const seen = new Set<string>();
    let next: string | undefined = `${hub.url}/api/models/org/name/tree/main?recursive=true&expand=false`;
    while (next !== undefined) {
      const page: Awaited<ReturnType<typeof ask>> = await ask(hub, next.slice(hub.url.length));
      sizes.push(paths(page.json).length);
      for (const path of paths(page.json)) seen.add(path);
      next = /^<(.*)>; rel="next"$/.exec(page.headers.link?.toString() ?? '')?.[1];
      if (next !== undefined) expect(next.startsWith(`${hub.url}/api/`)).toBe(true);
    }
    expect(sizes).toEqual([1000, 1000, 100]);
    expect(seen.size).toBe(2100);
  });

  it.each([['limit=2', 2], ['limit=9999', 120], ['limit=-1', 120], ['limit=x', 120], ['expand=true', 50], ['expand=true&limit=1000', 100]])(
    'asked with %s has pages of %d',
    async (query, length) => {
      const many = Object.fromEntries(Array.from({ length: 120 }, (_, number) => [`f${number}`, '']));
      const { hub } = await serveFiles(many);
      const { json } = await ask(hub, `/api/models/org/name/tree/main?${query}`);
      expect(paths(json)).toHaveLength(length);
    },
  );

  it.each([
    [{}, { host: 'mirror.example:8080' }, 'http://mirror.example:8080/api/'],
    [{ publicUrl: 'https://models.example.org' }, { host: '127.0.0.1' }, 'https://models.example.org/api/'],
    [{}, { host: 'x>; rel="next", <http://evil.example' }, 'http://127.0.0.1:'],
  ])('with %j, asked at %j, leads on to %s', async (options, headers, begin) => {
    const { hub } = await serveFiles(files, options);
    const reply = await ask(hub, '/api/models/org/name/tree/main?limit=1', { headers });
    expect(reply.headers.link).toMatch(/^<[^<>]*>; rel="next"$/);
    expect(reply.headers.link?.toString().slice(1, 1 + begin.length)).toBe(begin);
  });

  it('goes on behind the last path seen, even when that file has gone', async () => {
    const { hub } = await serveFiles(files);
    const cursor = Buffer.from('a-b-gone').toString('base64url');
    const { json } = await ask(hub, `/api/models/org/name/tree/main?recursive=true&cursor=${cursor}`);
    expect(paths(json)).toEqual(['a/b', 'a/b/c', 'a/d', 'e']);
  });

  it('tells the commit of each entry when expanded', async () => {
    const { hub } = await serveFiles({ e: '' });
    const { json } = await ask(hub, '/api/models/org/name/tree/main?expand=true');
    expect(json).toMatchObject([{ path: 'e', lastCommit: { id: await commitOf(hub) } }]);
  });
});

describe('paths-info', () => {
  const address = '/api/models/org/name/paths-info/main';
  const form = { 'content-type': 'application/x-www-form-urlencoded' };

  it.each([
    ['JSON', '{"paths":["a/b","none","a","../x"]}', {}],
    ['JSON with one path', '{"paths":"a/b"}', {}],
    ['a form', 'paths=a%2Fb&paths=none&expand=False', form],
  ])('answers %s with what exists', async (_, body, headers) => {
    const { hub } = await serveFiles({ 'a/b': 'b' });
    const { status, json } = await ask(hub, address, { method: 'POST', body, headers });
    expect(status).toBe(200);
    expect(paths(json)[0]).toBe('a/b');
    expect(paths(json)).not.toContain('none');
    expect((json as Entry[]).every((entry) => !('lastCommit' in entry))).toBe(true);
  });

  it.each([['{', 400], ['[]', 400], ['null', 400], ['{"paths":[1]}', 400], ['{"paths":{}}', 400]])(
    'refuses the body %s',
    async (body, status) => {
      const { hub } = await serveFiles({ a: '' });
      expect((await ask(hub, address, { method: 'POST', body })).status).toBe(status);
    },
  );

  it('refuses a body without end', async () => {
    const { hub } = await serveFiles({ a: '' });
    const body = JSON.stringify({ paths: Array.from({ length: 9 }, () => 'x'.repeat(1024 * 1024)) });
    const reply = await ask(hub, address, { method: 'POST', body }).catch((error: unknown) => error);
    // The hub answers and hangs up; a client that is still writing may see either.
    const isRefused = (value: unknown): boolean =>
      value instanceof Error || (value as { status: number }).status === 413;
    expect(reply).toSatisfy(isRefused);
    expect((await ask(hub, '/health')).status).toBe(200);
  });
});

describe('the list of repositories', () => {
  it('can be narrowed by owner and by part of the name', async () => {
    const tree = makeDirectory({ 'a/one/f': '', 'b/two/f': '', 'datasets/a/rows/f': '' });
    const hub = await startHub([tree]);
    const list = async (query: string): Promise<string[]> =>
      ((await ask(hub, `/api/${query}`)).json as { id: string }[]).map(({ id }) => id);
    expect(await list('models')).toEqual(['a/one', 'b/two']);
    expect(await list('models?author=a')).toEqual(['a/one']);
    expect(await list('models?search=TW')).toEqual(['b/two']);
    expect(await list('models?limit=1')).toEqual(['a/one']);
    expect(await list('datasets')).toEqual(['a/rows']);
  });
});

describe('whatever else is asked', () => {
  it('is 404 for reading, and 405 with the allowed methods for writing', async () => {
    const { hub } = await serveFiles({ a: '' });
    expect((await ask(hub, '/api/models/org/name/commits/main')).status).toBe(404);
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      for (const path of ['/api/repos/create', '/api/models/org/name', '/org/name/resolve/main/a']) {
        const { status, headers } = await ask(hub, path, { method });
        expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
      }
    }
    expect((await ask(hub, '/api/models/org/name/paths-info/main')).headers.allow).toBe('POST');
  });

  it('says on the first page how to use the hub, and on /health that it lives', async () => {
    const { hub } = await serveFiles({ a: '' });
    expect((await ask(hub, '/')).body.toString()).toContain(`HF_ENDPOINT=${hub.url}`);
    expect((await ask(hub, '/health')).json).toEqual({ status: 'ok' });
  });
});
