import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ask, commitOf, serveFiles } from './local-hub.ts';

const WEIGHTS = Buffer.alloc(3_000_000).map((_, place) => (place * 31 + (place >> 8)) & 0xff);
const sha256 = createHash('sha256').update(WEIGHTS).digest('hex');
const ADDRESS = '/org/name/resolve/main/w.safetensors';

describe('a file', () => {
  it('in LFS is served with what download clients look for', async () => {
    const { hub } = await serveFiles({ 'w.safetensors': WEIGHTS });
    for (const method of ['GET', 'HEAD']) {
      const { status, headers, body } = await ask(hub, ADDRESS, { method });
      expect(status).toBe(200);
      expect(headers).toMatchObject({
        etag: `"${sha256}"`, 'x-linked-etag': `"${sha256}"`, 'x-linked-size': '3000000',
        'x-repo-commit': await commitOf(hub), 'content-length': '3000000', 'accept-ranges': 'bytes',
        'content-type': 'application/octet-stream',
        'content-disposition': `attachment; filename="w.safetensors"; filename*=UTF-8''w.safetensors`,
      });
      expect(body.equals(method === 'GET' ? WEIGHTS : Buffer.alloc(0))).toBe(true);
    }
  });

  it('in git has its blob id as ETag and nothing linked', async () => {
    const { hub } = await serveFiles({ 'config.json': '{}' });
    const { headers } = await ask(hub, '/org/name/resolve/main/config.json');
    expect(headers.etag).toBe('"9e26dfeeb6e641a33dae4961196235bdb965b21b"');
    expect(headers).not.toHaveProperty('x-linked-etag');
    expect(headers).not.toHaveProperty('x-linked-size');
  });

  it('never runs in a browser, whatever it is', async () => {
    const { hub } = await serveFiles({ 'index.html': '<script>', 'x.svg': '<svg/>' });
    for (const name of ['index.html', 'x.svg']) {
      const { headers } = await ask(hub, `/org/name/resolve/main/${name}`);
      expect(headers['content-type']).toMatch(/^(?:text\/plain|application\/octet-stream)/);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['content-security-policy']).toContain('sandbox');
      expect(headers['content-disposition']).toMatch(/^attachment/);
    }
  });

  it.each(['a b.txt', 'é.txt', 'q"uo\\te.txt', '100%.txt', 'a#b?c.txt', "x';y.txt", 'ディレクトリ/模型.txt'])(
    'called %s is found under its encoded name',
    async (path) => {
      const { hub } = await serveFiles({ [path]: 'content' });
      const encoded = path.split('/').map(encodeURIComponent).join('/');
      const { body, headers } = await ask(hub, `/org/name/resolve/main/${encoded}`);
      expect(body.toString()).toBe('content');
      const exact = /filename\*=UTF-8''(\S+)$/.exec(headers['content-disposition'] ?? '')?.[1] ?? '';
      expect(decodeURIComponent(exact)).toBe(path.split('/').pop());
    },
  );

  it('in part is those bytes', async () => {
    const { hub } = await serveFiles({ 'w.safetensors': WEIGHTS });
    const parts = [
      ['0-0', 0, 1],
      ['1000000-2499999', 1_000_000, 2_500_000],
      ['2999990-', 2_999_990, 3_000_000],
      ['-7', 2_999_993, 3_000_000],
    ] as const;
    for (const [range, start, end] of parts) {
      const { status, headers, body } = await ask(hub, ADDRESS, { headers: { range: `bytes=${range}` } });
      expect([status, headers['content-range']]).toEqual([206, `bytes ${start}-${end - 1}/3000000`]);
      expect(body.equals(WEIGHTS.subarray(start, end))).toBe(true);
    }
  });

  it('behind its end is 416 with its size; several ranges are the whole', async () => {
    const { hub } = await serveFiles({ 'w.safetensors': WEIGHTS });
    const behind = await ask(hub, ADDRESS, { headers: { range: 'bytes=3000000-' } });
    expect([behind.status, behind.headers['content-range']]).toEqual([416, 'bytes */3000000']);
    const several = await ask(hub, ADDRESS, { headers: { range: 'bytes=0-1,5-6' } });
    expect([several.status, several.body.length]).toEqual([200, 3_000_000]);
  });

  it('answers conditions by its ETag', async () => {
    const { hub } = await serveFiles({ 'w.safetensors': WEIGHTS });
    const status = async (headers: Record<string, string>): Promise<number> =>
      (await ask(hub, ADDRESS, { headers })).status;
    const [same, other, range] = [`"${sha256}"`, '"other"', 'bytes=0-9'];
    expect(await status({ 'if-none-match': same })).toBe(304);
    expect(await status({ 'if-match': other })).toBe(412);
    expect(await status({ 'if-range': same, range })).toBe(206);
    expect(await status({ 'if-range': other, range })).toBe(200);
    expect(await status({ 'if-match': same, range })).toBe(206);
  });

  it('that is empty is served whole, with a range or without', async () => {
    const { hub } = await serveFiles({ 'empty.py': '' });
    for (const headers of [{}, { range: 'bytes=0-0' }]) {
      const { status, body, headers: said } = await ask(hub, '/org/name/resolve/main/empty.py', { headers });
      expect([status, body.length, said['content-length']]).toEqual([200, 0, '0']);
    }
  });

  it('in LFS is its pointer under raw, ranges included; another is itself', async () => {
    const { hub } = await serveFiles({ 'w.safetensors': WEIGHTS, 'a.txt': 'text' });
    const { body } = await ask(hub, '/org/name/raw/main/w.safetensors');
    expect(body.toString()).toBe(`version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize 3000000\n`);
    const part = await ask(hub, '/org/name/raw/main/w.safetensors', { headers: { range: 'bytes=0-6' } });
    expect([part.status, part.body.toString()]).toEqual([206, 'version']);
    expect((await ask(hub, '/org/name/raw/main/a.txt')).body.toString()).toBe('text');
  });
});

