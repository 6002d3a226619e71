import { afterEach, describe, expect, test } from 'vitest';
import { ModelError } from '../../src/base/errors.ts';
import { DaemonConnection } from '../../src/store/daemon-connection.ts';
import { openTransport } from '../../src/store/transport.ts';
import type { WireReader } from '../../src/store/wire.ts';
import { DAEMON_MAGIC, ERROR, greet, LAST, scriptedDaemon, type Script } from './scripted-daemon.ts';

const cleanup: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

interface Options {
  signal?: AbortSignal;
  log?: (line: string) => void;
}

async function connectTo(script: Script, options: Options = {}): Promise<DaemonConnection> {
  const daemon = await scriptedDaemon(script);
  cleanup.push(() => daemon.close());
  const connection = await DaemonConnection.open(await openTransport(daemon), options);
  cleanup.push(() => connection.close());
  return connection;
}

async function failure(promise: Promise<unknown>): Promise<ModelError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ModelError);
  return error as ModelError;
}

const ASK = { operation: 1, fields: ['/nix/store/x'], reply: (reader: WireReader) => reader.boolean() };

async function readAsk({ reader }: { reader: WireReader }): Promise<void> {
  await reader.number();
  await reader.string();
}

async function* words(count: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i++) yield await Promise.resolve(Buffer.alloc(8, i));
}

describe('the handshake', () => {
  test.each([
    [25, { protocol: 25, version: undefined, trusted: undefined }],
    [32, { protocol: 32, version: undefined, trusted: undefined }],
    [33, { protocol: 33, version: '2.99.0', trusted: undefined }],
    [35, { protocol: 35, version: '2.99.0', trusted: false }],
    [38, { protocol: 38, version: '2.99.0', trusted: false }],
    [57, { protocol: 38, version: '2.99.0', trusted: false }],
  ])('agrees with a daemon of protocol 1.%i', async (minor, expected) => {
    const connection = await connectTo(async (peer) => {
      await greet(peer, minor, ['some-feature']);
      await readAsk(peer);
      peer.write(LAST, 1);
    });
    expect(connection).toMatchObject(expected);
    expect(await connection.call(ASK)).toBe(true);
  });

  test('fails on something that is not a Nix daemon', async () => {
    const error = await failure(connectTo(async (peer) => {
      await Promise.resolve(peer.socket.write('SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n'));
    }));
    expect(error).toMatchObject({ code: 'NIX_FAILED', message: expect.stringContaining('not a Nix daemon') as string });
  });

  test('fails on another major version', async () => {
    const error = await failure(connectTo(async ({ reader, write }) => {
      await reader.number();
      write(DAEMON_MAGIC, 0x205);
    }));
    expect(error.message).toContain('protocol version 2 is not known');
  });

  test('reports a refusal that comes in place of the last word', async () => {
    const error = await failure(connectTo(async (peer) => {
      await peer.reader.number();
      peer.write(DAEMON_MAGIC, 0x120);
      for (let i = 0; i < 3; i++) await peer.reader.number();
      peer.write(ERROR, 'Error', 0, 'Error', "user 'eve' is not allowed to connect to the Nix daemon", 0, 0);
    }));
    expect(error).toMatchObject({ code: 'PERMISSION', message: expect.stringContaining("user 'eve'") as string });
  });

  test('fails when the daemon hangs up', async () => {
    const error = await failure(connectTo(async ({ socket }) => Promise.resolve(void socket.end())));
    expect(error).toMatchObject({ code: 'NIX_FAILED', retriable: true });
  });
});

