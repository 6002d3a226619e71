import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { Agent, get, type IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ModelError } from '../../src/base/errors.ts';
import { createHubHandler } from '../../src/hub/handler.ts';
import { serveHub } from '../../src/hub/serve.ts';
import { ask, makeDirectory, serveFiles, startHub } from './local-hub.ts';

const isLinux = process.platform === 'linux';
/** The machine that runs the tests may be busy. */
const PATIENT = { timeout: 20_000 };
const BIG = 64 * 1024 * 1024;

/** Files below this directory that this process holds open. */
function openFiles(directory: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${descriptor}`);
      return path.startsWith(directory) ? [path] : [];
    } catch {
      return [];
    }
  });
}

async function begin(url: string): Promise<IncomingMessage> {
  const agent = new Agent({ keepAlive: false });
  const [response] = (await once(get(url, { agent }), 'response')) as [IncomingMessage];
  return response;
}

describe('a hub', () => {
  it('listens on the loopback address only, on a port of its own', async () => {
    const { hub } = await serveFiles({ a: 'a' });
    expect(hub.url).toBe(`http://127.0.0.1:${hub.port}`);
    expect(hub.repositories).toEqual([{ kind: 'models', id: 'org/name' }]);
  });

  it('says what to do when its port is taken', async () => {
    const { hub, directory } = await serveFiles({ a: 'a' });
    const second = serveHub({ roots: [directory], port: hub.port });
    await expect(second).rejects.toMatchObject({ code: 'NETWORK', found: 'EADDRINUSE' });
    await expect(second).rejects.toBeInstanceOf(ModelError);
  });

  it('refuses two directories for one revision', async () => {
    const directory = makeDirectory({ a: 'a' });
    await expect(serveHub({ roots: [`o/n=${directory}`, `o/n@main=${directory}`] })).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('hashes ahead of the first question and says when it has', async () => {
    const lines: string[] = [];
    const { hub } = await serveFiles({ 'w.bin': 'w' }, { log: (line) => lines.push(line) });
    await hub.ready;
    expect(lines).toEqual([expect.stringMatching(/^serving org\/name@main as commit [0-9a-f]{40}$/)]);
  });

  it('writes one line per request, without its query', async () => {
    const lines: string[] = [];
    const { hub } = await serveFiles({ a: 'four' }, { log: (line) => lines.push(line) });
    await hub.ready;
    lines.length = 0;
    await ask(hub, '/org/name/resolve/main/a?x=y');
    await ask(hub, '/org/name/resolve/main/a', { method: 'HEAD' });
    await ask(hub, '/org/name/resolve/main/a', { headers: { range: 'bytes=1-2' } });
    await ask(hub, '/nothing');
    await expect.poll(() => lines, PATIENT).toHaveLength(4);
    // A line is written when the answer has left, which the next request may overtake.
    expect(lines.map((line) => line.replace(/ \d+ms$/, '').replace(/ 404 \d+$/, ' 404')).sort()).toEqual([
      'GET /nothing 404',
      'GET /org/name/resolve/main/a 200 4',
      'GET /org/name/resolve/main/a 206 2',
      'HEAD /org/name/resolve/main/a 200 0',
    ]);
  });

  it('runs inside another server, so that faults can be put in front of it', async () => {
    const directory = makeDirectory({ a: 'a' });
    const handler = createHubHandler({ roots: [`org/name=${directory}`] });
    const server = createServer((request, response) => {
      if (request.url === '/fault') response.destroy();
      else handler(request, response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => { server.close(); server.closeAllConnections(); });
    const { port } = server.address() as AddressInfo;
    expect((await ask({ port }, '/org/name/resolve/main/a')).body.toString()).toBe('a');
    await expect(ask({ port }, '/fault')).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});

describe('a client that leaves in the middle of a file', () => {
  it.skipIf(!isLinux)('leaves no open file behind (skipped without /proc)', async () => {
    const { hub, directory } = await serveFiles({ 'w.bin': Buffer.alloc(BIG, 'w') });
    await hub.ready;
    const clients = await Promise.all(
      Array.from({ length: 20 }, () => begin(`${hub.url}/org/name/resolve/main/w.bin`)),
    );
    expect(openFiles(directory).length).toBeGreaterThan(0);
    for (const client of clients) client.destroy();
    await expect.poll(() => openFiles(directory), PATIENT).toEqual([]);
    expect((await ask(hub, '/org/name/resolve/main/w.bin')).body.length).toBe(BIG);
  });
});

describe('a client that sends several requests at once and leaves', () => {
  it.skipIf(!isLinux)('leaves no open file behind either (skipped without /proc)', async () => {
    const { hub, directory } = await serveFiles({ 'w.bin': Buffer.alloc(BIG, 'w') });
    await hub.ready;
    const socket = connect(hub.port, '127.0.0.1');
    socket.write('GET /org/name/resolve/main/w.bin HTTP/1.1\r\nHost: hub\r\n\r\n'.repeat(5));
    await once(socket, 'data');
    await expect.poll(() => openFiles(directory).length, PATIENT).toBeGreaterThan(1);
    socket.destroy();
    await expect.poll(() => openFiles(directory), PATIENT).toEqual([]);
  });
});

describe('a hub that is closed', () => {
  it('ends transfers and hashing and releases its port', async () => {
    const directory = makeDirectory({ 'w.bin': Buffer.alloc(BIG, 'w') });
    const hub = await serveHub({ roots: [`org/name=${directory}`] });
    const response = await begin(`${hub.url}/org/name/resolve/main/w.bin`);
    const ended = new Promise((resolve) => response.on('error', resolve).on('close', resolve).resume());
    await hub.close();
    await ended;
    await expect(ask(hub, '/health')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    if (isLinux) await expect.poll(() => openFiles(directory), PATIENT).toEqual([]);
  });

  it('while it hashes does not wait for the end', async () => {
    const directory = makeDirectory({ 'w.bin': Buffer.alloc(BIG, 'w') });
    const hub = await serveHub({ roots: [`org/name=${directory}`] });
    await hub.close();
    await expect(hub.ready).resolves.toBeUndefined();
  });
});

describe('a file that is written to while it is sent', () => {
  it('breaks the connection off: no client takes the mixture for the file', async () => {
    const { hub, directory } = await serveFiles({ 'w.bin': Buffer.alloc(BIG, 'w') });
    await hub.ready;
    const response = await begin(`${hub.url}/org/name/resolve/main/w.bin`);
    response.pause();
    writeFileSync(join(directory, 'w.bin'), Buffer.alloc(BIG, 'x'));
    let received = 0;
    const outcome = new Promise((resolve) => {
      response.on('data', (chunk: Buffer) => (received += chunk.length));
      response.on('end', () => { resolve('complete'); });
      response.on('error', () => { resolve('broken off'); });
      response.resume();
    });
    expect(await outcome).toBe('broken off');
    expect(received).toBeLessThan(BIG);
  });
});

describe('many requests at once', () => {
  it('are all answered, and the right bytes reach each', async () => {
    const files = Object.fromEntries(Array.from({ length: 100 }, (_, number) => [`f${number}`, `content ${number}`]));
    const hub = await startHub([`org/name=${makeDirectory(files)}`]);
    const replies = await Promise.all(
      Array.from({ length: 500 }, async (_, number) => {
        const { body } = await ask(hub, `/org/name/resolve/main/f${number % 100}`);
        return body.toString() === `content ${number % 100}`;
      }),
    );
    expect(replies.filter((right) => !right)).toEqual([]);
  });

  it.skipIf(!isLinux)('for a large file need memory for chunks, not for the file (skipped without /proc)', async () => {
    const { hub } = await serveFiles({ 'w.bin': Buffer.alloc(BIG, 'w') });
    await hub.ready;
    const residentMiB = (): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;
    const before = residentMiB();
    const clients = await Promise.all(Array.from({ length: 12 }, () => begin(`${hub.url}/org/name/resolve/main/w.bin`)));
    const sizes = await Promise.all(clients.map(async (client) => {
      let size = 0;
      for await (const chunk of client as AsyncIterable<Buffer>) size += chunk.length;
      return size;
    }));
    expect(sizes).toEqual(clients.map(() => BIG));
    // Twelve times the file would be 768 MiB.
    expect(residentMiB() - before).toBeLessThan(300);
  });
});
