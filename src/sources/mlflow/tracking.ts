// Conversations with an MLflow tracking server: its address, who we are to it, its JSON answers and
// its own words for failures. Credentials go to this server only, and only if the user has named it.

import { type Environment, variable } from '../../base/env.ts';
import { ModelError } from '../../base/errors.ts';
import type { MlflowSource } from '../../base/spec.ts';
import type { HttpResponse } from '../../net/http.ts';
import { isLoopback, maySendSecrets, sameOrigin } from '../../net/origin-rules.ts';
import { readJson } from '../../net/read-json.ts';
import { withRetries } from '../../net/with-retries.ts';
import type { SourceContext } from '../source.ts';
import { readFailure } from './errors.ts';

export interface Tracking {
  /** Without a slash at the end. */
  readonly address: string;
  readonly subject: string;
  readonly context: SourceContext;
  /** For this server, where there are any and they may be sent. */
  readonly credentials: Readonly<Record<string, string>> | undefined;
  /** Where they come from. */
  readonly from: string | undefined;
  /** Why some that are there are not sent. */
  readonly withheld: string | undefined;
}

export type Json = Readonly<Record<string, unknown>>;

/** A folder of ten thousand files stays well below. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

export function openTracking(source: MlflowSource, subject: string, context: SourceContext): Tracking {
  const { environment } = context;
  const address = addressOf(source, environment);
  const found = findCredentials(environment);
  const withheld = found === undefined ? undefined : reasonToWithhold(new URL(address), environment);
  if (variable(environment, 'MLFLOW_TRACKING_INSECURE_TLS')?.toLowerCase() === 'true') {
    context.progress?.({ type: 'step', text: INSECURE });
  }
  return {
    address,
    subject,
    context,
    withheld,
    credentials: withheld === undefined ? found?.headers : undefined,
    from: found?.from,
  };
}

const INSECURE =
  'MLFLOW_TRACKING_INSECURE_TLS is not supported: certificates are always checked. ' +
  'For an authority of your own, set NODE_EXTRA_CA_CERTS or NIX_SSL_CERT_FILE.';

/** Asks the REST API; any answer but a JSON object is an error. */
export async function askTracking(
  tracking: Tracking,
  call: string,
  { query = {}, json }: { query?: Readonly<Record<string, string>>; json?: unknown } = {},
): Promise<Json> {
  const url = `${tracking.address}/api/2.0/mlflow/${call}?${new URLSearchParams(query).toString()}`;
  return await fetchJson(tracking, url.replace(/\?$/, ''), json);
}

export async function fetchJson(tracking: Tracking, url: string, json?: unknown): Promise<Json> {
  const { context, subject } = tracking;
  const value = await withRetries(() => exchange(tracking, url, json), { path: subject, ...context });
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new ModelError('PROTOCOL', 'The MLflow server answers in an unknown form', {
    subject,
    wanted: 'a JSON object',
    found: JSON.stringify(value).slice(0, 100),
  });
}

async function exchange(tracking: Tracking, url: string, json: unknown): Promise<unknown> {
  const { http, signal } = tracking.context;
  const question = json === undefined ? {} : ({ method: 'POST', json: JSON.stringify(json) } as const);
  const response: HttpResponse = await http.request({
    url,
    ...question,
    headers: { accept: 'application/json' },
    credentials: credentialsFor(tracking, url),
    signal,
  });
  if (response.status !== 200) throw await readFailure(response, tracking);
  return await readJson(response, MAX_ANSWER_BYTES);
}

export function credentialsFor({ credentials, address }: Tracking, url: string): Tracking['credentials'] {
  return sameOrigin(new URL(url), new URL(address)) ? credentials : undefined;
}

function addressOf({ trackingUri }: MlflowSource, environment: Environment): string {
  const text = trackingUri ?? variable(environment, 'MLFLOW_TRACKING_URI');
  const name = trackingUri === undefined ? 'MLFLOW_TRACKING_URI' : 'trackingUri';
  const url = URL.canParse(text ?? '') ? new URL(text ?? '') : undefined;
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (url !== undefined && isWeb && url.username === '' && url.password === '' && url.search + url.hash === '') {
    return (url.origin + url.pathname).replace(/\/+$/, '');
  }
  throw new ModelError('SPEC_INVALID', text === undefined ? 'Which MLflow server?' : `${name} is not the address of an MLflow server`, {
    wanted: 'an http or https address without name and password',
    found: text ?? 'neither `trackingUri` nor MLFLOW_TRACKING_URI',
    remedies: [
      text === undefined ? 'Set `trackingUri` in the source, or MLFLOW_TRACKING_URI.' : `Correct ${name}.`,
      'Name and password belong in MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD.',
    ],
  });
}

interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly from: string;
}

/** In the order of MLflow's own clients: a name and password before a token. */
function findCredentials(environment: Environment): Credentials | undefined {
  const name = variable(environment, 'MLFLOW_TRACKING_USERNAME');
  const password = variable(environment, 'MLFLOW_TRACKING_PASSWORD');
  if (name !== undefined && password !== undefined) {
    const basic = Buffer.from(`${name}:${password}`).toString('base64');
    const from = 'MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD';
    return { headers: { authorization: `Basic ${basic}` }, from };
  }
  const token = variable(environment, 'MLFLOW_TRACKING_TOKEN')?.trim();
  if (token === undefined) return undefined;
  if (/^[\x21-\x7e]+$/.test(token)) {
    return { headers: { authorization: `Bearer ${token}` }, from: 'MLFLOW_TRACKING_TOKEN' };
  }
  throw new ModelError('AUTH_INVALID', 'MLFLOW_TRACKING_TOKEN has characters that no token has', {
    remedies: ['Check that it holds one token and nothing else.'],
  });
}

/** A spec is often somebody else's work: it must not be able to send the user's password anywhere. */
function reasonToWithhold(server: URL, environment: Environment): string | undefined {
  if (!maySendSecrets(server)) return `${server.origin} is not encrypted; use its https address`;
  const own = variable(environment, 'MLFLOW_TRACKING_URI') ?? '';
  if (isLoopback(server) || (URL.canParse(own) && sameOrigin(server, new URL(own)))) return undefined;
  return `only the spec names ${server.origin}; set MLFLOW_TRACKING_URI to it if you trust it`;
}
