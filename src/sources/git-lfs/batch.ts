// The Batch API of Git LFS: many objects in one question, for each of them an address or the reason
// why there is none. https://github.com/git-lfs/git-lfs/blob/main/docs/api/batch.md

import { ModelError } from '../../base/errors.ts';
import type { HttpResponse } from '../../net/http.ts';
import { refusalOfRedirect } from '../../net/origin-rules.ts';
import { readJson } from '../../net/read-json.ts';
import { ResponseFailure, responseError } from '../../net/response-error.ts';
import { withRetries } from '../../net/with-retries.ts';
import { printable } from '../printable.ts';
import type { SourceContext } from '../source.ts';
import { type Access, credentialsFor, headersOf, type LfsServer } from './access.ts';
import type { Pointer } from './pointer.ts';

/** Where an object can be had, for a while. */
export interface Download {
  readonly href: string;
  readonly credentials?: Readonly<Record<string, string>> | undefined;
  /** Milliseconds since the epoch, where the server says. */
  readonly expiresAt?: number | undefined;
}

/** Throws the server's reason where it does not hand the object out; `path` names it to people. */
export type Answers = (oid: string, path: string) => Download;

/** What git-lfs asks for at a time. */
export const GROUP_SIZE = 100;

/** A hundred objects with signed addresses and tokens of several kilobytes each stay below. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;
const MEDIA_TYPE = 'application/vnd.git-lfs+json';
const REFUSED: ReadonlySet<number> = new Set([401, 403]);

export async function askBatch(
  objects: readonly Pointer[],
  server: LfsServer,
  context: SourceContext,
): Promise<Answers> {
  const { value, access } = await withRetries(() => post(objects, server, context), {
    path: server.subject,
    ...context,
  });
  const now = context.clock?.now() ?? Date.now();
  const answers = new Map(objectsOf(value, server.subject).map((entry) => [entry['oid'], entry]));
  return (oid, path) => downloadOf(answers.get(oid), { oid, path, server, access, now, objects });
}

async function post(
  objects: readonly Pointer[],
  server: LfsServer,
  context: SourceContext,
): Promise<{ value: unknown; access: Access }> {
  let access = await server.open();
  let response = await send(objects, access, context);
  if (REFUSED.has(response.status)) {
    const better = await server.renew(access);
    if (better !== undefined) {
      response.discard();
      access = better;
      response = await send(objects, access, context);
    }
  }
  if (response.status !== 200) throw refusal(response, access, server.subject);
  return { value: await readJson(response, MAX_ANSWER_BYTES), access };
}

async function send(
  objects: readonly Pointer[],
  access: Access,
  { http, signal }: SourceContext,
): Promise<HttpResponse> {
  const asked = objects.map(({ oid, size }) => ({ oid, size }));
  return await http.request({
    url: `${access.href}/objects/batch`,
    method: 'POST',
    headers: { accept: MEDIA_TYPE, 'content-type': MEDIA_TYPE },
    json: JSON.stringify({ operation: 'download', transfers: ['basic'], objects: asked, hash_algo: 'sha256' }),
    credentials: access.credentials,
    signal,
  });
}

type Entry = Readonly<Record<string, unknown>>;

function objectsOf(value: unknown, subject: string): Entry[] {
  const { objects, transfer = 'basic', hash_algo: algorithm = 'sha256' } = recordOf(value) ?? {};
  if (transfer !== 'basic' || algorithm !== 'sha256') {
    throw protocol('The Git LFS server wants to transfer in a way that nobody asked for', subject, { transfer, algorithm });
  }
  const entries = Array.isArray(objects) ? objects.map(recordOf) : [undefined];
  if (entries.every((entry) => entry !== undefined)) return entries;
  throw protocol('The answer of the Git LFS server has no list of objects', subject, value);
}

interface Question {
  readonly oid: string;
  readonly path: string;
  readonly server: LfsServer;
  readonly access: Access;
  readonly now: number;
  readonly objects: readonly Pointer[];
}

function downloadOf(entry: Entry | undefined, question: Question): Download {
  const { oid, path, access, now, objects } = question;
  const subject = `${question.server.subject}: ${path}`;
  if (entry === undefined) throw protocol('The Git LFS server says nothing about an object', subject, oid);
  const failure = recordOf(entry['error']);
  if (failure !== undefined) throw objectError(failure, oid, subject);
  const wanted = objects.find((object) => object.oid === oid)?.size;
  if (entry['size'] !== undefined && entry['size'] !== wanted) {
    throw new ModelError('SIZE_MISMATCH', 'The Git LFS server has an object of another size than the repository says', {
      subject,
      wanted: `${wanted ?? 0} bytes`,
      found: `${JSON.stringify(entry['size'])} bytes`,
    });
  }
  const action = recordOf(recordOf(entry['actions'])?.['download']);
  if (action === undefined) throw protocol('The Git LFS server gives no address for an object', subject, oid);
  const href = action['href'];
  if (typeof href !== 'string' || !URL.canParse(href) || refusalOfRedirect(new URL(access.href), new URL(href)) !== undefined) {
    throw protocol('The Git LFS server gives an address that cannot be trusted', subject, href);
  }
  const own = entry['authenticated'] === true ? undefined : credentialsFor(href, access);
  return { href, credentials: headersOf(action['header']) ?? own, expiresAt: expiryOf(action, now) };
}

/** `expires_in` counts before `expires_at`: it does not depend on two clocks. */
function expiryOf({ expires_in: seconds, expires_at: date }: Entry, now: number): number | undefined {
  if (typeof seconds === 'number' && seconds > 0) return now + seconds * 1000;
  const at = typeof date === 'string' ? Date.parse(date) : NaN;
  // "0001-01-01" is Go's way to say nothing.
  return at > 0 ? at : undefined;
}

