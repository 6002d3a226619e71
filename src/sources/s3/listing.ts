// One page of a bucket's listing (ListObjectsV2), and what a single object says about itself. Both
// are a server's word: types and sizes are checked here, names where the selection is made.

import { ModelError } from '../../base/errors.ts';
import type { ManifestFile } from '../../base/manifest.ts';
import type { Headers } from '../objects/head-files.ts';
import type { ObjectPage, PageQuestion, StoredObject } from '../objects/list-objects.ts';
import { parseSize } from '../objects/parse-size.ts';
import { children, readXml, textOf, type XmlNode } from '../objects/xml.ts';
import { printable } from '../printable.ts';
import type { Bucket } from './bucket.ts';

/** A thousand keys of a kilobyte each, percent-encoded, and what stands around them. */
const MAX_PAGE_BYTES = 16 * 1024 * 1024;

export async function fetchPage(bucket: Bucket, question: PageQuestion): Promise<ObjectPage> {
  const { prefix, token, limit } = question;
  const query = {
    'list-type': '2',
    // Keys may hold characters that XML has no way to write.
    'encoding-type': 'url',
    prefix,
    ...(token === undefined ? {} : { 'continuation-token': token }),
    ...(limit === undefined ? {} : { 'max-keys': String(limit) }),
  };
  const response = await bucket.ask({ key: '', query });
  const page = await readXml(response, 'ListBucketResult', MAX_PAGE_BYTES);
  const isEncoded = textOf(page, 'EncodingType') === 'url';
  const objects = children(page, 'Contents').map((entry) => parseEntry(entry, isEncoded, bucket));
  const isLast = textOf(page, 'IsTruncated') !== 'true';
  const next = textOf(page, 'NextContinuationToken');
  if (isLast || next !== undefined) return { objects, next: isLast ? undefined : next };
  throw malformed(bucket, 'a token for the next page');
}

export async function headObject(bucket: Bucket, key: string): Promise<Headers> {
  const headers = { 'x-amz-checksum-mode': 'ENABLED' };
  const response = await bucket.ask({ key, method: 'HEAD', headers });
  response.discard();
  return response.headers;
}

/** The version, where the bucket keeps versions; the sha256, where whoever uploaded it had S3 keep one. */
export function pinsOf(headers: Headers): Pick<ManifestFile, 'sha256' | 'version'> {
  const version = headers['x-amz-version-id'];
  const checksum = headers['x-amz-checksum-sha256'] ?? '';
  // Of an object that came in parts S3 may keep a digest of the parts' digests instead.
  const isWhole = headers['x-amz-checksum-type'] === 'FULL_OBJECT' && /^[\w+/]{43}=$/.test(checksum);
  return {
    ...(version === undefined || version === 'null' ? {} : { version }),
    ...(isWhole ? { sha256: Buffer.from(checksum, 'base64').toString('hex') } : {}),
  };
}

function parseEntry(entry: XmlNode, isEncoded: boolean, bucket: Bucket): StoredObject {
  const text = textOf(entry, 'Key');
  if (text === undefined) throw malformed(bucket, 'a key for each object');
  const key = isEncoded ? decodeKey(text, bucket) : text;
  return { key, size: parseSize(textOf(entry, 'Size'), `s3://${bucket.source.bucket}/${key}`) };
}

/** As in a form: AWS writes a space as "+". */
function decodeKey(text: string, bucket: Bucket): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw malformed(bucket, 'keys in UTF-8', text);
  }
}

function malformed({ subject }: Bucket, wanted: string, found?: string): ModelError {
  const details = found === undefined ? {} : { found: printable(found, MAX_SHOWN) };
  return new ModelError('PROTOCOL', "The bucket's listing is malformed", { subject, wanted, ...details });
}

const MAX_SHOWN = 100;
