// Addresses of a Hugging Face hub: its API, its files, its pages. Pure; every part that comes from
// a spec or a listing is encoded here and nowhere else.

import { type Environment, variable } from '../../base/env.ts';
import { ModelError } from '../../base/errors.ts';
import type { HuggingFaceSource } from '../../base/spec.ts';

export const DEFAULT_ENDPOINT = 'https://huggingface.co';

/** The hub's address: the spec's own, else HF_ENDPOINT, else huggingface.co. */
export function endpointOf(source: HuggingFaceSource, environment: Environment): string {
  return source.endpoint === undefined
    ? environmentEndpoint(environment)
    : parseEndpoint(source.endpoint, 'endpoint');
}

export function environmentEndpoint(environment: Environment): string {
  return parseEndpoint(variable(environment, 'HF_ENDPOINT') ?? DEFAULT_ENDPOINT, 'HF_ENDPOINT');
}

/** Such as {endpoint}/api/models/org/name/tree/refs%2Fpr%2F1 */
export function apiUrl(
  endpoint: string,
  source: HuggingFaceSource,
  kind: 'revision' | 'tree',
  revision: string,
): string {
  const parts = [`${source.repoType}s`, ...repoParts(source.repo), kind, revisionPart(revision)];
  return `${endpoint}/api/${parts.join('/')}`;
}

export function fileUrl(
  endpoint: string,
  source: HuggingFaceSource,
  revision: string,
  path: string,
): string {
  const parts = path.split('/').map(encodeURIComponent);
  return `${pageUrl(endpoint, source)}/resolve/${revisionPart(revision)}/${parts.join('/')}`;
}

/** The repository's page, for people. */
export function pageUrl(endpoint: string, source: HuggingFaceSource): string {
  const prefix = source.repoType === 'model' ? '' : `${source.repoType}s/`;
  return `${endpoint}/${prefix}${repoParts(source.repo).join('/')}`;
}

function repoParts(repo: string): string[] {
  const parts = repo.split('/');
  const isValid = (part: string): boolean => /^[\w.-]+$/.test(part) && !/^\.+$/.test(part);
  if (parts.length <= 2 && parts.every(isValid)) return parts;
  throw new ModelError('SPEC_INVALID', 'Not the name of a Hugging Face repository', {
    found: repo,
    wanted: 'org/name, of letters, digits, "-", "_" and "."',
  });
}

/** One path component: the slashes of refs/pr/1 are encoded, or the hub finds nothing. */
function revisionPart(revision: string): string {
  // Dots alone would be resolved as a path by the URL parser; git allows no such name either.
  if (revision !== '' && !/^\.+$/.test(revision)) return encodeURIComponent(revision);
  throw new ModelError('SPEC_INVALID', 'Not a revision', { found: JSON.stringify(revision) });
}

function parseEndpoint(text: string, name: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const web = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (url !== undefined && web && url.username === '' && url.password === '') {
    return (url.origin + url.pathname).replace(/\/+$/, '');
  }
  throw new ModelError('SPEC_INVALID', `${name} is not the address of a hub`, {
    wanted: 'an http or https address without name and password',
    found: text,
    remedies: [`Correct ${name}, or leave it out for ${DEFAULT_ENDPOINT}.`],
  });
}
