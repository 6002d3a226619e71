import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../src/base/manifest.ts';
import type { UrlSourceFile } from '../../src/base/spec.ts';
import type { SourceContext } from '../../src/sources/source.ts';
import { url } from '../../src/sources/url.ts';
import { fakeClock } from '../net/fake-clock.ts';
import { serve } from '../net/local-server.ts';
import { openHttp } from '../net/open-http.ts';
import { rejection } from '../net/rejection.ts';
import { serveScript } from './scripted-hub.ts';

const EVERYTHING = { include: [], exclude: [] };

const context = (): SourceContext => ({ http: openHttp(), environment: {}, clock: fakeClock() });

async function resolve(urls: readonly UrlSourceFile[], files = EVERYTHING): Promise<Manifest> {
  return await url.resolve({ url: { urls } }, files, context());
}

/** The size that resolving finds for a file at this address. */
async function sizeAt(...urls: string[]): Promise<number | undefined> {
  return (await resolve([{ urls, path: 'f' }])).files[0]?.size;
}

const length = (size: number): { headers: Record<string, string> } => ({ headers: { 'content-length': String(size) } });

describe('the size of a file', () => {
  it('comes from HEAD, without a byte of the file', async () => {
    const server = await serveScript({ '/a': { status: 200, ...length(5e9) } });
    expect(await sizeAt(`${server.url}/a`)).toBe(5e9);
    expect(server.log.map(([line]) => line)).toEqual(['HEAD /a']);
  });

  it.each([403, 405, 501])('comes from a range of one byte where HEAD is refused (%d)', async (status) => {
    const server = await serve((request, response) => {
      if (request.method === 'HEAD') response.writeHead(status).end();
      else response.writeHead(206, { 'content-range': 'bytes 0-0/1234' }).end('x');
    });
    expect(await sizeAt(server.url)).toBe(1234);
    expect(server.requests.map(({ method, headers }) => [method, headers.range])).toEqual([
      ['HEAD', undefined],
      ['GET', 'bytes=0-0'],
    ]);
  });

  it('comes from the whole file where a server knows no ranges, without reading it', async () => {
    const server = await serve((request, response) => {
      if (request.method === 'HEAD') response.writeHead(405).end();
      else response.writeHead(200, { 'content-length': '1000000000' }).write('x');
    });
    expect(await sizeAt(server.url)).toBe(1e9);
  });

  it('of an empty file is nothing, though it has no first byte', async () => {
    const server = await serve((request, response) => {
      if (request.method === 'HEAD') response.writeHead(405).end();
      else response.writeHead(416, { 'content-range': 'bytes */0' }).end();
    });
    expect(await sizeAt(server.url)).toBe(0);
  });

  it('stays unknown where the server does not know it either', async () => {
    const server = await serve((_, response) => response.writeHead(200, { 'transfer-encoding': 'chunked' }).end('x'));
    expect(await resolve([{ urls: [server.url], path: 'f' }])).toMatchObject({ files: [{ path: 'f' }] });
    expect(await sizeAt(server.url)).toBeUndefined();
  });

  it('comes from a mirror where the first address fails, at once', async () => {
    const server = await serveScript({ '/gone': { status: 503 }, '/mirror': { status: 200, ...length(7) } });
    expect(await sizeAt(`${server.url}/gone`, 'http://127.0.0.1:1/refused', `${server.url}/mirror`)).toBe(7);
  });

  it('is asked for again where every address fails and one may recover', async () => {
    const recovering = [{ status: 503 }, { status: 503 }, { status: 200, ...length(7) }];
    const server = await serveScript({ '/gone': { status: 404 }, '/busy': recovering });
    expect(await sizeAt(`${server.url}/gone`, `${server.url}/busy`)).toBe(7);
  });
});

describe('a file that no address has', () => {
  it('is an error about the first address', async () => {
    const server = await serveScript({});
    const error = await rejection(sizeAt(`${server.url}/a`, `${server.url}/b`));
    expect(error).toMatchObject({ code: 'ENTRY_NOT_FOUND', subject: `${server.url}/a`, retriable: false });
  });

  it('needs credentials, perhaps', async () => {
    const server = await serveScript({ '/a': { status: 401 } });
    expect((await rejection(sizeAt(`${server.url}/a`))).code).toBe('AUTH_REQUIRED');
  });
});

