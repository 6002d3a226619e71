// The hub as one function over a request and a response, so that it runs in any server and a test
// can put faults in front of it: target -> route -> access -> answer -> wire -> log line.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { ModelError } from '../base/errors.ts';
import { redact } from '../base/redact.ts';
import { type Access, accessOf, type AccessRules, checkAccess } from './access.ts';
import { type Answer, refusal } from './answer.ts';
import { answerRoute } from './answer-route.ts';
import { type Catalog, type CatalogOptions, openCatalog } from './catalog.ts';
import { parseTarget } from './route.ts';
import { sendAnswer } from './send-answer.ts';

export interface HubHandlerOptions extends Omit<CatalogOptions, 'log' | 'signal'> {
  /** Demanded of every request when set; of gated repositories' files only, when `gated` is set too. */
  readonly token?: string | undefined;
  /** Repositories whose files need the token: `org/name`, `datasets/org/name`. */
  readonly gated?: readonly string[] | undefined;
  /** The address that clients use, where it is not the request's own Host (behind a proxy). */
  readonly publicUrl?: string | undefined;
  /** One line per request, and what the hub leaves out; never a secret. */
  readonly log?: ((line: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface HubHandler {
  (request: IncomingMessage, response: ServerResponse): void;
  readonly catalog: Catalog;
}

/** Throws a ModelError when a root cannot be served. */
export function createHubHandler(options: HubHandlerOptions): HubHandler {
  const { token, gated = [], publicUrl, log = () => undefined } = options;
  const { signal = new AbortController().signal } = options;
  const rules: AccessRules = { token, gated };
  const catalog = openCatalog({ ...options, log, signal });

  async function answer(request: IncomingMessage): Promise<Answer> {
    const { method = 'GET', url = '', headers } = request;
    const target = parseTarget(url);
    if (target === undefined) return refusal(400, 'The address is malformed.');
    const access: Access = accessOf(rules, headers.authorization);
    const denied = checkAccess(rules, access, target.route);
    if (denied !== undefined) return denied;
    const wrong = checkMethod(method, target.route?.name);
    if (wrong !== undefined) return wrong;
    const origin = publicUrl ?? originOf(request);
    return answerRoute({ request, ...target, access, rules, catalog, origin });
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const begin = performance.now();
    let made: Answer;
    try {
      made = await answer(request);
    } catch (error) {
      if (signal.aborted || response.destroyed) return;
      made = failure(error, log);
    }
    // What was not read of a refused upload would be taken for the next request.
    if (!request.complete) response.setHeader('Connection', 'close');
    const sent = await sendAnswer(request, response, made);
    log(logLine(request, made.status, sent, performance.now() - begin));
  }

  const handler = (request: IncomingMessage, response: ServerResponse): void => {
    handle(request, response).catch((error: unknown) => {
      log(`failed: ${redact(String(error))}`);
      response.destroy();
    });
  };
  return Object.assign(handler, { catalog });
}

/** Everything can be asked, nothing changed; only paths-info is asked with a body. */
function checkMethod(method: string, route: string | undefined): Answer | undefined {
  const allowed = route === 'paths-info' ? ['POST'] : ['GET', 'HEAD'];
  if (allowed.includes(method)) return undefined;
  return refusal(405, 'This hub is read-only.', { Allow: allowed.join(', ') });
}

function failure(error: unknown, log: (line: string) => void): Answer {
  const isPassing = error instanceof ModelError && error.retriable;
  log(`failed: ${redact(error instanceof Error ? error.message : String(error))}`);
  return isPassing
    ? refusal(503, error.message, { 'Retry-After': 1 })
    : refusal(500, 'The hub could not read its files; its log says why.');
}

/** `GET /path 206 1048576 12ms`: without the query, which may hold a secret. */
function logLine({ method, url = '' }: IncomingMessage, status: number, sent: number, ms: number): string {
  const path = (url.split('?')[0] ?? '').replace(/[^\x21-\x7e]/g, '?');
  return redact(`${method ?? '?'} ${path} ${status} ${sent} ${ms.toFixed(0)}ms`);
}

const HOST = /^[A-Za-z0-9.:[\]_-]+$/;

function originOf({ headers, socket }: IncomingMessage): string {
  const { host } = headers;
  const own = `${socket.localAddress ?? '127.0.0.1'}:${socket.localPort ?? 80}`;
  return `http://${host !== undefined && HOST.test(host) ? host : own}`;
}
