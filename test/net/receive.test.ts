// Bodies as the downloader takes them: piece by piece, out of memory that is used again.

import { once } from 'node:events';
import { createHash, randomBytes } from 'node:crypto';
import { createServer as createPlainServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { BodySink, HttpResponse } from '../../src/net/http.ts';
import { serve } from './local-server.ts';
import { openHttp } from './open-http.ts';
import { rejection } from './rejection.ts';

const MIB = 1024 * 1024;

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Hashes what comes, with a pause after every chunk that `isSlow` says. */
async function receiveAll(response: HttpResponse, isSlow: (count: number) => boolean): Promise<string> {
  const hash = createHash('sha256');
  let count = 0;
  await response.receive((chunk) => {
    hash.update(chunk);
    return isSlow(++count) ? sleep(1) : undefined;
  });
  return hash.digest('hex');
}

/** A server that writes what it is told, in the pieces it is told, as fast as the client takes it. */
async function serveRaw(answer: (socket: Socket) => Promise<void>): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createPlainServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true).on('error', () => undefined);
    socket.on('data', () => void answer(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`;
}

describe('a body that is received', () => {
  it.each([
    ['at full speed', () => false],
    ['with a pause after every chunk', () => true],
    ['with a pause now and then', (count: number) => count % 7 === 0],
  ])('is whole %s, over one connection and several', async (_, isSlow) => {
    const content = randomBytes(6 * MIB);
    const { url } = await serve((_request, response) => response.end(content));
    const http = openHttp();
    for (const at of [1, 3, 1]) {
      const all = Array.from({ length: at }, async () => receiveAll(await http.request({ url }), isSlow));
      expect(new Set(await Promise.all(all))).toEqual(new Set([sha256(content)]));
    }
  });

  it('is whole after a head that came in many pieces, and the head is too', async () => {
    const content = randomBytes(3 * MIB);
    const value = 'v'.repeat(5_000);
    const head = `HTTP/1.1 200 OK\r\nX-Long: ${value}\r\nContent-Length: ${content.length}\r\nX-Last: last\r\n\r\n`;
    const url = await serveRaw(async (socket) => {
      for (let at = 0; at < head.length; at += 900) {
        socket.write(head.slice(at, at + 900));
        await sleep(2);
      }
      socket.write(content);
    });
    const http = openHttp();
    for (let round = 0; round < 2; round++) {
      const response = await http.request({ url });
      expect(await receiveAll(response, () => false)).toBe(sha256(content));
      expect([response.headers['x-long'], response.headers['x-last']]).toEqual([value, 'last']);
    }
  });

  it('waits for whoever takes it: the server cannot send on', async () => {
    const content = randomBytes(32 * MIB);
    const url = await serveRaw((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${content.length}\r\n\r\n`);
      return new Promise((resolve) => socket.write(content, () => { resolve(); }));
    });
    const response = await openHttp().request({ url });
    let received = 0;
    let go = (): void => undefined;
    const going = new Promise<void>((resolve) => (go = resolve));
    const done = response.receive((chunk) => {
      received += chunk.length;
      return going;
    });
    await sleep(100);
    expect(received).toBeLessThan(MIB);
    go();
    await done;
    expect(received).toBe(content.length);
  });

  it.each([
    ['throws', () => { throw new Error('full'); }],
    ['rejects', () => Promise.reject(new Error('full'))],
  ] as [string, BodySink][])('ends where its sink %s, with that error, and the connection too', async (_, sink) => {
    const closed: Promise<unknown>[] = [];
    const { url } = await serve((request, response) => {
      closed.push(new Promise((resolve) => request.socket.once('close', resolve)));
      response.writeHead(200, { 'content-length': String(64 * MIB) }).write(randomBytes(MIB));
    });
    const response = await openHttp().request({ url });
    await expect(response.receive(sink)).rejects.toThrow('full');
    await Promise.all(closed);
  });

  it('ends with the reason of its signal', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': String(64 * MIB) }).write(randomBytes(MIB));
    });
    const stop = new AbortController();
    const response = await openHttp().request({ url, signal: stop.signal });
    const reason = new Error('enough');
    const failure = response.receive(() => {
      stop.abort(reason);
      return undefined;
    });
    await expect(failure).rejects.toBe(reason);
  });

  it('that breaks off says so, after all that came', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '200000' }).write(randomBytes(150_000), () => response.destroy());
    });
    const response = await openHttp().request({ url });
    let received = 0;
    const failure = rejection(response.receive((chunk) => void (received += chunk.length)));
    expect(await failure).toMatchObject({ code: 'TRUNCATED', retriable: true });
    expect(received).toBe(150_000);
  });

  it('has come already where it is small: its connection is free before anybody reads it', async () => {
    const { url, requests } = await serve((_request, response) => response.end('small'));
    const http = openHttp();
    const first = await http.request({ url });
    await sleep(20);
    await http.request({ url });
    expect(requests[1]?.socket).toBe(requests[0]?.socket);
    expect(await receiveAll(first, () => false)).toBe(sha256(Buffer.from('small')));
  });
});
