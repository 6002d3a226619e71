// The source `azure` before servers that do what Azurite does not: versions, folders, several pages,
// broken and hostile answers. The honest one is in azure.test.ts.

import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../src/base/manifest.ts';
import type { AzureSource } from '../../src/base/spec.ts';
import { azure } from '../../src/sources/azure.ts';
import type { Http } from '../../src/net/http.ts';
import type { SourceContext } from '../../src/sources/source.ts';
import { fakeClock } from '../net/fake-clock.ts';
import { serve } from '../net/local-server.ts';
import { openHttp } from '../net/open-http.ts';
import { rejection } from '../net/rejection.ts';
import { download } from './download.ts';
import { type Answer, type Script, type ScriptedHub, serveScript } from './scripted-hub.ts';

const VERSION = '2026-01-02T03:04:05.6789012Z';

const blob = (name: string, size: number | string = 1, more = ''): string =>
  `<Blob><Name>${name}</Name><Properties><Content-Length>${size}</Content-Length>${more}</Properties></Blob>`;
const page = (blobs: string, marker = ''): Answer => ({
  status: 200,
  body: `\uFEFF<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="x">` +
    `<Blobs>${blobs}</Blobs><NextMarker>${marker}</NextMarker></EnumerationResults>`,
});
const object = (headers: Record<string, string> = {}): Answer => ({
  status: 200,
  headers: { 'content-length': '1', ...headers },
});

const contextOf = (environment: Record<string, string> = {}): SourceContext => ({
  http: openHttp(),
  environment: { HOME: '/nonexistent', ...environment },
  clock: fakeClock(),
});
const sourceOf = (endpoint: string, part: Partial<AzureSource> = {}): AzureSource => ({
  account: 'account', container: 'models', prefix: 'm', endpoint, anonymous: true, ...part,
});
const resolve = (url: string, part?: Partial<AzureSource>, context = contextOf()): Promise<Manifest> =>
  azure.resolve({ azure: sourceOf(url, part) }, { include: [], exclude: [] }, context);

async function listing(
  list: Answer | readonly Answer[],
  objects: Script = {},
): Promise<ScriptedHub> {
  const paths = Object.entries(objects).map(([name, answer]) => [`/models/m/${name}`, answer]);
  return await serveScript({ '/models': list, ...(Object.fromEntries(paths) as Script) });
}

describe('a container', () => {
  it('is listed to its last page, without the folders of a hierarchical account', async () => {
    const folder = blob('m/sub', 0, '<ResourceType>directory</ResourceType>');
    const server = await listing([page(blob('m/a') + folder, '2!76!x='), page(blob('m/b &amp; c'))], {
      a: object({ 'x-ms-version-id': VERSION }),
      'b%20%26%20c': object(),
    });
    expect((await resolve(server.url)).files).toEqual([{ path: 'a', size: 1, version: VERSION }, { path: 'b & c', size: 1 }]);
    expect(new URL(server.requests[1]?.url ?? '', server.url).searchParams.get('marker')).toBe('2!76!x=');
  });

  it('gives the version that was locked', async () => {
    const server = await serve((_, response) => response.end('x'));
    const locked = { source: { azure: sourceOf(server.url) }, files: [{ path: 'a', size: 1, version: VERSION }] };
    expect(await download(azure, locked, contextOf())).toEqual({ a: 'x' });
    expect(server.requests[0]?.url).toBe(`/models/m/a?versionid=${encodeURIComponent(VERSION)}`);
  });

  it.each([
    ['pages without end', page(blob('m/a'), 'again'), 'PROTOCOL'],
    ['a blob without properties', page('<Blob><Name>m/a</Name></Blob>'), 'PROTOCOL'],
    ['a size that is none', page(blob('m/a', '0x1')), 'PROTOCOL'],
    ['blobs elsewhere', page(blob('other/a')), 'PROTOCOL'],
    ['a name that leads out', page(blob('m/../a')), 'HOSTILE_NAME'],
    ['a name with a control character', page(blob('m/a&#27;[2J')), 'HOSTILE_NAME'],
    ['a web page', { status: 200, body: '<html>Log in</html>' }, 'PROTOCOL'],
  ] as [string, Answer, string][])('is refused where it lists %s', async (_, list, code) => {
    expect(await rejection(resolve((await listing(list)).url))).toMatchObject({ code });
  });

  it.each([
    ['AuthenticationFailed', 403, 'AUTH_INVALID'],
    ['AuthorizationPermissionMismatch', 403, 'AUTH_INVALID'],
    ['ContainerNotFound', 404, 'REPO_NOT_FOUND'],
    ['BlobArchived', 409, 'HTTP_STATUS'],
  ])('that answers %s is explained', async (reason, status, code) => {
    const { url } = await listing({ status, headers: { 'x-ms-error-code': reason } });
    const environment = { AZURE_STORAGE_SAS_TOKEN: 'sv=2021-12-02&sig=verysecret' };
    const error = await rejection(resolve(url, { anonymous: false }, contextOf(environment)));
    expect(error).toMatchObject({ code, found: `HTTP status ${status}, ${reason}` });
    expect(JSON.stringify(error)).not.toContain('verysecret');
  });

  it('of an account that is none has no address', async () => {
    const error = await rejection(resolve('https://account.invalid'));
    expect(error).toMatchObject({ code: 'REPO_NOT_FOUND', subject: 'azure://account/models/m' });
  });
});

describe('a signature', () => {
  const environment = { AZURE_STORAGE_SAS_TOKEN: 'sv=2021-12-02&sig=verysecret' };

  it('goes nowhere with a redirect', async () => {
    const elsewhere = await serve((_, response) => response.writeHead(404).end());
    const { url } = await listing({ status: 302, headers: { location: `${elsewhere.url}/models` } });
    await rejection(resolve(url, { anonymous: false }, contextOf(environment)));
    expect(elsewhere.requests.map((request) => request.url)).toEqual(['/models']);
  });

  it('does not go where only the spec names the server, and the message says so', async () => {
    const server = await listing({ status: 401, headers: { 'x-ms-error-code': 'NoAuthenticationInformation' } });
    // Stands in for name service and TLS: the source itself sees a host elsewhere.
    const http = openHttp();
    const request: Http['request'] = (asked) =>
      http.request({ ...asked, url: asked.url.replace('https://azure.test', server.url) });
    const context = { ...contextOf(environment), http: { ...http, request } };
    const error = await rejection(resolve('https://azure.test', { anonymous: false }, context));
    expect(error).toMatchObject({ code: 'AUTH_REQUIRED' });
    expect(error.remedies.join()).toMatch(/not sent: only the spec names https:\/\/azure\.test/);
    expect(server.log.join()).not.toContain('verysecret');
  });
});
