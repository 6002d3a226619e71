// Answers a registry's challenge: a token from the place that the registry names, or the user's
// login itself. What may be sent where is decided here: the realm is somebody else's text.

import { ModelError } from '../../base/errors.ts';
import type { HttpResponse } from '../../net/http.ts';
import { isLoopback } from '../../net/origin-rules.ts';
import { readJson } from '../../net/read-json.ts';
import { responseError } from '../../net/response-error.ts';
import type { SourceContext } from '../source.ts';
import type { RepositoryAddress } from './address.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import { explainAnswer, type Question } from './errors.ts';

export interface Asking {
  readonly address: RepositoryAddress;
  readonly question: Question;
  readonly context: SourceContext;
}

/** Headers that are for one origin only. */
export type Credentials = Readonly<Record<string, string>>;

/** Tokens of registries have a few kilobytes. */
const MAX_TOKEN_ANSWER_BYTES = 1024 * 1024;

/** What the registry wants to see, or undefined where there is nothing to show. Tries once. */
export async function answerChallenge(header: string, asking: Asking): Promise<Credentials | undefined> {
  const challenges = parseChallenges(header);
  const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
  if (bearer !== undefined) return { authorization: `Bearer ${await fetchToken(bearer, asking)}` };
  const basic = challenges.some(({ scheme }) => scheme === 'basic');
  const { login } = asking.question;
  return basic && login !== undefined ? { authorization: login.basic } : undefined;
}

async function fetchToken({ parameters }: Challenge, asking: Asking): Promise<string> {
  const { address, question, context } = asking;
  const { service } = parameters;
  const url = parseRealm(parameters['realm'], asking);
  if (service !== undefined) url.searchParams.set('service', service);
  // Never the scope that the registry asks for: reading this repository is all there is to do.
  url.searchParams.set('scope', `repository:${address.repository}:pull`);
  const { login } = question;
  const credentials = login === undefined ? undefined : { authorization: login.basic };
  const { http, signal } = context;
  const response = await http.request({ url: url.href, credentials, signal });
  if (response.status !== 200) throw refusal(response, question);
  return tokenOf(await readJson(response, MAX_TOKEN_ANSWER_BYTES), question.subject);
}

/**
 * The login goes to the realm, because the registry's own login lives there (docker.io's at
 * auth.docker.io): it is the registry's word against nobody's. But only encrypted, and a registry
 * elsewhere has no business with servers on this machine.
 */
function parseRealm(realm: string | undefined, { address, question }: Asking): URL {
  const url = realm !== undefined && URL.canParse(realm) ? new URL(realm) : undefined;
  const here = isLoopback(new URL(address.origin));
  const acceptable = url !== undefined && (isLoopback(url) ? here : url.protocol === 'https:');
  const web = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (acceptable && web && url.username === '' && url.password === '') return url;
  throw new ModelError('PROTOCOL', `${address.host} names a place for tokens that cannot be trusted`, {
    subject: question.subject,
    wanted: 'an https address',
    found: realm ?? 'none',
    remedies: ['Nothing was sent there. Check the address of the registry, and ask whoever runs it.'],
  });
}

function tokenOf(answer: unknown, subject: string): string {
  const { token, access_token: accessToken } = (answer ?? {}) as Record<string, unknown>;
  const value = token ?? accessToken;
  // It becomes a header.
  if (typeof value === 'string' && /^[\x21-\x7e]+$/.test(value)) return value;
  throw new ModelError('PROTOCOL', 'The registry gives no token, although it wants one', {
    subject,
    wanted: 'a "token" or an "access_token"',
    remedies: ['Try again later; if it stays, ask whoever runs the registry.'],
  });
}

/** Places for tokens use several statuses to say no. */
function refusal(response: HttpResponse, question: Question): ModelError {
  response.discard();
  const { subject } = question;
  const no = response.status === 400 || response.status === 404;
  const answer = no ? { ...response, status: 401 } : response;
  return explainAnswer(answer, question) ?? responseError(response, { subject });
}
