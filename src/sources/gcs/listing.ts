// One page of a bucket's listing in the JSON API. A server's word: types and sizes are checked here,
// names where the selection is made.

import { ModelError } from '../../base/errors.ts';
import type { GcsSource } from '../../base/spec.ts';
import { readJson } from '../../net/read-json.ts';
import { withRetries } from '../../net/with-retries.ts';
import type { ObjectPage, PageQuestion, StoredObject } from '../objects/list-objects.ts';
import { parseSize } from '../objects/parse-size.ts';
import { printable } from '../printable.ts';
import type { SourceContext } from '../source.ts';
import { listUrl } from './address.ts';
import type { GetHeaders } from './credentials.ts';
import { explainFailure, readFailure } from './errors.ts';

/** Google's largest page. */
const PAGE_SIZE = 1_000;

/** A thousand names of a kilobyte each, escaped, with sizes and generations. */
const MAX_PAGE_BYTES = 16 * 1024 * 1024;

export interface Bucket {
  readonly source: GcsSource;
  readonly subject: string;
  readonly endpoint: string;
  readonly withheld: string | undefined;
  readonly getHeaders: GetHeaders;
  readonly context: SourceContext;
}

export async function fetchPage(bucket: Bucket, question: PageQuestion): Promise<ObjectPage> {
  const { source, subject, endpoint, withheld, context } = bucket;
  const { prefix, token, limit = PAGE_SIZE } = question;
  const url = listUrl(endpoint, source.bucket, {
    prefix,
    maxResults: String(limit),
    fields: 'nextPageToken,items(name,size,generation)',
    ...(token === undefined ? {} : { pageToken: token }),
  });
  const credentials = await bucket.getHeaders();
  const value = await withRetries(
    async () => {
      const response = await context.http.request({ url, credentials, signal: context.signal });
      if (response.status === 200) return await readJson(response, MAX_PAGE_BYTES);
      const signed = credentials !== undefined;
      throw explainFailure(await readFailure(response), { source, subject, signed, withheld });
    },
    { path: subject, ...context },
  );
  return parsePage(value, subject);
}

function parsePage(value: unknown, subject: string): ObjectPage {
  if (!isRecord(value)) throw malformed(subject, 'a page of objects', value);
  // An empty page has no list at all.
  const { items = [], nextPageToken } = value;
  if (!Array.isArray(items)) throw malformed(subject, 'a list of objects', items);
  if (nextPageToken !== undefined && typeof nextPageToken !== 'string') {
    throw malformed(subject, 'a token for the next page', nextPageToken);
  }
  const next = nextPageToken === '' ? undefined : nextPageToken;
  return { objects: items.map((item: unknown) => parseItem(item, subject)), next };
}

function parseItem(item: unknown, subject: string): StoredObject {
  if (!isRecord(item) || typeof item['name'] !== 'string') {
    throw malformed(subject, 'an object with a name', item);
  }
  const { name, size, generation } = item;
  // 64-bit numbers are written as text.
  if (typeof generation !== 'string' || !/^\d{1,19}$/.test(generation)) {
    throw malformed(`${subject}: ${name}`, 'a generation', generation);
  }
  const bytes = parseSize(typeof size === 'string' ? size : undefined, `${subject}: ${name}`);
  return { key: name, size: bytes, version: generation };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(subject: string, wanted: string, found: unknown): ModelError {
  return new ModelError('PROTOCOL', "The bucket's listing is malformed", {
    subject: printable(subject),
    wanted,
    found: found === undefined ? 'nothing' : printable(JSON.stringify(found), MAX_SHOWN),
  });
}

const MAX_SHOWN = 100;
