// Who asks: a shared key or a signature from the environment, else Azure's own chain of identities
// (loaded here, and only then), else nobody. All of them work for whoever holds them, so they go to
// Azure, to this machine, or to where the user's own environment says, and nowhere else.

import type { Environment } from '../../base/env.ts';
import { ModelError } from '../../base/errors.ts';
import type { AzureSource } from '../../base/spec.ts';
import { printable } from '../printable.ts';
import { knownAccount } from './account.ts';
import { containerSas } from './sas.ts';

/** What goes along with a request: a query, or headers, or nothing. */
export interface Authorization {
  /** Without the question mark; empty where there is none. */
  readonly query: string;
  readonly credentials?: Readonly<Record<string, string>> | undefined;
}

export interface CredentialSource {
  /** For messages: the variable; undefined where nobody is named. */
  readonly from: string | undefined;
  readonly authorize: (now: number) => Promise<Authorization>;
}

const SCOPE = 'https://storage.azure.com/.default';

const NOBODY: CredentialSource = { from: undefined, authorize: () => Promise.resolve({ query: '' }) };

export function credentialsFor(
  source: AzureSource,
  endpoint: { readonly url: string; readonly withhold: string | undefined },
  environment: Environment,
): CredentialSource {
  if (source.anonymous === true || endpoint.withhold !== undefined) return NOBODY;
  const { key, sas } = knownAccount(source.account, environment);
  if (key !== undefined) {
    const httpsOnly = endpoint.url.startsWith('https:');
    const options = { ...source, key: key.value, from: key.from, httpsOnly };
    const authorize = (now: number): Promise<Authorization> =>
      Promise.resolve({ query: containerSas({ ...options, now }) });
    return { from: key.from, authorize };
  }
  if (sas !== undefined) {
    return { from: sas.from, authorize: () => Promise.resolve({ query: sas.value }) };
  }
  return identity();
}


function identity(): CredentialSource {
  let opened: Promise<() => Promise<string>> | undefined;
  return {
    from: "Azure's chain of identities",
    authorize: async () => {
      opened ??= openIdentity();
      try {
        const token = await (await opened)();
        return { query: '', credentials: { authorization: `Bearer ${token}` } };
      } catch (error) {
        throw notFound(error);
      }
    },
  };
}

async function openIdentity(): Promise<() => Promise<string>> {
  const { DefaultAzureCredential } = await import('@azure/identity');
  // It keeps the token, and gets another one when it is about to expire.
  const chain = new DefaultAzureCredential();
  return async () => (await chain.getToken(SCOPE)).token;
}

function notFound(cause: unknown): ModelError {
  const [reason] = cause instanceof Error ? cause.message.split('\n') : [];
  return new ModelError('AUTH_REQUIRED', 'There are no credentials for Azure storage', {
    wanted: 'AZURE_STORAGE_CONNECTION_STRING, AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN for this account; '
      + 'AZURE_CLIENT_ID and its secret or token file; a managed identity; or the login of `az`',
    found: reason === undefined ? undefined : printable(reason),
    remedies: [
      'Log in (`az login`), or set AZURE_STORAGE_SAS_TOKEN or AZURE_STORAGE_KEY.',
      'For a public container set `anonymous = true` in the source.',
    ],
    cause,
  });
}
