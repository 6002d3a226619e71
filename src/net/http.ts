// All HTTP goes through here: one interface, small enough to see every rule about redirects and
// secrets on one screen. Sources and the downloader call it; it never retries (with-retries.ts
// does) and never judges a status (response-error.ts does).

import { setMaxListeners } from 'node:events';
import type { Dispatcher } from 'undici';
import type { Environment } from '../base/env.ts';
import { ModelError } from '../base/errors.ts';
import { VERSION } from '../base/version.ts';
import { createDispatcher, type Timeouts } from './dispatcher.ts';
import { exchange } from './exchange.ts';
import { requestFile } from './file-url.ts';
import { maySendSecrets, refusalOfRedirect, sameOrigin } from './origin-rules.ts';

export interface ByteRange {
  /** First byte wanted. */
  readonly start: number;
  /** The byte after the last one wanted (exclusive); absent: to the end of the file. */
  readonly end?: number | undefined;
}

export interface HttpRequest {
  readonly url: string;
  readonly method?: 'GET' | 'HEAD' | 'POST' | undefined;
  /** The JSON text of a POST: a question without secrets, since redirects carry it along. */
  readonly json?: string | undefined;
  /** Sent to every origin on the way. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Sent to the first URL's origin only, and only where nobody can listen in. */
  readonly credentials?: Readonly<Record<string, string>> | undefined;
  readonly range?: ByteRange | undefined;
  /** A `file:` address may be read. Never set for an address that a server has given. */
  readonly allowFile?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Takes a piece of a body. Its memory is used again as soon as the call returns: what is to be kept
 * is copied. A promise holds up the next piece until it resolves; to throw closes the connection.
 */
export type BodySink = (chunk: Buffer) => Promise<void> | undefined;

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names; repeated headers are joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** Where the answer came from in the end. */
  readonly url: string;
  /** Throws ModelErrors only. Leaving the loop early closes the connection. */
  readonly body: AsyncIterable<Buffer>;
  /** The same, quicker: for bodies of gigabytes. Throws what `sink` throws, else ModelErrors. */
  receive(sink: BodySink): Promise<void>;
  /** Must be called when the body is not read: gives the connection back, or closes it. */
  discard(): void;
}

export interface Http {
  /** Follows redirects. Any status is an answer; only a failed exchange throws. */
  request(request: HttpRequest): Promise<HttpResponse>;
  /** Drops every connection; requests in flight fail. */
  close(): Promise<void>;
}

export interface HttpOptions {
  /** Proxies and certificate files are read from it. */
  readonly environment: Environment;
  readonly timeouts?: Partial<Timeouts> | undefined;
  readonly dispatcher?: Dispatcher | undefined;
}

const MAX_REDIRECTS = 10;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export function createHttp(options: HttpOptions): Http {
  // Opened by the first request: a command that needs no network does not even load undici.
  let opened: Promise<Dispatcher> | undefined;
  const open = (): Promise<Dispatcher> =>
    (opened ??= options.dispatcher === undefined
      ? createDispatcher(options.environment, options.timeouts)
      : Promise.resolve(options.dispatcher));

  return {
    async request(request) {
      request.signal?.throwIfAborted();
      // One signal ends a whole command, with many requests in flight: no leak to warn about.
      if (request.signal !== undefined) setMaxListeners(0, request.signal);
      const isFile = request.allowFile === true && /^file:/i.test(request.url);
      if (isFile) return await requestFile(request);
      return follow(await open(), request);
    },
    async close() {
      // Where opening failed, the request has said so, and there is nothing to close.
      await opened?.then((dispatcher) => dispatcher.destroy(), () => undefined);
    },
  };
}

async function follow(dispatcher: Dispatcher, request: HttpRequest): Promise<HttpResponse> {
  const first = parseUrl(request.url);
  let url = first;
  let trusted = true;
  let question = request;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const credentials = trusted && maySendSecrets(url) ? request.credentials : undefined;
    const response = await send(dispatcher, url, { ...question, credentials });
    const location = response.headers['location'];
    if (!REDIRECTS.has(response.status) || location === undefined) return response;
    response.discard();
    // 303 is "the answer is over there"; after the others a POST is sent once more, as git-lfs does.
    const moved = response.status === 303 && request.method === 'POST';
    if (moved) question = { ...question, method: 'GET', json: undefined };
    const next = redirectTarget(url, location);
    // Once another origin has had a say, even a way back to the first one gets no secret.
    trusted &&= sameOrigin(next, first);
    url = next;
  }
  const message = `More than ${MAX_REDIRECTS} redirects`;
  throw new ModelError('PROTOCOL', message, { subject: request.url });
}

async function send(dispatcher: Dispatcher, url: URL, request: HttpRequest): Promise<HttpResponse> {
  return await exchange(dispatcher, url, {
    origin: url.origin,
    path: url.pathname + url.search,
    method: request.method ?? 'GET',
    headers: requestHeaders(request),
    body: request.json ?? null,
    signal: request.signal,
  });
}

function requestHeaders({ headers, credentials, range, json }: HttpRequest): Record<string, string> {
  return {
    'user-agent': `nix-ai-models/${VERSION}`,
    // Bytes are hashed and written at offsets: a compressed body would have neither.
    'accept-encoding': 'identity',
    accept: '*/*',
    ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    ...(range === undefined ? {} : { range: `bytes=${range.start}-${lastByte(range)}` }),
    ...lowerCaseNames(headers),
    ...lowerCaseNames(credentials),
  };
}

function lastByte(range: ByteRange): string {
  return range.end === undefined ? '' : String(range.end - 1);
}

function lowerCaseNames(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  const entries = Object.entries(headers);
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), value]));
}

function redirectTarget(from: URL, location: string): URL {
  const target = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  const refusal = target === undefined ? 'it has no valid address' : refusalOfRedirect(from, target);
  if (target !== undefined && refusal === undefined) return target;
  throw new ModelError('PROTOCOL', `Refused to follow a redirect: ${refusal ?? ''}`, {
    subject: from.href,
    found: location,
  });
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  throw new ModelError('SPEC_INVALID', 'Not an http or https address', { subject: text });
}