describe('a request', () => {
  test('passes log lines on and steps over activities and results', async () => {
    const lines: string[] = [];
    const script: Script = async (peer) => {
      await greet(peer, 34);
      await readAsk(peer);
      peer.write(0x53545254, 5, 3, 101, 'copying', 2, 0, 17, 1, 'a string', 0); // start: two fields
      peer.write(0x52534c54, 5, 105, 1, 0, 99); // result: one field
      peer.write(0x53544f50, 5); // stop
      peer.write(0x6f6c6d67, '\u001b[35;1mwarning:\u001b[0m the disk is old\n');
      peer.write(LAST, 1);
    };
    const connection = await connectTo(script, { log: (line) => lines.push(line) });
    expect(await connection.call(ASK)).toBe(true);
    expect(lines).toEqual(['warning: the disk is old']);
  });

  test.each([
    ['structure', 26, [ERROR, 'Error', 0, 'Error', "path '\u001b[35;1mx\u001b[0m' is bad", 0, 1, 0, 'a trace']],
    ['a status', 25, [ERROR, "path 'x' is bad", 1]],
  ])('takes an error with %s and goes on after it', async (_, minor, fields) => {
    const connection = await connectTo(async (peer) => {
      await greet(peer, minor);
      await readAsk(peer);
      peer.write(...fields);
      await readAsk(peer);
      peer.write(LAST, 1);
    });
    const error = await failure(connection.call(ASK));
    expect(error).toMatchObject({ code: 'NIX_FAILED', message: "Nix failed: path 'x' is bad" });
    expect(await connection.call(ASK)).toBe(true);
  });

  test.each([
    ['No space left on device', 'DISK_FULL'],
    ['Disk quota exceeded', 'DISK_FULL'],
    ['opening file: Permission denied', 'PERMISSION'],
    ['creating directory: Read-only file system', 'PERMISSION'],
  ])('knows what "%s" calls for', async (text, code) => {
    const connection = await connectTo(async (peer) => {
      await greet(peer, 34);
      await readAsk(peer);
      peer.write(ERROR, 'Error', 0, 'Error', text, 0, 0);
    });
    expect(await failure(connection.call(ASK))).toMatchObject({ code });
  });

  test.each([
    ['an unknown message', [0x1234]],
    ['a demand for data', [0x64617461, 4096]],
    ['a string without end', [ERROR, 2 ** 45]],
  ])('gives the connection up at %s', async (_, fields) => {
    const connection = await connectTo(async (peer) => {
      await greet(peer, 34);
      await readAsk(peer);
      peer.write(...fields);
    });
    expect(await failure(connection.call(ASK))).toMatchObject({ code: 'NIX_FAILED' });
    expect(await failure(connection.call(ASK))).toMatchObject({ code: 'NIX_FAILED' });
  });

  test('waits for its turn while others are under way', async () => {
    const connection = await connectTo(async (peer) => {
      await greet(peer, 34);
      for (let answer = 0; ; answer++) {
        await readAsk(peer);
        await new Promise((resolve) => setTimeout(resolve, 5));
        peer.write(LAST, answer);
      }
    });
    const request = { ...ASK, reply: (reader: WireReader) => reader.number() };
    expect(await Promise.all([0, 1, 2, 3].map(() => connection.call(request)))).toEqual([0, 1, 2, 3]);
  });

  test('ends at once when it is aborted while the daemon is silent', async () => {
    const abort = new AbortController();
    const connection = await connectTo((peer) => greet(peer, 34), { signal: abort.signal });
    const asked = connection.call(ASK);
    setTimeout(() => {
      abort.abort();
    }, 10);
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('a body', () => {
  const SEND = { operation: 7, fields: ['name'], reply: (reader: WireReader) => reader.boolean() };

  test('arrives as frames with an empty one at the end', async () => {
    let frames: Buffer[] = [];
    const connection = await connectTo(async (peer) => {
      await greet(peer, 34);
      await readAsk(peer);
      frames = await peer.readFrames();
      peer.write(LAST, 1);
    });
    expect(await connection.call({ ...SEND, body: words(3) })).toBe(true);
    expect(frames.map((frame) => frame[0])).toEqual([0, 1, 2]);
  });

  test('is withdrawn by a frame of impossible length when its producer fails', async () => {
    const seen: bigint[] = [];
    const connection = await connectTo(async (peer) => {
      await greet(peer, 34);
      await readAsk(peer);
      for (let i = 0; i < 4; i++) seen.push(await peer.reader.bigint());
      peer.write(ERROR, 'Error', 0, 'Error', 'serialised integer is too large', 0, 0);
      await readAsk(peer);
      peer.write(LAST, 1);
    });
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield* words(1);
      throw new ModelError('HASH_MISMATCH', 'not what was wanted');
    }
    expect(await failure(connection.call({ ...SEND, body: failing() }))).toMatchObject({ code: 'HASH_MISMATCH' });
    expect(seen).toEqual([8n, 0n, 0xffff_ffff_ffff_ffffn, 0n]);
    expect(await connection.call(ASK)).toBe(true);
  });

  test('is not sent on after the daemon has refused it', async () => {
    let sent = 0;
    const connection = await connectTo(async (peer) => {
      await greet(peer, 34);
      await readAsk(peer);
      peer.write(ERROR, 'Error', 0, 'Error', 'No space left on device', 0, 0);
      await peer.readFrames();
      await readAsk(peer);
      peer.write(LAST, 1);
    });
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (; ; sent++) {
        await new Promise((resolve) => setImmediate(resolve));
        yield Buffer.alloc(8);
      }
    }
    expect(await failure(connection.call({ ...SEND, body: endless() }))).toMatchObject({ code: 'DISK_FULL' });
    expect(sent).toBeLessThan(1_000_000);
    expect(await connection.call(ASK)).toBe(true);
  });

  test('fails when the daemon dies in the middle', async () => {
    const connection = await connectTo(async (peer) => {
      await greet(peer, 34);
      await readAsk(peer);
      await peer.reader.number();
      peer.socket.destroy();
    });
    async function* long(): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < 10_000; i++) yield await Promise.resolve(Buffer.alloc(64 * 1024));
    }
    expect(await failure(connection.call({ ...SEND, body: long() }))).toMatchObject({ code: 'NIX_FAILED', retriable: true });
  });
});
