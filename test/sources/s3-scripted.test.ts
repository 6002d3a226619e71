// The source `s3` before servers that do what Swift does not: checksums, regions, broken and hostile
// answers. The honest one is in s3.test.ts.

import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../src/base/manifest.ts';
import type { S3Source } from '../../src/base/spec.ts';
import { s3 } from '../../src/sources/s3.ts';
import type { SourceContext } from '../../src/sources/source.ts';
import { fakeClock } from '../net/fake-clock.ts';
import { serve } from '../net/local-server.ts';
import { openHttp } from '../net/open-http.ts';
import { rejection } from '../net/rejection.ts';
import { download } from './download.ts';
import { type Answer, type Script, type ScriptedHub, serveScript } from './scripted-hub.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'verysecret' };
const DIGEST = 'ab'.repeat(32);
const CHECKSUM = Buffer.from(DIGEST, 'hex').toString('base64');

const entry = (key: string, size: number | string = 1): string =>
  `<Contents><Key>${key}</Key><Size>${size}</Size><ETag>&quot;e&quot;</ETag></Contents>`;
const page = (contents: string, more = ''): Answer => ({
  status: 200,
  body: `<?xml version="1.0"?>\n<ListBucketResult>${contents}<IsTruncated>${more === '' ? 'false' : 'true'}</IsTruncated>${more}</ListBucketResult>`,
});
const token = (text: string): string => `<NextContinuationToken>${text}</NextContinuationToken>`;
const failure = (status: number, code: string, more = '', headers = {}): Answer => ({
  status,
  headers,
  body: `<Error><Code>${code}</Code><Message>because</Message>${more}</Error>`,
});
const object = (headers: Record<string, string> = {}): Answer => ({
  status: 200,
  headers: { 'content-length': '1', ...headers },
});

const contextOf = (environment: Record<string, string> = KEYS): SourceContext => ({
  http: openHttp(),
  environment: { HOME: '/nonexistent', ...environment },
  clock: fakeClock(),
});
const sourceOf = (url: string, part: Partial<S3Source> = {}): S3Source => ({
  bucket: 'bucket', prefix: 'm', endpoint: url, region: 'us-east-1', ...part,
});
const resolve = (
  url: string,
  part?: Partial<S3Source>,
  environment?: Record<string, string>,
): Promise<Manifest> =>
  s3.resolve({ s3: sourceOf(url, part) }, { include: [], exclude: [] }, contextOf(environment));

/** A bucket that lists this, with these objects below m/. */
async function bucketOf(list: Answer | readonly Answer[], objects: Script = {}): Promise<ScriptedHub> {
  const paths = Object.entries(objects).map(([name, answer]) => [`/bucket/m/${name}`, answer]);
  return await serveScript({ '/bucket/': list, ...(Object.fromEntries(paths) as Script) });
}

