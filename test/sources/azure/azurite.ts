// A real blob service for tests: Azurite, Microsoft's own emulator, on a free port and in memory, with
// one account whose key is made up here. It checks every signature. Blobs are put there with an account
// signature of the test's own making.

import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { encodeKey } from '../../../src/sources/objects/keys.ts';

const PROGRAM = join(import.meta.dirname, '../../../node_modules/azurite/dist/src/blob/main.js');

export const hasAzurite = existsSync(PROGRAM);

export const ACCOUNT = 'testaccount';

export interface Azurite {
  /** With the account in its path. */
  readonly endpoint: string;
  /** Of the account, base64. */
  readonly key: string;
  createContainer(name: string, options?: { public: boolean }): Promise<void>;
  put(container: string, blob: string, body: string): Promise<void>;
  remove(container: string, blob: string): Promise<void>;
  close(): Promise<void>;
}

export async function startAzurite(): Promise<Azurite> {
  const folder = await mkdtemp(join(tmpdir(), 'azurite-'));
  const key = randomBytes(64).toString('base64');
  const options = ['--inMemoryPersistence', '--silent', '--disableTelemetry', '--blobPort', '0'];
  const child = spawn(process.execPath, [PROGRAM, ...options], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, AZURITE_ACCOUNTS: `${ACCOUNT}:${key}` },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exited = once(child, 'exit');
  const close = async (): Promise<void> => {
    child.kill();
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
  const port = await portOf(child);
  if (port === undefined) return await close().then(() => Promise.reject(new Error('Azurite did not start')));
  const endpoint = `http://127.0.0.1:${port}/${ACCOUNT}`;
  const send: Send = async (method, path, headers = {}, body) => {
    const url = `${endpoint}/${path}${path.includes('?') ? '&' : '?'}${accountSas(key)}`;
    const content = body === undefined ? {} : { body };
    const response = await fetch(url, { method, headers: { ...API_VERSION, ...headers }, ...content });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  };
  return {
    endpoint,
    key,
    createContainer: (name, { public: isPublic } = { public: false }) =>
      send('PUT', `${name}?restype=container`, isPublic ? { 'x-ms-blob-public-access': 'container' } : {}),
    put: (container, blob, body) => send('PUT', `${container}/${encodeKey(blob)}`, { 'x-ms-blob-type': 'BlockBlob' }, body),
    remove: (container, blob) => send('DELETE', `${container}/${encodeKey(blob)}`),
    close,
  };
}

type Send = (
  method: string,
  path: string,
  headers?: Record<string, string>,
  body?: string,
) => Promise<void>;

const API_VERSION = { 'x-ms-version': '2021-12-02' };

/** "… successfully listens on http://127.0.0.1:40123" */
async function portOf(child: ChildProcess & { stdout: NodeJS.ReadableStream }): Promise<string | undefined> {
  for await (const line of createInterface(child.stdout)) {
    const port = /successfully listens? on http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1];
    if (port !== undefined) return port;
  }
  return undefined;
}

function accountSas(key: string): string {
  const version = API_VERSION['x-ms-version'];
  const expiry = new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+/, '');
  const signed = [ACCOUNT, 'rwdlac', 'b', 'sco', '', expiry, '', '', version, '', ''].join('\n');
  const signature = createHmac('sha256', Buffer.from(key, 'base64')).update(signed).digest('base64');
  return new URLSearchParams({ sv: version, ss: 'b', srt: 'sco', sp: 'rwdlac', se: expiry, sig: signature }).toString();
}
