// Who asks: the AWS tools' own chain of places with credentials. Keys in the environment are taken as
// they are; for everything else (profiles, single sign-on, web identity, instance metadata) AWS's
// provider package is loaded, and only then. Messages name the place, never the key.

import { join } from 'node:path';
import { type Environment, homeDirectory, variable } from '../../base/env.ts';
import { ModelError } from '../../base/errors.ts';
import type { S3Source } from '../../base/spec.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface CredentialSource {
  /** For messages: the variable or profile; undefined where nothing is signed. */
  readonly from: string | undefined;
  /** Undefined where nothing is signed. Renews what has expired. */
  readonly get: () => Promise<Credentials | undefined>;
}

export function credentialsFor(
  source: S3Source,
  region: string,
  environment: Environment,
): CredentialSource {
  if (source.anonymous === true) return { from: undefined, get: () => Promise.resolve(undefined) };
  const profile = source.profile ?? variable(environment, 'AWS_PROFILE');
  const fixed = profile === undefined ? environmentKeys(environment) : undefined;
  if (fixed !== undefined) return { from: 'AWS_ACCESS_KEY_ID', get: () => Promise.resolve(fixed) };
  const from = profile === undefined ? "AWS's chain of credentials" : `the profile "${profile}"`;
  let chain: Promise<() => Promise<Credentials>> | undefined;
  return {
    from,
    get: async () => {
      chain ??= loadChain(profile, region, environment);
      try {
        return await (await chain)();
      } catch (error) {
        throw notFound(profile, environment, error);
      }
    },
  };
}

function environmentKeys(environment: Environment): Credentials | undefined {
  const accessKeyId = variable(environment, 'AWS_ACCESS_KEY_ID');
  const secretAccessKey = variable(environment, 'AWS_SECRET_ACCESS_KEY');
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { accessKeyId, secretAccessKey, sessionToken: variable(environment, 'AWS_SESSION_TOKEN') };
}

async function loadChain(
  profile: string | undefined,
  region: string,
  environment: Environment,
): Promise<() => Promise<Credentials>> {
  // Its default export: a bundled CommonJS module has no other.
  const { defaultProvider } = (await import('@aws-sdk/credential-provider-node')).default;
  return defaultProvider({
    ...sharedFiles(environment),
    ...(profile === undefined ? {} : { profile }),
    clientConfig: { region },
  });
}

function sharedFiles(environment: Environment): { filepath: string; configFilepath: string } {
  const folder = join(homeDirectory(environment), '.aws');
  return {
    filepath: variable(environment, 'AWS_SHARED_CREDENTIALS_FILE') ?? join(folder, 'credentials'),
    configFilepath: variable(environment, 'AWS_CONFIG_FILE') ?? join(folder, 'config'),
  };
}

function notFound(
  profile: string | undefined,
  environment: Environment,
  cause: unknown,
): ModelError {
  const { filepath, configFilepath } = sharedFiles(environment);
  const files = `${filepath} and ${configFilepath}`;
  const message = profile === undefined
    ? 'There are no credentials for S3'
    : `The profile "${profile}" gives no credentials for S3`;
  return new ModelError('AUTH_REQUIRED', message, {
    wanted: profile === undefined
      ? `credentials in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, ${files}, ` +
        'AWS_WEB_IDENTITY_TOKEN_FILE, or from the metadata service of a container or an instance'
      : `[${profile}] in ${files}`,
    found: cause instanceof Error ? cause.message : undefined,
    remedies: [
      'Log in (`aws sso login`, `aws configure`), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
      'For a public bucket set `anonymous = true` in the source.',
    ],
    cause,
  });
}
