// Addresses of S3 buckets and objects: AWS's own by region, with the bucket as part of the host name;
// any other server's with the bucket in the path, unless the spec says otherwise. Pure.

import { type Environment, variable } from '../../base/env.ts';
import { ModelError } from '../../base/errors.ts';
import type { S3Source } from '../../base/spec.ts';
import { encodeKey, type Query, queryText } from '../objects/keys.ts';

/** Where AWS itself answers for every bucket, if only to say in which region it lies. */
export const DEFAULT_REGION = 'us-east-1';

/** The spec's region, else the environment's, as the AWS tools have it; undefined where neither says. */
export function regionOf(source: S3Source, environment: Environment): string | undefined {
  const region =
    source.region ??
    variable(environment, 'AWS_REGION') ??
    variable(environment, 'AWS_DEFAULT_REGION');
  if (region !== undefined) checkRegion(region);
  return region;
}

/** It becomes part of a host name: also where a server names it. */
export function checkRegion(region: string): void {
  if (/^[a-z0-9][a-z0-9-]{0,62}$/.test(region)) return;
  throw new ModelError('SPEC_INVALID', 'Not the name of a region', {
    wanted: 'such as us-east-1',
    found: region,
  });
}

/** The address of a bucket, without a slash at the end. */
export function bucketUrl(source: S3Source, region: string, environment: Environment): string {
  const endpoint = endpointOf(source, environment);
  checkBucket(source.bucket, endpoint === undefined);
  if (endpoint !== undefined) {
    const pathStyle = source.pathStyle ?? true;
    return pathStyle ? `${trimmed(endpoint)}/${source.bucket}` : trimmed(withHost(endpoint, source.bucket));
  }
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const host = `s3.${region}.${domain}`;
  // A certificate for *.s3.region.amazonaws.com does not cover names with another dot.
  const pathStyle = source.pathStyle ?? source.bucket.includes('.');
  return pathStyle ? `https://${host}/${source.bucket}` : `https://${source.bucket}.${host}`;
}

export function objectUrl(bucket: string, key: string, query: Query = {}): string {
  const text = queryText(query);
  return `${bucket}/${encodeKey(key)}${text === '' ? '' : `?${text}`}`;
}

/** The server's address where it is not AWS: from the spec, else as the AWS tools are told. */
export function endpointOf(source: S3Source, environment: Environment): URL | undefined {
  const names = ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL'];
  const name = source.endpoint === undefined
    ? names.find((candidate) => variable(environment, candidate) !== undefined)
    : 'endpoint';
  if (name === undefined) return undefined;
  const text = source.endpoint ?? variable(environment, name) ?? '';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const web = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (url !== undefined && web && url.username === '' && url.password === '') return url;
  throw new ModelError('SPEC_INVALID', `${name} is not the address of an S3 server`, {
    wanted: 'an http or https address without name and password',
    found: text,
    remedies: [`Correct ${name}, or leave it out for AWS.`],
  });
}

function checkBucket(bucket: string, isAws: boolean): void {
  // Other servers, and old buckets, also have capital letters and underscores.
  const rule = isAws ? /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/ : /^[A-Za-z0-9][\w.-]{1,61}[A-Za-z0-9]$/;
  if (rule.test(bucket) && !bucket.includes('..')) return;
  throw new ModelError('SPEC_INVALID', 'Not the name of a bucket', {
    wanted: 'three to 63 lower-case letters, digits, "-" and "."',
    found: bucket,
    remedies: ['Give the name alone: what follows it in an s3:// address is the `prefix`.'],
  });
}

function trimmed({ origin, pathname }: URL): string {
  return (origin + pathname).replace(/\/+$/, '');
}

function withHost(endpoint: URL, bucket: string): URL {
  const url = new URL(endpoint);
  url.hostname = `${bucket}.${url.hostname}`;
  return url;
}
