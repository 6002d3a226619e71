// Who asks: Google's application default credentials, by Google's own library, loaded only here and
// only when they are wanted. Its tokens work for whoever holds them, so they go to Google, to this
// machine, or to where the user's own environment says, and nowhere else.

import { type Environment, homeDirectory, variable } from '../../base/env.ts';
import { ModelError } from '../../base/errors.ts';
import type { GcsSource } from '../../base/spec.ts';
import type { Endpoint } from '../objects/endpoint.ts';

const SCOPE = 'https://www.googleapis.com/auth/devstorage.read_only';

export type Headers = Readonly<Record<string, string>>;

/** Headers with a token that is valid now; undefined where none is sent. */
export type GetHeaders = () => Promise<Headers | undefined>;

export function credentialsFor(
  source: GcsSource,
  endpoint: Endpoint,
  environment: Environment,
): GetHeaders {
  const isEmulator = source.endpoint === undefined && variable(environment, 'STORAGE_EMULATOR_HOST') !== undefined;
  if (source.anonymous === true || isEmulator || endpoint.withhold !== undefined) {
    return () => Promise.resolve(undefined);
  }
  let opened: Promise<() => Promise<Headers>> | undefined;
  return async () => {
    opened ??= openDefaults(environment);
    try {
      return await (await opened)();
    } catch (error) {
      throw notFound(environment, error);
    }
  };
}

async function openDefaults(environment: Environment): Promise<() => Promise<Headers>> {
  // Its default export: a bundled CommonJS module has no other.
  const { GoogleAuth } = (await import('google-auth-library')).default;
  const keyFilename = variable(environment, 'GOOGLE_APPLICATION_CREDENTIALS');
  const auth = new GoogleAuth({ scopes: [SCOPE], ...(keyFilename === undefined ? {} : { keyFilename }) });
  // It keeps the token, and gets another one when it is about to expire.
  return async () => Object.fromEntries(await auth.getRequestHeaders());
}

function notFound(environment: Environment, cause: unknown): ModelError {
  const file = variable(environment, 'GOOGLE_APPLICATION_CREDENTIALS');
  const gcloud = `${homeDirectory(environment)}/.config/gcloud/application_default_credentials.json`;
  return new ModelError('AUTH_REQUIRED', 'There are no credentials for Google Cloud Storage', {
    wanted: file === undefined
      ? `credentials in GOOGLE_APPLICATION_CREDENTIALS, ${gcloud}, or from the metadata service of a machine at Google`
      : `credentials in ${file}, which GOOGLE_APPLICATION_CREDENTIALS names`,
    found: cause instanceof Error ? cause.message : undefined,
    remedies: [
      'Log in (`gcloud auth application-default login`), or set GOOGLE_APPLICATION_CREDENTIALS to a file.',
      'For a public bucket set `anonymous = true` in the source.',
    ],
    cause,
  });
}
