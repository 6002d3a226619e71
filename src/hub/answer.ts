// What the hub says to a request, as data: handlers make answers, send-answer.ts writes them. The
// refusals carry the headers by which HuggingFace's clients tell their causes apart.

import type { FileHandle } from 'node:fs/promises';

export type Headers = Readonly<Record<string, string | number>>;

/** A part of an open file; whoever sends it closes the file. */
export interface FilePart {
  readonly file: FileHandle;
  readonly start: number;
  readonly length: number;
  /** The state that the headers describe (walk.ts). */
  readonly stamp: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body?: string | FilePart | undefined;
}

export function jsonAnswer(value: unknown, headers: Headers = {}, status = 200): Answer {
  const type = { 'Content-Type': 'application/json; charset=utf-8' };
  return { status, headers: { ...type, ...headers }, body: JSON.stringify(value) };
}

export function textAnswer(body: string, status = 200, headers: Headers = {}): Answer {
  return { status, headers: { 'Content-Type': 'text/plain; charset=utf-8', ...headers }, body };
}

/** The values of X-Error-Code that clients know, with their usual status. */
const ERROR_STATUS = { RepoNotFound: 404, RevisionNotFound: 404, EntryNotFound: 404, GatedRepo: 403 };
export type HubErrorCode = keyof typeof ERROR_STATUS;

export function hubError(code: HubErrorCode, message: string, status = ERROR_STATUS[code]): Answer {
  const headers = { 'X-Error-Code': code, ...messageHeader(message), ...challenge(status) };
  return jsonAnswer({ error: message }, headers, status);
}

/** A refusal that has no code of its own. */
export function refusal(status: number, message: string, headers: Headers = {}): Answer {
  const all = { ...messageHeader(message), ...challenge(status), ...headers };
  return jsonAnswer({ error: message }, all, status);
}

/** Names from a request may hold what no header can. */
function messageHeader(message: string): Headers {
  return { 'X-Error-Message': message.replace(/[^\x20-\x7e]/g, '?') };
}

function challenge(status: number): Headers {
  return status === 401 ? { 'WWW-Authenticate': 'Bearer realm="hub"' } : {};
}
