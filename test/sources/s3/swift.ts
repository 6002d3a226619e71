// A real S3 server for tests: OpenStack Swift (swift-server.py says why), started on a free port with
// Debian's Python, ended with the test file. Objects are put there by requests that AWS's own signer
// has signed; Swift checks every signature, so it is a judge of ours, too.

import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SignatureV4 } from '@smithy/signature-v4';
import { encodeKey } from '../../../src/sources/objects/keys.ts';
import { Sha256 } from '../../../src/sources/s3/sha256.ts';

const PYTHON = '/usr/bin/python3';

export const hasSwift = spawnSync(PYTHON, ['-c', 'import swift.common.wsgi, eventlet']).status === 0;

export const WRITER = { AWS_ACCESS_KEY_ID: 'test:writer', AWS_SECRET_ACCESS_KEY: 'writing' };
/** An account without any rights. */
export const STRANGER = { AWS_ACCESS_KEY_ID: 'test:stranger', AWS_SECRET_ACCESS_KEY: 'strange' };

export interface Swift {
  readonly url: string;
  createBucket(name: string, options?: { versioned: boolean }): Promise<void>;
  /** Returns the version, where the bucket keeps versions. */
  put(bucket: string, key: string, body: string | Buffer): Promise<string | undefined>;
  remove(bucket: string, key: string): Promise<void>;
  close(): Promise<void>;
}

export async function startSwift(): Promise<Swift> {
  const root = await mkdtemp(join(tmpdir(), 'swift-'));
  const script = join(import.meta.dirname, 'swift-server.py');
  const child = spawn(PYTHON, ['-B', script, root], { stdio: ['pipe', 'pipe', 'ignore'] });
  const exited = once(child, 'exit');
  const lines = createInterface(child.stdout);
  const [port] = (await Promise.race([once(lines, 'line'), exited])) as [string | number | null];
  if (typeof port !== 'string') {
    await rm(root, { recursive: true });
    throw new Error(`Swift did not start: status ${port ?? 'none'}`);
  }
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    async createBucket(name, options) {
      await send(url, 'PUT', `/${name}`);
      if (options?.versioned === true) await send(url, 'PUT', `/${name}`, { versioning: '' }, VERSIONED);
    },
    async put(bucket, key, body) {
      const { headers } = await send(url, 'PUT', `/${bucket}/${encodeKey(key)}`, {}, body);
      return headers.get('x-amz-version-id') ?? undefined;
    },
    async remove(bucket, key) {
      await send(url, 'DELETE', `/${bucket}/${encodeKey(key)}`);
    },
    async close() {
      child.stdin.end();
      await exited;
      await rm(root, { recursive: true, force: true });
    },
  };
}

const VERSIONED =
  '<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
  '<Status>Enabled</Status></VersioningConfiguration>';

async function send(
  server: string,
  method: string,
  path: string,
  query: Record<string, string> = {},
  body: string | Buffer = '',
): Promise<Response> {
  const { host, hostname } = new URL(server);
  const signer = new SignatureV4({
    service: 's3',
    region: 'us-east-1',
    credentials: { accessKeyId: WRITER.AWS_ACCESS_KEY_ID, secretAccessKey: WRITER.AWS_SECRET_ACCESS_KEY },
    sha256: Sha256,
    uriEscapePath: false,
  });
  const digest = createHash('sha256').update(body).digest('hex');
  const headers = { host, 'x-amz-content-sha256': digest };
  const signed = await signer.sign({ method, protocol: 'http:', hostname, path, query, headers, body });
  const search = new URLSearchParams(query).toString();
  const url = `${server}${path}${search === '' ? '' : `?${search}`}`;
  const content = method === 'PUT' ? { body: Buffer.from(body) } : {};
  const response = await fetch(url, { method, headers: signed.headers, ...content });
  if (response.ok) return response;
  throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
}
