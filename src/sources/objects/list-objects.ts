// Everything below a prefix of an object store, page by page, as files of a model. The listing is
// hostile until checked: it may be endless, repeat itself, or lie outside of what was asked for.
// Shared by s3, gcs and azure, which only know how to ask for one page.

import { ModelError } from '../../base/errors.ts';
import type { ManifestFile } from '../../base/manifest.ts';
import { printable } from '../printable.ts';
import { baseName, checkPrefix, folderOf } from './keys.ts';

export interface StoredObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Which version of the object this is, where the store keeps several. */
  readonly version?: string | undefined;
}

export interface ObjectPage {
  readonly objects: readonly StoredObject[];
  /** What to ask the next page with; undefined on the last one. */
  readonly next: string | undefined;
}

export interface PageQuestion {
  readonly prefix: string;
  readonly token?: string | undefined;
  /** At most so many objects; the store's own page size when absent. */
  readonly limit?: number | undefined;
}

export type FetchPage = (question: PageQuestion) => Promise<ObjectPage>;

/** Keeps memory bounded: no model has a tenth of that. */
const MAX_OBJECTS = 200_000;

/** A page may be empty and yet not the last one; a hostile store could go on like that for ever. */
const MAX_PAGES = 2_000;

/** Path of the model to its object. */
export type Listing = ReadonlyMap<string, StoredObject>;

export async function listObjects(
  prefix: string,
  fetchPage: FetchPage,
  subject: string,
): Promise<Listing> {
  checkPrefix(prefix, subject);
  const folder = folderOf(prefix);
  const objects = await everyPage(folder, fetchPage, subject);
  const files = objects.filter(isFile(objects));
  if (files.length > 0) {
    return new Map(files.map((object) => [object.key.slice(folder.length), object]));
  }
  const single = folder === prefix ? undefined : await singleObject(prefix, fetchPage);
  if (single !== undefined) return new Map([[baseName(prefix), single]]);
  throw new ModelError('NO_FILES_MATCH', 'There are no objects below this prefix', {
    subject,
    remedies: ['Check the bucket or container and the prefix: both are case-sensitive.'],
  });
}

/** As manifest files: what selectFiles chooses from. */
export function filesOf(listing: Listing): ManifestFile[] {
  return [...listing].map(([path, { size, version }]) => {
    return version === undefined ? { path, size } : { path, size, version };
  });
}

async function everyPage(
  prefix: string,
  fetchPage: FetchPage,
  subject: string,
): Promise<StoredObject[]> {
  const objects: StoredObject[] = [];
  const seen = new Set<string>();
  for (let token: string | undefined; ; ) {
    const page: ObjectPage = await fetchPage({ prefix, token });
    for (const object of page.objects) {
      if (!object.key.startsWith(prefix)) throw outside(object.key, subject);
      objects.push(object);
    }
    if (objects.length > MAX_OBJECTS) throw tooLarge(subject);
    token = page.next;
    if (token === undefined) return objects;
    if (seen.has(token)) throw endless(subject, 'it comes back to a page that was there before');
    if (seen.size === MAX_PAGES) throw endless(subject, `it has more than ${MAX_PAGES} pages`);
    seen.add(token);
  }
}

/** The first of all keys that begin with the prefix is the prefix itself, where it is a key. */
async function singleObject(prefix: string, fetchPage: FetchPage): Promise<StoredObject | undefined> {
  const { objects } = await fetchPage({ prefix, limit: 1 });
  return objects.find(({ key }) => key === prefix);
}

/** Consoles and file systems on top of a store mark folders by empty objects: "a/", or "a" beside "a/b". */
function isFile(objects: readonly StoredObject[]): (object: StoredObject) => boolean {
  const folders = new Set<string>();
  for (const { key } of objects) {
    for (let end = key.indexOf('/'); end >= 0; end = key.indexOf('/', end + 1)) {
      folders.add(key.slice(0, end));
    }
  }
  return ({ key, size }) => size > 0 || !(key.endsWith('/') || folders.has(key));
}

function outside(key: string, subject: string): ModelError {
  return new ModelError('PROTOCOL', 'The store lists an object that was not asked for', {
    subject,
    found: printable(key, MAX_SHOWN),
  });
}

function endless(subject: string, why: string): ModelError {
  return new ModelError('PROTOCOL', `The listing does not end: ${why}`, { subject });
}

function tooLarge(subject: string): ModelError {
  return new ModelError('FORMAT_LIMIT', 'There are too many objects below this prefix for a model', {
    subject,
    wanted: `at most ${MAX_OBJECTS}`,
    remedies: ['Give the prefix of one model.'],
  });
}

const MAX_SHOWN = 200;
