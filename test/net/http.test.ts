import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { Http, HttpResponse } from '../../src/net/http.ts';
import { listen, type LocalServer, serve } from './local-server.ts';
import { openHttp } from './open-http.ts';
import { rejection } from './rejection.ts';

const SECRET = { authorization: 'Bearer hf_secretsecret' };

async function bodyOf(response: HttpResponse): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response.body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function redirect(response: ServerResponse, location: string, status = 302): void {
  response.writeHead(status, { location }).end('moved');
}

/** Something to wait for. */
function signalled(): { happened: Promise<void>; happen: () => void } {
  let happen = (): void => undefined;
  const happened = new Promise<void>((resolve) => {
    happen = resolve;
  });
  return { happened, happen };
}

const authorizations = (server: LocalServer): unknown[] =>
  server.requests.map(({ url, headers }) => [url, headers.authorization]);

describe('a request', () => {
  it('says who asks, wants the bytes as they are, and carries range, headers and credentials', async () => {
    const server = await serve((_, response) => response.writeHead(206, { 'X-Odd-Case': 'yes' }).end('body'));
    const response = await openHttp().request({
      url: `${server.url}/a%20b?c=d`,
      headers: { 'If-Range': '"tag"' },
      credentials: SECRET,
      range: { start: 10, end: 20 },
    });
    expect(await bodyOf(response)).toBe('body');
    expect(response).toMatchObject({ status: 206, url: `${server.url}/a%20b?c=d` });
    expect(response.headers['x-odd-case']).toBe('yes');
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'GET', url: '/a%20b?c=d' });
    expect(request?.headers).toMatchObject({
      'user-agent': expect.stringMatching(/^nix-ai-models\/\d+\.\d+\.\d+/) as string,
      'accept-encoding': 'identity',
      'if-range': '"tag"',
      range: 'bytes=10-19',
      ...SECRET,
    });
  });

  it('may leave the end of a range open', async () => {
    const server = await serve((_, response) => response.end());
    (await openHttp().request({ url: server.url, range: { start: 5 } })).discard();
    expect(server.requests[0]?.headers.range).toBe('bytes=5-');
  });

  it('hands out any status as an answer', async () => {
    const server = await serve((_, response) => response.writeHead(503).end('later'));
    const response = await openHttp().request({ url: server.url });
    expect([response.status, await bodyOf(response)]).toEqual([503, 'later']);
  });

  it.each(['ftp://hub.test/x', 'file:///etc/passwd', 'not a url', ''])('refuses the address %j', async (url) => {
    expect((await rejection(openHttp().request({ url }))).code).toBe('SPEC_INVALID');
  });

  it('can be sent many at a time under one signal without a warning', async () => {
    const server = await serve((_, response) => response.end('x'));
    const warnings: Error[] = [];
    const listener = (warning: Error): void => void warnings.push(warning);
    process.on('warning', listener);
    const http = openHttp();
    const { signal } = new AbortController();
    const fetchOne = async (): Promise<string> => bodyOf(await http.request({ url: server.url, signal }));
    expect(await Promise.all(Array.from({ length: 64 }, fetchOne))).toEqual(Array(64).fill('x'));
    await new Promise(setImmediate);
    process.off('warning', listener);
    expect(warnings).toEqual([]);
  });
});

describe('redirects', () => {
  it('keep the credentials on the same origin, relative addresses included', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/a/start') redirect(response, '../b', 307);
      else if (request.url === '/b') redirect(response, `/c`, 301);
      else response.end('there');
    });
    const response = await openHttp().request({ url: `${server.url}/a/start`, credentials: SECRET });
    expect([await bodyOf(response), response.url]).toEqual(['there', `${server.url}/c`]);
    expect(authorizations(server)).toEqual(
      ['/a/start', '/b', '/c'].map((path) => [path, SECRET.authorization]),
    );
  });

  it('to another origin lose the credentials but not the range, and never get them back', async () => {
    const home = await serve((request, response) => {
      if (request.url === '/start') redirect(response, `${abroad.url}/away`);
      else response.end('home again');
    });
    const abroad = await serve((_, response) => { redirect(response, `${home.url}/back`, 308); });
    const request = { url: `${home.url}/start`, credentials: SECRET, range: { start: 1, end: 2 } };
    expect(await bodyOf(await openHttp().request(request))).toBe('home again');
    expect(authorizations(abroad)).toEqual([['/away', undefined]]);
    expect(abroad.requests[0]?.headers.range).toBe('bytes=1-1');
    expect(authorizations(home)).toEqual([['/start', SECRET.authorization], ['/back', undefined]]);
  });

  it('count another port of the same host as another origin, and another name for it, too', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/start') redirect(response, `http://localhost:${server.port}/other-name`);
      else response.end();
    });
    (await openHttp().request({ url: `${server.url}/start`, credentials: SECRET })).discard();
    expect(authorizations(server)).toEqual([['/start', SECRET.authorization], ['/other-name', undefined]]);
  });

  it('that never end are refused', async () => {
    const server = await serve((request, response) => { redirect(response, `${request.url ?? ''}x`); });
    const error = await rejection(openHttp().request({ url: `${server.url}/` }));
    expect(error).toMatchObject({ code: 'PROTOCOL', message: 'More than 10 redirects' });
    expect(server.requests).toHaveLength(11);
  });

  it.each(['file:///etc/passwd', 'javascript:alert(1)', 'http://'])('to %s are refused', async (location) => {
    const server = await serve((_, response) => { redirect(response, location); });
    const error = await rejection(openHttp().request({ url: server.url }));
    expect(error).toMatchObject({ code: 'PROTOCOL', found: location, retriable: false });
  });

  it('without an address are handed out as they are', async () => {
    const server = await serve((_, response) => response.writeHead(304).end());
    expect((await openHttp().request({ url: server.url })).status).toBe(304);
  });
});

