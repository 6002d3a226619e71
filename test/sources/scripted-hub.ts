// A hub for tests that answers exactly what it is told to, by path; what it was asked is in
// `requests`. For an honest hub see src/hub.

import type { ServerResponse } from 'node:http';
import { type LocalServer, serve } from '../net/local-server.ts';

/** JSON to answer with, or a status with headers, or anything at all. */
export type Answer =
  | { readonly json: unknown; readonly headers?: Record<string, string> }
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  | ((response: ServerResponse) => void);

/** The answers to a path, in order; the last one stays. The query is not looked at. */
export type Script = Readonly<Record<string, Answer | readonly Answer[]>>;

export interface ScriptedHub extends LocalServer {
  /** Method, path with query, and the Authorization header, of each request. */
  readonly log: readonly (readonly [string, string | undefined])[];
}

export async function serveScript(script: Script | ((hub: LocalServer) => Script)): Promise<ScriptedHub> {
  const counts = new Map<string, number>();
  const log: [string, string | undefined][] = [];
  const server: LocalServer = await serve((request, response) => {
    const url = request.url ?? '';
    // Absolute where the server stands in for a proxy.
    const path = new URL(url, 'http://hub.test').pathname;
    const count = counts.get(path) ?? 0;
    counts.set(path, count + 1);
    log.push([`${request.method ?? ''} ${url}`, request.headers.authorization]);
    const routes = typeof script === 'function' ? script(server) : script;
    const route = routes[path] ?? { status: 404 };
    const answers = isList(route) ? route : [route];
    send(response, answers[Math.min(count, answers.length - 1)] ?? { status: 404 });
  });
  return { ...server, log };
}

function isList(route: Answer | readonly Answer[]): route is readonly Answer[] {
  return Array.isArray(route);
}

function send(response: ServerResponse, answer: Answer): void {
  if (typeof answer === 'function') {
    answer(response);
  } else if ('json' in answer) {
    response.writeHead(200, { 'content-type': 'application/json', ...answer.headers });
    response.end(JSON.stringify(answer.json));
  } else {
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }
}
