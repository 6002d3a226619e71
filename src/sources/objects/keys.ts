// Between the keys of an object store and the paths of a model: a model lies below a prefix, which
// its paths leave out. Pure; shared by s3, gcs and azure.

import { ModelError } from '../../base/errors.ts';
import type { ManifestFile } from '../../base/manifest.ts';

/** What every key of the model begins with: empty, or with a slash at the end. */
export function folderOf(prefix: string): string {
  return prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
}

/**
 * Where a path may lie, the likelier key first. A prefix may also name one object: then the model
 * has this one file, by its base name.
 */
export function keysOf(prefix: string, path: string): string[] {
  const inFolder = folderOf(prefix) + path;
  const isObject = prefix !== '' && !prefix.endsWith('/') && baseName(prefix) === path;
  return isObject ? [inFolder, prefix] : [inFolder];
}

/** One way to ask for an object. */
export interface Candidate {
  readonly key: string;
  readonly query: Query;
}

/**
 * Every way to ask for a file, the best first: the version that was pinned, then the object as it is
 * now. Who may read an object need not have the right to read versions, and a version that is gone
 * may have been the same bytes: the digest tells.
 */
export function candidatesFor(
  { path, version }: ManifestFile,
  prefix: string,
  versionName: string,
): [Candidate, ...Candidate[]] {
  const keys = keysOf(prefix, path);
  const current = keys.map((key) => ({ key, query: {} }));
  const pinned = version === undefined
    ? []
    : keys.map((key) => ({ key, query: { [versionName]: version } }));
  return [...pinned, ...current] as [Candidate, ...Candidate[]];
}

export function baseName(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

/** A key as the path of a URL: everything is encoded but what RFC 3986 leaves alone. */
export function encodeKey(key: string): string {
  return key.split('/').map(encodePart).join('/');
}

/** encodeURIComponent leaves !'()* as they are; signatures are made over their codes. */
export function encodePart(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  });
}

export type Query = Readonly<Record<string, string>>;

/** Without the question mark. */
export function queryText(query: Query): string {
  const pairs = Object.entries(query);
  return pairs.map(([name, value]) => `${encodePart(name)}=${encodePart(value)}`).join('&');
}

/** A URL parser resolves "." and "..", however encoded: the request would go somewhere else. */
export function checkPrefix(prefix: string, subject: string): void {
  if (!prefix.split('/').some((part) => part === '.' || part === '..')) return;
  throw new ModelError('SPEC_INVALID', 'A prefix with "." or ".." cannot be asked for', {
    subject,
    found: prefix,
    remedies: ['Write the prefix as the store lists it, such as `models/tiny`.'],
  });
}
