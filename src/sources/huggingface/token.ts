// The user's Hugging Face token: where it comes from and where it may go. Errors name the place it
// was found in, never the token.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Environment, homeDirectory, variable } from '../../base/env.ts';
import { ModelError, toModelError } from '../../base/errors.ts';
import { isLoopback, maySendSecrets, sameOrigin } from '../../net/origin-rules.ts';
import { DEFAULT_ENDPOINT, environmentEndpoint } from './endpoint.ts';

export interface Token {
  readonly value: string;
  /** The variable or the file that it was read from. */
  readonly from: string;
}

/** The first that is set, in the order of Hugging Face's own clients. */
export function findToken(environment: Environment): Token | undefined {
  if (isTrue(variable(environment, 'HF_HUB_DISABLE_IMPLICIT_TOKEN'))) return undefined;
  return (
    tokenOf(environment['HF_TOKEN'], 'HF_TOKEN') ??
    tokenOf(environment['HUGGING_FACE_HUB_TOKEN'], 'HUGGING_FACE_HUB_TOKEN') ??
    tokenFile(environment)
  );
}

/** Why a token stays here although there is one; undefined where it may be sent. */
export function reasonToWithhold(endpoint: string, environment: Environment): string | undefined {
  const url = new URL(endpoint);
  if (!maySendSecrets(url)) return `${endpoint} is not encrypted; use its https address`;
  // A spec is often somebody else's work: it must not be able to send the user's token anywhere.
  const own = [DEFAULT_ENDPOINT, environmentEndpoint(environment)].map((text) => new URL(text));
  if (isLoopback(url) || own.some((known) => sameOrigin(known, url))) return undefined;
  return `only the spec names ${endpoint}; set HF_ENDPOINT to it if you trust it`;
}

function tokenFile(environment: Environment): Token | undefined {
  const path = variable(environment, 'HF_TOKEN_PATH') ?? join(hfHome(environment), 'token');
  try {
    return tokenOf(readFileSync(path, 'utf8'), path);
  } catch (error) {
    if (error instanceof ModelError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    // Set for all machines, present on some: public models need none.
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    const message = 'The file with the Hugging Face token cannot be read';
    throw new ModelError(toModelError(error).code, message, {
      subject: path,
      cause: error,
      remedies: ['Make the file readable for this user, or set HF_TOKEN_PATH to another one.'],
    });
  }
}

function hfHome(environment: Environment): string {
  const cache = variable(environment, 'XDG_CACHE_HOME') ?? join(homeDirectory(environment), '.cache');
  return variable(environment, 'HF_HOME') ?? join(cache, 'huggingface');
}

function tokenOf(text: string | undefined, from: string): Token | undefined {
  const value = (text ?? '').replace(/[\r\n]/g, '').trim();
  if (value === '') return undefined;
  if (/^[\x21-\x7e]+$/.test(value)) return { value, from };
  throw new ModelError('AUTH_INVALID', `The token in ${from} has characters that no token has`, {
    remedies: [`Check that ${from} holds one token and nothing else.`],
  });
}

function isTrue(value: string | undefined): boolean {
  return value !== undefined && ['1', 'ON', 'YES', 'TRUE'].includes(value.toUpperCase());
}
