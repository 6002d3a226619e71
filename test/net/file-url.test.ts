import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HttpRequest, HttpResponse } from '../../src/net/http.ts';
import { serve } from './local-server.ts';
import { openHttp } from './open-http.ts';
import { rejection } from './rejection.ts';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'file-url-'))));
afterEach(() => { rmSync(folder, { recursive: true }); });

function file(content: string, name = 'a b#%41?.bin'): string {
  writeFileSync(join(folder, name), content);
  return pathToFileURL(join(folder, name)).href;
}

const ask = async (url: string, request: Partial<HttpRequest> = {}): Promise<HttpResponse> =>
  openHttp().request({ url, allowFile: true, ...request });

async function bodyOf(response: HttpResponse): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response.body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const openFiles = (): number => readdirSync('/proc/self/fd').length;

describe('a file: address', () => {
  it('answers with the whole file, its length and an ETag that changes with it', async () => {
    const url = file('content');
    const response = await ask(url);
    expect(response).toMatchObject({ status: 200, url, headers: { 'content-length': '7' } });
    expect(await bodyOf(response)).toBe('content');
    const again = await ask(url, { method: 'HEAD' });
    expect(again.headers).toEqual(response.headers);
    file('another');
    file('longer content');
    expect((await ask(url, { method: 'HEAD' })).headers['etag']).not.toBe(response.headers['etag']);
  });

  it.each([
    [{ start: 2, end: 5 }, 206, 'bytes 2-4/10', '234'],
    [{ start: 7 }, 206, 'bytes 7-9/10', '789'],
    [{ start: 8, end: 100 }, 206, 'bytes 8-9/10', '89'],
    [{ start: 10, end: 20 }, 416, 'bytes */10', ''],
  ])('answers for the range %j with status %i', async (range, status, contentRange, body) => {
    const response = await ask(file('0123456789'), { range });
    expect(response.status).toBe(status);
    expect(response.headers['content-range']).toBe(contentRange);
    expect(await bodyOf(response)).toBe(body);
  });

  it('may be empty', async () => {
    const response = await ask(file(''));
    expect([response.status, response.headers['content-length'], await bodyOf(response)]).toEqual([200, '0', '']);
  });

  it('of nothing, of a folder and of a pipe is not found', async () => {
    mkdirSync(join(folder, 'sub'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    for (const name of ['none', 'sub', 'pipe', 'none/below']) {
      expect((await ask(pathToFileURL(join(folder, name)).href)).status).toBe(404);
    }
  });

  it('leaves no file open, whether its body is read, left or discarded', async () => {
    const url = file('x'.repeat(3_000_000));
    const before = openFiles();
    await bodyOf(await ask(url));
    for await (const chunk of (await ask(url)).body) if (chunk.length > 0) break;
    (await ask(url)).discard();
    (await ask(url, { method: 'HEAD' })).discard();
    await ask(url, { range: { start: 3_000_000 } });
    await expect.poll(openFiles).toBe(before);
  });

  it('stops reading when the signal says so', async () => {
    const abort = new AbortController();
    const response = await ask(file('x'.repeat(3_000_000)), { signal: abort.signal });
    const read = async (): Promise<void> => {
      for await (const chunk of response.body) if (chunk.length > 0) abort.abort(new Error('enough'));
    };
    await expect(read()).rejects.toThrow('enough');
  });

  it('is refused unless the request allows it, and always as the target of a redirect', async () => {
    const url = file('secret');
    expect(await rejection(openHttp().request({ url }))).toMatchObject({ code: 'SPEC_INVALID' });
    const server = await serve((_, response) => response.writeHead(302, { location: url }).end());
    expect(await rejection(ask(server.url))).toMatchObject({ code: 'PROTOCOL' });
  });
});
