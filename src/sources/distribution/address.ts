// Where a repository of a Docker or OCI registry is: the registry's origin, the URLs of manifests
// and blobs, the short form for messages. Names are checked here, because they become URLs. Pure.

import { ModelError } from '../../base/errors.ts';
import type { RegistrySource } from '../../base/spec.ts';
import { isLoopback } from '../../net/origin-rules.ts';

export interface RepositoryAddress {
  /** Without a slash at the end. */
  readonly origin: string;
  /** The registry as people write it and as logins are filed: a host, with its port if any. */
  readonly host: string;
  /** Repository's name within the registry. */
  readonly repository: string;
  readonly reference: string;
}

const COMPONENT = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Of the distribution specification, host and repository together. */
const MAX_REPOSITORY_LENGTH = 255;

/** Docker Hub's API lives elsewhere than its name says, and its own images in `library`. */
const DOCKER_HUB = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io']);

export function repositoryAddress(source: RegistrySource): RepositoryAddress {
  const { registry, repository, reference } = source;
  const url = parseRegistry(registry);
  const components = repository.split('/');
  if (repository.length > MAX_REPOSITORY_LENGTH || !components.every(isComponent)) {
    throw invalid('Not a repository', 'org/name, of letters, digits, "-", "_" and "."', repository);
  }
  if (!TAG.test(reference) && !isDigest(reference)) {
    throw invalid('Not a tag or digest', 'latest, or sha256: and 64 hexadecimal digits', reference);
  }
  if (!DOCKER_HUB.has(url.host)) return { origin: url.origin, host: url.host, repository, reference };
  const name = components.length === 1 ? `library/${repository}` : repository;
  return { origin: 'https://registry-1.docker.io', host: 'docker.io', repository: name, reference };
}

export function isDigest(reference: string): boolean {
  return DIGEST.test(reference);
}

export function manifestUrl({ origin, repository }: RepositoryAddress, reference: string): string {
  return `${origin}/v2/${repository}/manifests/${reference}`;
}

export function blobUrl({ origin, repository }: RepositoryAddress, digest: string): string {
  return `${origin}/v2/${repository}/blobs/${digest}`;
}

/** `ghcr.io/org/name:tag`, with the scheme only where it is not the one to expect. */
export function shortForm({ origin, host, repository, reference }: RepositoryAddress): string {
  const url = new URL(origin);
  const usual = url.protocol === (isLoopback(url) ? 'http:' : 'https:');
  const separator = isDigest(reference) ? '@' : ':';
  return `${usual ? '' : `${url.protocol}//`}${host}/${repository}${separator}${reference}`;
}

function isComponent(text: string): boolean {
  return COMPONENT.test(text);
}

/** Without a scheme it is https, and http on this machine only, as other clients have it. */
function parseRegistry(registry: string): URL {
  const text = /^[a-z]+:\/\//i.test(registry) ? registry : withScheme(registry);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const web = url?.protocol === 'https:' || url?.protocol === 'http:';
  const bare = url?.username === '' && url.password === '' && url.pathname === '/' && url.search === '';
  if (url !== undefined && web && bare && url.hash === '') return url;
  throw invalid('Not a registry', 'the address of a server, such as https://ghcr.io', registry);
}

function withScheme(host: string): string {
  const plain = `http://${host}`;
  return URL.canParse(plain) && isLoopback(new URL(plain)) ? plain : `https://${host}`;
}

function invalid(message: string, wanted: string, found: string): ModelError {
  return new ModelError('SPEC_INVALID', message, { wanted, found: JSON.stringify(found) });
}
