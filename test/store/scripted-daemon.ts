// A server on a real socket that plays a Nix daemon from a script, for what no real daemon can be
// made to do: other protocol versions, garbage, going away in the middle.

import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../../src/base/env.ts';
import { encode, encodeNumber, WireReader, type Field } from '../../src/store/wire.ts';

export const LAST = 0x616c7473;
export const ERROR = 0x63787470;
export const DAEMON_MAGIC = 0x6478696f;

export interface Peer {
  readonly socket: Socket;
  readonly reader: WireReader;
  readonly write: (...fields: Field[]) => void;
  /** Reads frames up to the empty one; the sizes seen. */
  readonly readFrames: () => Promise<Buffer[]>;
}

export type Script = (peer: Peer) => Promise<void>;

export interface ScriptedDaemon {
  readonly environment: Environment;
  readonly close: () => Promise<void>;
}

/** Serves every connection with the script; what it throws when the client leaves is of no interest. */
export async function scriptedDaemon(script: Script): Promise<ScriptedDaemon> {
  const directory = await mkdtemp(join(tmpdir(), 'scripted-daemon-'));
  const path = join(directory, 'socket');
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    script(peerOf(socket)).catch(() => undefined);
  });
  server.listen(path);
  await once(server, 'listening');
  return {
    environment: { ...process.env, NIX_REMOTE: `unix://${path}` },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
      await rm(directory, { recursive: true });
    },
  };
}

function peerOf(socket: Socket): Peer {
  const chunks = socket as AsyncIterable<Uint8Array>;
  const reader = new WireReader(chunks);
  return {
    socket,
    reader,
    write: (...fields) => void socket.write(encode(fields)),
    readFrames: async () => {
      const frames: Buffer[] = [];
      for (let size = await reader.number(); size > 0; size = await reader.number()) {
        const words: Buffer[] = [];
        // Test bodies are multiples of eight bytes, so that a reader of numbers suffices.
        for (let at = 0; at < size; at += 8) words.push(encodeNumber(await reader.bigint()));
        frames.push(Buffer.concat(words));
      }
      return frames;
    },
  };
}

/** Both greetings as a daemon of the given protocol speaks them. */
export async function greet(peer: Peer, minor: number, features: readonly string[] = []): Promise<void> {
  const { reader, write } = peer;
  await reader.number();
  write(DAEMON_MAGIC, 0x100 + minor);
  const spoken = Math.min(minor, (await reader.number()) & 0xff);
  if (spoken >= 38) {
    await reader.strings();
    write(features);
  }
  await reader.number();
  await reader.number();
  if (spoken >= 33) write('2.99.0');
  if (spoken >= 35) write(2);
  write(LAST);
}