describe('a path that means harm', () => {
  it.each([
    '../secret', '../../../../etc/passwd', '%2e%2e/secret', '..%2fsecret', '%2e%2e%2fsecret', './a.txt', '/etc/passwd', '%2fetc%2fpasswd',
    'a.txt/', 'a.txt/../a.txt', 'folder/../a.txt', '..\\secret', '..%5csecret', '~/x', 'folder', '', '%252e%252e/secret', 'constructor', '__proto__',
  ])('%j is EntryNotFound', async (path) => {
    const { hub } = await serveFiles({ 'a.txt': 'a', 'folder/b': 'b' });
    const reply = await ask(hub, `/org/name/resolve/main/${path}`);
    expect([reply.status, reply.headers['x-error-code']]).toEqual([404, 'EntryNotFound']);
  });

  it.each(['a.txt%00', '%00', 'a%0d%0aX-Injected:%20yes', '%', '%zz', '%c0%ae%c0%ae/x'])('%j is malformed', async (path) => {
    const { hub } = await serveFiles({ 'a.txt': 'a' });
    const reply = await ask(hub, `/org/name/resolve/main/${path}`);
    expect(reply.status).toBe(400);
    expect(reply.headers).not.toHaveProperty('x-injected');
  });

  it.each(['/../../etc/passwd', '//etc/passwd', '/..%2f..%2fetc%2fpasswd', '/org/../resolve/main/a.txt', '/org/name%2fx/resolve/main/a', '/%2e%2e/%2e%2e/resolve/main/etc'])(
    '%s names no repository',
    async (path) => {
      const { hub } = await serveFiles({ 'a.txt': 'a' });
      expect((await ask(hub, path)).status).toBe(404);
    },
  );

  it('sent as garbage costs a connection and not the hub', async () => {
    const { hub } = await serveFiles({ 'a.txt': 'a' });
    const said = await new Promise<string>((resolve) => {
      const socket = connect(hub.port, '127.0.0.1', () => socket.end('GET /\u0000\u0001 HTTP/9.9\r\n\r\n'));
      let text = '';
      socket.on('data', (data: Buffer) => (text += data.toString()));
      socket.on('error', () => undefined);
      socket.on('close', () => { resolve(text); });
    });
    expect(said).toMatch(/^HTTP\/1.1 400/);
    expect((await ask(hub, '/health')).status).toBe(200);
  });
});
