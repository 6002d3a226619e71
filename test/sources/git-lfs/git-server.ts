// A small git host for tests: git's own smart HTTP (`git http-backend`) and a Batch API with object
// storage beside it. Strict where the specification is; says what it was asked and how much it sent.

import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { serve } from '../../net/local-server.ts';

export interface BatchObject {
  oid: string;
  size: number;
  authenticated?: boolean;
  actions?: Record<string, { href: string; header?: Record<string, string>; expires_in?: number }>;
  error?: { code: number; message: string };
}

export interface GitServer {
  readonly url: string;
  /** Folder of the bare repositories. */
  readonly root: string;
  /** Objects by oid; tests may take some away. */
  readonly objects: Map<string, Buffer>;
  /** `METHOD path` of every request. */
  readonly log: string[];
  /** Oids in download questions, in order. */
  readonly asked: string[][];
  /** Bytes that git itself has sent. */
  gitBytes: number;
  /** `name:password` that everything asks for. */
  password: string | undefined;
  /** What storage wants to see as Authorization. */
  storageToken: string | undefined;
  /** Changes the answer about an object before it is sent. */
  change: (object: BatchObject) => BatchObject;
  /** Answers a batch question in its own way. */
  answerBatch: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
}

/** What a server has on disk and in storage: may be served again by another one. */
export type Contents = Pick<GitServer, 'root' | 'objects'>;

const MEDIA_TYPE = 'application/vnd.git-lfs+json';

export async function startGitServer({ root, objects }: Contents): Promise<GitServer> {
  const local = await serve((request, response) => {
    handle(request, response, server).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  const server: GitServer = {
    url: local.url, root, objects: new Map(objects), log: [], asked: [], gitBytes: 0,
    password: undefined, storageToken: undefined, answerBatch: undefined, change: (object) => object,
  };
  return server;
}

/** An empty bare repository below the folder; its path. */
export function createRepository(root: string, name: string): string {
  const directory = join(root, name);
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', directory]);
  execFileSync('git', ['-C', directory, 'config', 'http.receivepack', 'true']);
  execFileSync('git', ['-C', directory, 'config', 'uploadpack.allowFilter', 'true']);
  return directory;
}

async function handle(request: IncomingMessage, response: ServerResponse, server: GitServer): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', server.url);
  server.log.push(`${request.method ?? ''} ${pathname}`);
  if (pathname.startsWith('/storage/')) {
    await handleStorage(request, response, server, pathname.slice('/storage/'.length));
    return;
  }
  const expected = `Basic ${Buffer.from(server.password ?? '').toString('base64')}`;
  if (server.password !== undefined && request.headers.authorization !== expected) {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
    return;
  }
  if (/^\/[\w.-]+\.git\/info\/lfs\/objects\/batch$/.test(pathname)) await handleBatch(request, response, server);
  else runBackend(request, response, server);
}

async function handleBatch(
  request: IncomingMessage, response: ServerResponse, server: GitServer,
): Promise<void> {
  if (server.answerBatch !== undefined) {
    server.answerBatch(request, response);
    return;
  }
  const { accept = '', 'content-type': type = '' } = request.headers;
  if (request.method !== 'POST' || !accept.startsWith(MEDIA_TYPE) || !type.startsWith(MEDIA_TYPE)) {
    response.writeHead(406).end();
    return;
  }
  const question = JSON.parse((await bodyOf(request)).toString()) as {
    operation: string; transfers?: string[]; objects: BatchObject[]; hash_algo?: string;
  };
  if (question.operation === 'download') server.asked.push(question.objects.map(({ oid }) => oid));
  const { operation } = question;
  const objects = question.objects.map((object) => server.change(answerFor(operation, object, server)));
  const body = JSON.stringify({ transfer: 'basic', objects });
  response.writeHead(200, { 'content-type': MEDIA_TYPE }).end(body);
}

function answerFor(operation: string, { oid, size }: BatchObject, server: GitServer): BatchObject {
  const href = `${server.url}/storage/${oid}`;
  const token = server.storageToken;
  const header = token === undefined ? {} : { header: { Authorization: token } };
  if (operation === 'upload') return { oid, size, actions: { upload: { href } } };
  const known = server.objects.get(oid);
  if (known === undefined) return { oid, size, error: { code: 404, message: 'Object does not exist' } };
  const download = { href, ...header, expires_in: 3600 };
  return { oid, size: known.length, authenticated: true, actions: { download } };
}

async function handleStorage(
  request: IncomingMessage, response: ServerResponse, server: GitServer, oid: string,
): Promise<void> {
  if (request.method === 'PUT') {
    const content = await bodyOf(request);
    const isWhole = createHash('sha256').update(content).digest('hex') === oid;
    if (isWhole) server.objects.set(oid, content);
    response.writeHead(isWhole ? 200 : 422).end();
    return;
  }
  const content = server.objects.get(oid);
  if (server.storageToken !== undefined && request.headers.authorization !== server.storageToken) {
    response.writeHead(403).end();
  } else if (content === undefined) response.writeHead(404).end();
  else response.writeHead(200, { 'content-length': String(content.length) }).end(content);
}

/** CGI, as any web server runs it. */
function runBackend(request: IncomingMessage, response: ServerResponse, server: GitServer): void {
  const { pathname, search } = new URL(request.url ?? '/', server.url);
  const asked = request.headers;
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env['PATH'] ?? '',
      GIT_PROJECT_ROOT: server.root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: pathname,
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method ?? '',
      CONTENT_TYPE: asked['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: asked['content-encoding'] ?? '',
      GIT_PROTOCOL: String(asked['git-protocol'] ?? ''),
      REMOTE_USER: 'test',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  request.pipe(child.stdin.on('error', () => undefined));
  let head = Buffer.alloc(0);
  let isStarted = false;
  child.stdout.on('data', (chunk: Buffer) => {
    server.gitBytes += chunk.length;
    if (isStarted) {
      response.write(chunk);
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    isStarted = true;
    const lines = head.toString('latin1', 0, end).split('\r\n');
    const fields = lines.map((line) => line.split(': ') as [string, string]);
    const { Status: status = '200', ...headers } = Object.fromEntries(fields);
    response.writeHead(Number(status.slice(0, 3)), headers);
    response.write(head.subarray(end + 4));
  });
  child.on('close', () => response.end());
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