describe('what is listed', () => {
  it('has the sha256 that S3 keeps of a whole object, but no digest of digests', async () => {
    const { url } = await bucketOf(page(entry('m/a') + entry('m/b') + entry('m/c')), {
      a: object({ 'x-amz-checksum-sha256': CHECKSUM, 'x-amz-checksum-type': 'FULL_OBJECT', 'x-amz-version-id': 'v1' }),
      b: object({ 'x-amz-checksum-sha256': CHECKSUM, 'x-amz-checksum-type': 'COMPOSITE' }),
      c: object({ 'x-amz-checksum-sha256': `${CHECKSUM}-3`, 'x-amz-version-id': 'null' }),
    });
    expect((await resolve(url)).files).toEqual([
      { path: 'a', size: 1, sha256: DIGEST, version: 'v1' },
      { path: 'b', size: 1 },
      { path: 'c', size: 1 },
    ]);
  });

  it('is asked for with the token of the page before', async () => {
    const server = await bucketOf([page(entry('m/a'), token('one&amp;two/+')), page(entry('m/b'))], { a: object(), b: object() });
    expect((await resolve(server.url)).files).toHaveLength(2);
    const [first, second] = server.log.map(([line]) => new URL(line.slice(4), server.url).searchParams);
    expect(first?.get('continuation-token')).toBeNull();
    expect(second?.get('continuation-token')).toBe('one&two/+');
  });

  it('may be encoded, as AWS does it', async () => {
    const { url } = await bucketOf(page(`<EncodingType>url</EncodingType>${entry('m/a+b%2B%C3%BC')}`), { 'a%20b%2B%C3%BC': object() });
    expect((await resolve(url)).files).toEqual([{ path: 'a b+ü', size: 1 }]);
  });

  it.each([
    ['pages without end', [page(entry('m/a'), token('again'))], 'PROTOCOL', 'does not end'],
    ['a page without the next one', [page(entry('m/a'), '<Other/>')], 'PROTOCOL', 'malformed'],
    ['objects elsewhere', [page(entry('other/a'))], 'PROTOCOL', 'not asked for'],
    ['a name that leads out', [page(entry('m/../../etc/passwd'))], 'HOSTILE_NAME', ''],
    ['an absolute name', [page(entry('m//etc/passwd'))], 'HOSTILE_NAME', ''],
    ['a name with a control character', [page(`<EncodingType>url</EncodingType>${entry('m/a%1B[2J')}`)], 'HOSTILE_NAME', ''],
    ['names that are no UTF-8', [page(`<EncodingType>url</EncodingType>${entry('m/%FF')}`)], 'PROTOCOL', 'malformed'],
    ['a size that is none', [page(entry('m/a', '1e3'))], 'PROTOCOL', 'malformed'],
    ['a size beyond all disks', [page(entry('m/a', '9'.repeat(20)))], 'PROTOCOL', 'malformed'],
    ['half a page', [{ status: 200, body: '<ListBucketResult><Contents><Key>m/a</Key>' }], 'PROTOCOL', 'something else'],
    ['a web page', [{ status: 200, body: '<html>Log in</html>' }], 'PROTOCOL', 'something else'],
    ['entities of its own', [{ status: 200, body: `<!DOCTYPE l [<!ENTITY e "${'e'.repeat(99)}">]><ListBucketResult>&e;</ListBucketResult>` }], 'PROTOCOL', 'something else'],
    ['reserved names', [{ status: 200, body: '<ListBucketResult><__proto__><a/></__proto__></ListBucketResult>' }], 'PROTOCOL', 'something else'],
  ] as [string, Answer[], string, string][])('is refused where it has %s', async (_, list, code, message) => {
    const { url } = await bucketOf(list, { a: object() });
    const error = await rejection(resolve(url));
    expect(error).toMatchObject({ code });
    expect(error.message).toContain(message);
    expect(JSON.stringify(error)).not.toMatch(/verysecret|X-Amz-Signature=[0-9a-f]/);
  });

  it('is refused where an object has another size than the list says', async () => {
    const { url } = await bucketOf(page(entry('m/a', 5)), { a: object() });
    const error = await rejection(resolve(url));
    expect(error).toMatchObject({ code: 'REMOTE_CHANGED', wanted: '5 bytes, as listed', found: '1 bytes' });
  });
});

