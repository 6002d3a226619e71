// The user's logins to registries, as docker, podman, skopeo and oras keep them: JSON files with
// `auths`. Credential helpers are other programs and are not run; errors say so. A login is used for
// the registry that it was made for and for no other.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Environment, homeDirectory, variable } from '../../base/env.ts';
import { ModelError, toModelError } from '../../base/errors.ts';
import { maySendSecrets } from '../../net/origin-rules.ts';
import type { RepositoryAddress } from './address.ts';

export interface Login {
  /** Value of an Authorization header. */
  readonly basic: string;
  /** The file that it was read from. */
  readonly from: string;
}

export interface FoundLogin {
  readonly login?: Login | undefined;
  /** Why a login that seems to be there is not used. */
  readonly withheld?: string | undefined;
}

type Json = Readonly<Record<string, unknown>>;

/** The first file that has one for this registry. */
export function findLogin(address: RepositoryAddress, environment: Environment): FoundLogin {
  let withheld: string | undefined;
  for (const path of loginFiles(environment)) {
    const found = loginIn(path, address);
    if (found.login !== undefined && !maySendSecrets(new URL(address.origin))) {
      return { withheld: `${address.origin} is not encrypted` };
    }
    if (found.login !== undefined) return found;
    withheld ??= found.withheld;
  }
  return { withheld };
}

/** REGISTRY_AUTH_FILE alone where it is set; else podman's places, then docker's. */
function loginFiles(environment: Environment): string[] {
  const only = variable(environment, 'REGISTRY_AUTH_FILE');
  if (only !== undefined) return [only];
  const home = homeDirectory(environment);
  const runtime = variable(environment, 'XDG_RUNTIME_DIR');
  const config = variable(environment, 'XDG_CONFIG_HOME') ?? join(home, '.config');
  return [
    ...(runtime === undefined ? [] : [join(runtime, 'containers/auth.json')]),
    join(config, 'containers/auth.json'),
    join(variable(environment, 'DOCKER_CONFIG') ?? join(home, '.docker'), 'config.json'),
  ];
}

function loginIn(path: string, { host, repository }: RepositoryAddress): FoundLogin {
  const file = readLogins(path);
  const auths = record(file['auths']);
  const keys = Object.keys(auths);
  for (const place of placesOf(host, repository)) {
    const key = keys.find((candidate) => placeOf(candidate) === place);
    const login = key === undefined ? undefined : readLogin(record(auths[key]), path);
    if (login !== undefined) return login;
  }
  const helpers = record(file['credHelpers']);
  const helper = helpers[host] ?? file['credsStore'];
  if (typeof helper !== 'string' || helper === '') return {};
  const program = `docker-credential-${helper}`;
  return { withheld: `${path} leaves it to the credential helper ${program}, which is not run` };
}

/** podman files logins under parts of a repository's name too: the longest one counts. */
function placesOf(host: string, repository: string): string[] {
  const components = [host, ...repository.split('/')];
  return components.map((_, index) => components.slice(0, components.length - index).join('/'));
}

/** `https://index.docker.io/v1/` is docker's old way to say `docker.io`. */
function placeOf(key: string): string {
  const place = key.replace(/^https?:\/\//, '').replace(/\/(v[12]\/?)?$/, '');
  return place === 'index.docker.io' || place === 'registry-1.docker.io' ? 'docker.io' : place;
}

function readLogin(entry: Json, from: string): FoundLogin | undefined {
  if (typeof entry['identitytoken'] === 'string' && entry['identitytoken'] !== '') {
    return { withheld: `${from} has an identity token for it, which this version cannot use` };
  }
  const { auth, username, password } = entry;
  const apart = typeof username === 'string' && typeof password === 'string';
  const encoded = typeof auth === 'string' ? Buffer.from(auth, 'base64').toString('utf8') : '';
  const pair = encoded === '' && apart ? `${username}:${password}` : encoded;
  // docker leaves an empty entry where a credential helper has the password.
  if (pair === '') return undefined;
  // An HTTP header cannot hold it, and "name:password" has a colon.
  if (/^[^:\p{Cc}]+:[^\p{Cc}]*$/u.test(pair)) {
    return { login: { basic: `Basic ${Buffer.from(pair).toString('base64')}`, from } };
  }
  throw unreadable(from, 'an `auth` that is "name:password" in base64');
}

function readLogins(path: string): Json {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Most machines have none of these files: public models need no login.
    if (code === 'ENOENT' || code === 'ENOTDIR') return {};
    throw new ModelError(toModelError(error).code, 'The file with logins to registries cannot be read', {
      subject: path,
      cause: error,
      remedies: ['Make the file readable for this user, or let REGISTRY_AUTH_FILE name another one.'],
    });
  }
  try {
    return record(JSON.parse(text));
  } catch {
    throw unreadable(path, 'JSON');
  }
}

function record(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

/** Shows nothing of the file: it is full of passwords. */
function unreadable(path: string, wanted: string): ModelError {
  return new ModelError('AUTH_INVALID', 'The file with logins to registries is malformed', {
    subject: path,
    wanted,
    remedies: ['Log in again: `docker login`, `podman login` or `skopeo login`.'],
  });
}
