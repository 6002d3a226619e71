// Addresses of Google Cloud Storage's JSON API. Pure.

import { type Environment, variable } from '../../base/env.ts';
import { ModelError } from '../../base/errors.ts';
import type { GcsSource } from '../../base/spec.ts';
import { checkEndpoint, type Endpoint } from '../objects/endpoint.ts';
import { encodePart, type Query, queryText } from '../objects/keys.ts';

export const DEFAULT_ENDPOINT = 'https://storage.googleapis.com';

const EMULATOR = 'STORAGE_EMULATOR_HOST';

/** The spec's own, else the emulator that Google's clients would use, else Google's. */
export function endpointOf(source: GcsSource, environment: Environment): Endpoint {
  const vendor = /(^|\.)googleapis\.com$/;
  const { endpoint } = source;
  if (endpoint !== undefined) {
    return checkEndpoint(endpoint, { name: 'endpoint', isOwn: false, vendor });
  }
  const emulator = variable(environment, EMULATOR);
  if (emulator === undefined) return { url: DEFAULT_ENDPOINT, withhold: undefined };
  // Google's clients take `host:port` as well.
  const address = emulator.includes('://') ? emulator : `http://${emulator}`;
  return checkEndpoint(address, { name: EMULATOR, isOwn: true, vendor });
}

export function listUrl(endpoint: string, bucket: string, query: Query): string {
  return `${bucketUrl(endpoint, bucket)}/o?${queryText(query)}`;
}

/** The object's content. Its key is one component of the path, slashes included. */
export function mediaUrl(endpoint: string, bucket: string, key: string, query: Query): string {
  return `${bucketUrl(endpoint, bucket)}/o/${encodePart(key)}?${queryText({ alt: 'media', ...query })}`;
}

function bucketUrl(endpoint: string, bucket: string): string {
  if (/^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/.test(bucket) && !bucket.includes('..')) {
    return `${endpoint}/storage/v1/b/${bucket}`;
  }
  throw new ModelError('SPEC_INVALID', 'Not the name of a bucket', {
    wanted: 'lower-case letters, digits, "-", "_" and "."',
    found: bucket,
    remedies: ['Give the name alone: what follows it in a gs:// address is the `prefix`.'],
  });
}