function objectError({ code, message }: Entry, oid: string, subject: string): ModelError {
  const reason = typeof message === 'string' && message !== '' ? `: ${printable(message)}` : '';
  const details = { subject, found: `object ${oid}, error ${JSON.stringify(code)}${reason}` };
  if (code === 404 || code === 410) {
    const gone = code === 410 ? 'no longer has' : 'does not have';
    return new ModelError('ENTRY_NOT_FOUND', `The Git LFS server ${gone} the content of a file`, {
      ...details,
      remedies: ['Ask whoever publishes the model to push it: `git lfs push --all REMOTE`.'],
    });
  }
  if (code === 401 || code === 403) {
    return new ModelError('AUTH_INVALID', 'The Git LFS server does not hand this file to this account', {
      ...details,
      remedies: ['Ask for the right to read the LFS objects of the repository.'],
    });
  }
  return protocol('The Git LFS server refuses to hand out a file', subject, details.found);
}

function refusal(response: HttpResponse, access: Access, subject: string): ModelError {
  response.discard();
  const { status, headers } = response;
  // `Basic realm="…"`: the scheme tells what would be needed.
  const [scheme] = (headers['lfs-authenticate'] ?? headers['www-authenticate'] ?? '').split(' ');
  const found = [`HTTP status ${status}`, scheme].filter(Boolean).join(', wants ');
  const details = { subject, found: printable(found), cause: new ResponseFailure(response) };
  const { host } = new URL(access.href);
  if (REFUSED.has(status)) {
    const known = access.credentials !== undefined;
    const message = known ? `refuses what ${access.from ?? 'git'} knows for it` : 'wants to know who asks';
    return new ModelError(known ? 'AUTH_INVALID' : 'AUTH_REQUIRED', `The Git LFS server ${host} ${message}`, {
      ...details,
      remedies: [
        `Let git know a name and token for ${host}: \`git credential approve\`, or any credential helper.`,
        'Over plain http no name and token are ever sent: use the https or ssh address.',
      ],
    });
  }
  if (status === 404 || status === 501) {
    return new ModelError('REPO_NOT_FOUND', `There is no Git LFS server for the repository at ${host}, or it is private`, {
      ...details,
      remedies: [`Check the address: ${access.href}`, 'If the repository is private, use its ssh address or a credential helper.'],
    });
  }
  return responseError(response, { subject });
}

function recordOf(value: unknown): Entry | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Entry) : undefined;
}

function protocol(message: string, subject: string, found: unknown): ModelError {
  return new ModelError('PROTOCOL', message, {
    subject,
    found: printable(typeof found === 'string' ? found : JSON.stringify(found ?? 'nothing')),
    remedies: ['Is this the address of a Git LFS server? Ask whoever runs it.'],
  });
}