describe('a question', () => {
  it('is tried again where the server has too many', async () => {
    const busy = failure(503, 'SlowDown');
    const { url } = await bucketOf([busy, busy, page(entry('m/a'))], { a: object() });
    expect((await resolve(url)).files).toHaveLength(1);
  });

  it('is signed for the region that the server names, where nobody else does', async () => {
    const server = await bucketOf([{ status: 403, headers: { 'x-amz-bucket-region': 'eu-west-3' } }, page(entry('m/a'))], { a: object() });
    const s = { bucket: 'bucket', prefix: 'm', endpoint: server.url };
    await s3.resolve({ s3: s }, { include: [], exclude: [] }, contextOf());
    const [probe, list] = server.log.map(([line]) => line);
    expect(probe).toBe('HEAD /bucket/');
    expect(decodeURIComponent(list ?? '')).toContain('/eu-west-3/s3/aws4_request');
  });

  it('to the wrong region is an error that names the right one', async () => {
    const { url } = await bucketOf(failure(400, 'AuthorizationHeaderMalformed', '<Region>eu-west-3</Region>'));
    const error = await rejection(resolve(url));
    expect(error).toMatchObject({ code: 'SPEC_INVALID', message: 'The bucket lies in the region eu-west-3' });
    expect(error.remedies[0]).toContain('region = "eu-west-3"');
  });

  it('is not answered from a region that is no word', async () => {
    const { url } = await bucketOf({ status: 403, headers: { 'x-amz-bucket-region': 'evil.example/' } });
    expect(await rejection(resolve(url, { region: undefined }))).toMatchObject({ code: 'SPEC_INVALID' });
  });

  it.each([
    ['InvalidAccessKeyId', 403, 'AUTH_INVALID', /does not know the access key of AWS_ACCESS_KEY_ID/],
    ['ExpiredToken', 400, 'AUTH_INVALID', /session of AWS_ACCESS_KEY_ID has expired/],
    ['RequestTimeTooSkewed', 403, 'AUTH_INVALID', /clock/],
    ['InvalidObjectState', 403, 'HTTP_STATUS', /archive/],
    ['NoSuchVersion', 404, 'REVISION_NOT_FOUND', /version/],
  ])('that is refused with %s is explained', async (code, status, expected, message) => {
    const { url } = await bucketOf(failure(status, code));
    const error = await rejection(resolve(url));
    expect(error).toMatchObject({ code: expected, found: `HTTP status ${status}, ${code}: because` });
    expect(error.message).toMatch(message);
  });

  it('says which right is missing to list, and which to read', async () => {
    const closed = await bucketOf(failure(403, 'AccessDenied'));
    expect((await rejection(resolve(closed.url))).remedies[0]).toContain('s3:ListBucket on arn:aws:s3:::bucket');
    const unreadable = await bucketOf(page(entry('m/a')), { a: { status: 403 } });
    expect((await rejection(resolve(unreadable.url))).remedies[0]).toContain('s3:GetObject');
  });

  it('is not signed where it is anonymous, and then says so', async () => {
    const server = await bucketOf(failure(403, 'AccessDenied'));
    const error = await rejection(resolve(server.url, { anonymous: true }));
    expect(error).toMatchObject({ code: 'AUTH_REQUIRED', message: 'The bucket is not public' });
    expect(server.log.join()).not.toMatch(/X-Amz|authorization/i);
  });

  it('takes its signature and its session nowhere else', async () => {
    const elsewhere = await serve((_, response) => response.end('<ListBucketResult></ListBucketResult>'));
    const server = await bucketOf({ status: 307, headers: { location: `${elsewhere.url}/bucket/?list-type=2` } });
    await rejection(resolve(server.url, {}, { ...KEYS, AWS_SESSION_TOKEN: 'session' }));
    expect(server.log[0]?.[0]).toContain('X-Amz-Security-Token=session');
    expect(elsewhere.requests.map(({ url }) => url)).toEqual(['/bucket/?list-type=2', '/bucket/?list-type=2']);
    expect(JSON.stringify(elsewhere.requests.map(({ headers }) => headers))).not.toMatch(/amz|authorization/i);
  });
});

describe('a download', () => {
  const locked = (url: string, version?: string): Manifest => ({
    source: { s3: sourceOf(url) },
    files: [{ path: 'a', size: 1, ...(version === undefined ? {} : { version }) }],
  });

  it('takes the object as it is where its versions may not be read, or are gone', async () => {
    const server = await serve((request, response) => {
      if (new URL(request.url ?? '', 'http://s3.test').searchParams.has('versionId')) response.writeHead(403).end();
      else response.end('x');
    });
    expect(await download(s3, locked(server.url, 'v1'), contextOf())).toEqual({ a: 'x' });
  });

  it.each([
    [400, 'ExpiredToken', /session of AWS_ACCESS_KEY_ID has expired/],
    [403, 'RequestTimeTooSkewed', /clock/],
  ])('that is refused with %i says why, although the reason (%s) stands in a body', async (status, code, message) => {
    const { url } = await bucketOf(page(''), { a: failure(status, code) });
    const error = await rejection(download(s3, locked(url), contextOf()));
    expect(error).toMatchObject({ code: 'AUTH_INVALID', subject: 's3://bucket/m/a' });
    expect(error.message).toMatch(message);
  });

  it('of another size than was listed keeps nothing', async () => {
    const server = await serve((_, response) => response.end('xx'));
    expect(await rejection(download(s3, locked(server.url), contextOf()))).toMatchObject({ code: 'SIZE_MISMATCH' });
  });
});
