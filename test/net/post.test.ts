import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { serve } from './local-server.ts';
import { openHttp } from './open-http.ts';

const QUESTION = JSON.stringify({ question: 'ä?' });
const SECRET = { authorization: 'Basic c2VjcmV0c2VjcmV0' };

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const line = async (request: IncomingMessage): Promise<string> =>
  [request.method, request.url, request.headers.authorization ?? '-', await textOf(request)].join(' ');

describe('a POST', () => {
  it('carries JSON, as JSON unless the caller names another type', async () => {
    const server = await serve((request, response) => {
      void textOf(request).then((text) => response.end(text));
    });
    const http = openHttp();
    const request = { url: server.url, method: 'POST', json: QUESTION } as const;
    expect(await textOf((await http.request(request)).body)).toBe(QUESTION);
    (await http.request({ ...request, headers: { 'Content-Type': 'application/x+json' } })).discard();
    const types = server.requests.map(({ headers }) => headers['content-type']);
    expect(types).toEqual(['application/json', 'application/x+json']);
    expect(server.requests[0]?.headers['content-length']).toBe(String(Buffer.byteLength(QUESTION)));
  });

  it.each([301, 302, 307, 308])('is sent again after a redirect (%i), elsewhere without credentials', async (status) => {
    const lines: Promise<string>[] = [];
    const away = await serve((request, response) => {
      lines.push(line(request).finally(() => response.end()));
    });
    const home = await serve((request, response) => {
      lines.push(line(request));
      response.writeHead(status, { location: request.url === '/a' ? '/b' : `${away.url}/c` }).end();
    });
    const request = { url: `${home.url}/a`, method: 'POST', json: QUESTION, credentials: SECRET } as const;
    (await openHttp().request(request)).discard();
    const { authorization } = SECRET;
    expect(await Promise.all(lines)).toEqual([
      `POST /a ${authorization} ${QUESTION}`,
      `POST /b ${authorization} ${QUESTION}`,
      `POST /c - ${QUESTION}`,
    ]);
  });

  it('becomes a GET after "see other"; a HEAD stays one', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/a') response.writeHead(303, { location: '/b' }).end();
      else response.end();
    });
    const http = openHttp();
    (await http.request({ url: `${server.url}/a`, method: 'POST', json: QUESTION })).discard();
    (await http.request({ url: `${server.url}/a`, method: 'HEAD' })).discard();
    expect(server.requests.map(({ method }) => method)).toEqual(['POST', 'GET', 'HEAD', 'HEAD']);
  });
});
