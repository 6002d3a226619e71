// A file server that misbehaves on command. It serves the files it is given honestly, with ranges
// and ETags, except where a fault is set for a path; it keeps a log of what it was asked and sent.

import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

/** What is wrong with one answer. Everything not mentioned is as an honest server has it. */
export interface Fault {
  /** This status and no content. */
  readonly status?: number | undefined;
  /** Set or replaced; a value of undefined removes the header. */
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined;
  /** Everything, with status 200, whatever range was asked for. */
  readonly ignoreRange?: boolean | undefined;
  /** The connection is cut after so many bytes of the body … */
  readonly dropAfter?: number | undefined;
  /** … or nothing more comes after them, */
  readonly stallAfter?: number | undefined;
  /** … or the body ends there in good order, with a length to match where `headers` gives none. */
  readonly endAfter?: number | undefined;
  /** Bytes that do not belong to the file, at its end. */
  readonly append?: Buffer | undefined;
  /** The byte at this offset of the file is another one. */
  readonly corruptAt?: number | undefined;
  /** No Content-Length: the body comes in chunks. */
  readonly chunked?: boolean | undefined;
  readonly gzip?: boolean | undefined;
  /** Pieces of this many bytes with a pause in between. */
  readonly trickle?: number | undefined;
  /** The file's content from now on. */
  readonly replace?: Buffer | undefined;
}

/** `count` is 1 for the first request of this path. */
export type FaultRule = (request: {
  readonly count: number;
  readonly range: string | undefined;
  readonly query: URLSearchParams;
}) => Fault | undefined;

export interface LoggedRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** Half-open; the file's end where none was asked. */
  readonly start: number;
  readonly end: number;
  /** Bytes of the body that were given to the connection. */
  sent: number;
}

export interface FaultyServer {
  readonly url: string;
  readonly requests: readonly LoggedRequest[];
  fault(path: string, rule: FaultRule): void;
  /** Drops connections, refuses new ones: the server is gone. */
  close(): Promise<void>;
}

export async function startFaultyServer(files: Readonly<Record<string, Buffer>>): Promise<FaultyServer> {
  const contents = new Map(Object.entries(files));
  const rules = new Map<string, FaultRule>();
  const requests: LoggedRequest[] = [];

  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const path = decodeURIComponent(pathname.slice(1));
    const count = requests.filter((earlier) => earlier.path === path).length + 1;
    const fault = rules.get(path)?.({ count, range: request.headers.range, query: searchParams }) ?? {};
    if (fault.replace !== undefined) contents.set(path, fault.replace);
    const content = contents.get(path);
    const { start, end } = askedRange(request.headers.range, content?.length ?? 0);
    const entry: LoggedRequest = { path, headers: request.headers, start, end, sent: 0 };
    requests.push(entry);
    void answer(response, content, fault, entry);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    fault: (path, rule) => void rules.set(path, rule),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

const etags = new WeakMap<Buffer, string>();

function etagOf(content: Buffer): string {
  const etag = etags.get(content) ?? `"${createHash('md5').update(content).digest('hex')}"`;
  etags.set(content, etag);
  return etag;
}

function askedRange(range: string | undefined, size: number): { start: number; end: number } {
  const match = /^bytes=(\d+)-(\d*)$/.exec(range ?? '');
  if (match === null) return { start: 0, end: size };
  return { start: Number(match[1]), end: match[2] === '' ? size : Math.min(size, Number(match[2]) + 1) };
}

async function answer(
  response: ServerResponse,
  content: Buffer | undefined,
  fault: Fault,
  entry: LoggedRequest,
): Promise<void> {
  const status = fault.status ?? (content === undefined ? 404 : undefined);
  if (content === undefined || status !== undefined) {
    response.writeHead(status ?? 404, definedOnly({ 'content-length': '0', ...fault.headers })).end();
    return;
  }
  const { start, end } = entry;
  const etag = etagOf(content);
  const ifRange = entry.headers['if-range'];
  const asked = entry.headers.range !== undefined && fault.ignoreRange !== true;
  const partial = asked && (ifRange ?? etag) === etag;
  if (partial && start >= content.length) {
    response.writeHead(416, { 'content-range': `bytes */${content.length}`, 'content-length': '0' }).end();
    return;
  }
  const body = bodyOf(content, partial ? { start, end } : { start: 0, end: content.length }, fault);
  const length = fault.endAfter ?? body.length;
  const headers = {
    etag,
    ...(fault.chunked === true ? {} : { 'content-length': String(length) }),
    ...(partial ? { 'content-range': `bytes ${start}-${end - 1}/${content.length}` } : {}),
    ...(fault.gzip === true ? { 'content-encoding': 'gzip' } : {}),
    ...fault.headers,
  };
  response.writeHead(partial ? 206 : 200, definedOnly(headers));
  await send(response, body, fault, entry);
}

function bodyOf(content: Buffer, { start, end }: { start: number; end: number }, fault: Fault): Buffer {
  const body = Buffer.from(content.subarray(start, end));
  const { corruptAt = -1, append = Buffer.alloc(0) } = fault;
  const at = corruptAt - start;
  if (at >= 0 && corruptAt < end) body.writeUInt8(body.readUInt8(at) ^ 1, at);
  const whole = Buffer.concat([body, append]);
  return fault.gzip === true ? gzipSync(whole) : whole;
}

async function send(
  response: ServerResponse,
  body: Buffer,
  fault: Fault,
  entry: LoggedRequest,
): Promise<void> {
  const closed = new Promise((resolve) => response.once('close', resolve));
  const { dropAfter, stallAfter, endAfter, trickle } = fault;
  const sent = body.subarray(0, dropAfter ?? stallAfter ?? endAfter ?? body.length);
  const piece = trickle ?? Math.max(1, sent.length);
  for (let at = 0; at < sent.length && !response.destroyed; at += piece) {
    const chunk = sent.subarray(at, at + piece);
    entry.sent += chunk.length;
    const written = new Promise((resolve) => response.write(chunk, resolve));
    await Promise.race([written, closed]);
    if (trickle !== undefined) await sleep(5);
  }
  if (stallAfter !== undefined) return;
  if (dropAfter !== undefined) response.destroy();
  else response.end();
}

function definedOnly(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const isSet = (entry: [string, string | undefined]): entry is [string, string] => entry[1] !== undefined;
  return Object.fromEntries(Object.entries(headers).filter(isSet));
}