describe('resolving', () => {
  it('gives the manifest in byte order, with digests in hexadecimal and no revision', async () => {
    const server = await serveScript({ '/a': { status: 200, ...length(1) }, '/b': { status: 200, ...length(2) } });
    const digest = (algorithm: string): Buffer => createHash(algorithm).update('x').digest();
    const urls = [
      { urls: [`${server.url}/b`], path: 'b', hash: `sha512-${digest('sha512').toString('base64')}` },
      { urls: [`${server.url}/a`], path: 'a', hash: `sha256-${digest('sha256').toString('base64')}` },
    ];
    const manifest = await resolve(urls);
    expect(manifest).toEqual({
      source: { url: { urls } },
      files: [
        { path: 'a', size: 1, sha256: digest('sha256').toString('hex') },
        { path: 'b', size: 2, sha512: digest('sha512').toString('hex') },
      ],
    });
  });

  it('asks about many files at the same time, but not about all at once', async () => {
    let [now, most] = [0, 0];
    const server = await serve((_, response) => {
      most = Math.max(most, ++now);
      setTimeout(() => {
        now--;
        response.writeHead(200, { 'content-length': '1' }).end();
      }, 10);
    });
    const urls = Array.from({ length: 40 }, (_, index) => ({ urls: [`${server.url}/${index}`], path: `f${index}` }));
    expect((await resolve(urls)).files).toHaveLength(40);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(8);
  });

  it('asks only about the files that the patterns leave', async () => {
    const server = await serveScript({ '/a': { status: 200, ...length(1) } });
    const urls = ['a.bin', 'b.txt'].map((path) => ({ urls: [`${server.url}/${path.slice(0, 1)}`], path }));
    const manifest = await resolve(urls, { ...EVERYTHING, include: ['*.bin'] as never[] });
    expect(manifest.files.map(({ path }) => path)).toEqual(['a.bin']);
    expect(server.log.map(([line]) => line)).toEqual(['HEAD /a']);
  });

  it.each([
    ['two files of one name', [{ urls: ['https://a.test/1'], path: 'f' }, { urls: ['https://a.test/2'], path: 'f' }], 'HOSTILE_NAME'],
    ['a name that leaves the model', [{ urls: ['https://a.test/1'], path: '../f' }], 'HOSTILE_NAME'],
    ['a file without an address', [{ urls: [], path: 'f' }], 'SPEC_INVALID'],
    ['an address of another kind', [{ urls: ['ftp://a.test/f'], path: 'f' }], 'SPEC_INVALID'],
    ['a password in an address', [{ urls: ['https://ann:secret@a.test/f'], path: 'f' }], 'SPEC_INVALID'],
    ['a hash that is none', [{ urls: ['https://a.test/1'], path: 'f', hash: 'sha256-nope' }], 'ENCODING_INVALID'],
  ])('refuses %s before asking anyone', async (_, urls, code) => {
    const error = await rejection(resolve(urls));
    expect(error.code).toBe(code);
    expect(JSON.stringify(error)).not.toContain('secret');
  });
});

describe('locating', () => {
  it('gives every address of the file, in the order of the spec', async () => {
    const urls = ['https://a.test/f', 'https://b.test/f'];
    const manifest = { source: { url: { urls: [{ urls, path: 'f' }] } }, files: [{ path: 'f' }] };
    const locate = url.locate(manifest, context());
    expect(await locate({ path: 'f' })).toEqual({ urls });
    expect(() => locate({ path: 'other' })).toThrow(expect.objectContaining({ code: 'ENTRY_NOT_FOUND' }));
  });
});

describe('the short form', () => {
  it('is the address, without what signs it', () => {
    const urls = [{ urls: ['https://a.test/f?sig=abcdef&v=1'], path: 'f' }, { urls: ['https://a.test/g'], path: 'g' }];
    expect(url.describe({ url: { urls } })).toBe('https://a.test/f?sig=[redacted]&v=1 and 1 more');
  });
});