describe('a body', () => {
  it('that ends early is TRUNCATED, worth another try', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('half', () => response.destroy());
    });
    const response = await openHttp().request({ url: server.url });
    expect(await rejection(bodyOf(response))).toMatchObject({ code: 'TRUNCATED', retriable: true });
  });

  it('that breaks before anyone reads it waits to say so', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('half', () => setImmediate(() => response.destroy()));
    });
    const response = await openHttp().request({ url: server.url });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await rejection(bodyOf(response))).toMatchObject({ code: 'TRUNCATED', retriable: true });
  });

  it('in chunks that ends early is TRUNCATED, too', async () => {
    const server = await serve((_, response) => response.write('half', () => response.destroy()));
    const response = await openHttp().request({ url: server.url });
    expect(await rejection(bodyOf(response))).toMatchObject({ code: 'TRUNCATED', retriable: true });
  });

  it('in chunks that turns into garbage is TRUNCATED, too', async () => {
    const server = await serve((_, response) => response.write('half', () => response.socket?.end('garbage\r\n')));
    const response = await openHttp().request({ url: server.url });
    expect(await rejection(bodyOf(response))).toMatchObject({ code: 'TRUNCATED', retriable: true });
  });

  it('that stalls is a TIMEOUT, worth another try', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('half');
    });
    const response = await openHttp({ timeouts: { body: 300 } }).request({ url: server.url });
    expect(await rejection(bodyOf(response))).toMatchObject({ code: 'TIMEOUT', retriable: true });
  });

  it('can be left in the middle: its connection is closed', async () => {
    const closed = signalled();
    const server = await serve((_, response) => {
      response.on('close', () => { closed.happen(); });
      const piece = Buffer.alloc(65_536);
      const more = (): unknown => (response.write(piece) ? setImmediate(more) : response.once('drain', more));
      more();
    });
    const response = await openHttp().request({ url: server.url });
    for await (const chunk of response.body) if (chunk.length > 0) break;
    await closed.happened;
  });

  it('ends with the reason of the signal that aborts it', async () => {
    const server = await serve((_, response) => { response.writeHead(200).write('half'); });
    const abort = new AbortController();
    const response = await openHttp().request({ url: server.url, signal: abort.signal });
    const reading = bodyOf(response);
    abort.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
  });

  it('that is discarded gives its connection to the next request', async () => {
    const server = await serve((_, response) => response.end('unread'));
    const http = openHttp();
    const ports: (number | undefined)[] = [];
    for (let round = 0; round < 2; round++) {
      (await http.request({ url: server.url })).discard();
      // The rest of the body arrives after discard() has returned.
      await new Promise((resolve) => setTimeout(resolve, 50));
      ports.push(server.requests[round]?.socket.remotePort);
    }
    expect(ports[0]).toBe(ports[1]);
  });

  it('that is discarded and large is not read to its end', async () => {
    const closed = signalled();
    const server = await serve((_, response) => {
      response.on('close', () => { closed.happen(); });
      response.writeHead(200, { 'content-length': String(1e12) }).write('x');
    });
    (await openHttp().request({ url: server.url })).discard();
    await closed.happened;
  });
});

describe('a failed exchange', () => {
  it('with a server that does not answer is a TIMEOUT', async () => {
    const server = await serve(() => undefined);
    const error = await rejection(openHttp({ timeouts: { headers: 300 } }).request({ url: server.url }));
    expect(error).toMatchObject({ code: 'TIMEOUT', retriable: true });
  });

  it('with a server that hangs up is a NETWORK fault, worth another try', async () => {
    const server = await serve((request) => request.socket.destroy());
    const error = await rejection(openHttp().request({ url: server.url }));
    expect(error).toMatchObject({ code: 'NETWORK', retriable: true });
    expect(error.message).toContain(`closed by 127.0.0.1:${server.port}`);
  });

  it('with a port where nothing listens names host and port', async () => {
    const url = `http://127.0.0.1:${await freePort()}/x`;
    const error = await rejection(openHttp().request({ url }));
    expect(error).toMatchObject({ code: 'NETWORK', retriable: true, subject: url });
    expect(error.message).toBe(`Nothing accepts connections at ${new URL(url).host}`);
  });

  it('with something that does not speak HTTP is a PROTOCOL error', async () => {
    const raw = createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n\r\n'));
    raw.listen(0, '127.0.0.1');
    await once(raw, 'listening');
    const address = raw.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const error = await rejection(openHttp().request({ url: `http://127.0.0.1:${port ?? 0}/` }));
    raw.close();
    expect(error).toMatchObject({ code: 'PROTOCOL', retriable: false });
  });

  it('with a port that speaks http to an https address says so', async () => {
    const server = await serve((_, response) => response.end());
    const error = await rejection(openHttp().request({ url: server.url.replace('http:', 'https:') }));
    expect(error).toMatchObject({ code: 'NETWORK', retriable: false });
    expect(error.message).toContain('There is no https server at');
  });

  it('ends with the reason of the signal that aborts it', async () => {
    const server = await serve(() => { abort.abort(new Error('enough')); });
    const abort = new AbortController();
    await expect(openHttp().request({ url: server.url, signal: abort.signal })).rejects.toThrow('enough');
  });
});

async function freePort(): Promise<number> {
  const server = await import('node:http').then((http) => http.createServer());
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  return port;
}

describe('a closed Http', () => {
  it('can be closed without ever having been used', async () => {
    const http: Http = openHttp();
    await expect(http.close()).resolves.toBeUndefined();
  });
});
