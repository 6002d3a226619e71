// The source `gcs` before a strict stand-in (gcs/strict-server.ts says why there is no real server), with
// Google's own library for the credentials.

import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Manifest } from '../../src/base/manifest.ts';
import type { FilePatterns, GcsSource } from '../../src/base/spec.ts';
import { gcs } from '../../src/sources/gcs.ts';
import type { SourceContext } from '../../src/sources/source.ts';
import { fakeClock } from '../net/fake-clock.ts';
import { serve } from '../net/local-server.ts';
import { openHttp } from '../net/open-http.ts';
import { rejection } from '../net/rejection.ts';
import { download } from './download.ts';
import { serveStrictly, type StrictOptions, type StrictServer } from './gcs/strict-server.ts';
import { type Answer, serveScript } from './scripted-hub.ts';

const ODD = "sub dir/ü+x*(1)!'~&=.txt";
const LIST = '/storage/v1/b/models/o';

const contextOf = (environment: Record<string, string> = {}): SourceContext => ({
  http: openHttp(),
  environment: { HOME: '/nonexistent', ...environment },
  clock: fakeClock(),
});
const sourceOf = (url: string, part: Partial<GcsSource> = {}): GcsSource => ({
  bucket: 'models', prefix: 'tiny', endpoint: url, anonymous: true, ...part,
});
const resolve = (
  { url }: { readonly url: string },
  part?: Partial<GcsSource>,
  context = contextOf(),
  files: Partial<FilePatterns> = {},
): Promise<Manifest> =>
  gcs.resolve({ gcs: sourceOf(url, part) }, { include: [], exclude: [], ...files }, context);

/** A bucket with one model below tiny/, of more objects than fit on a page. */
async function serveModel(options?: StrictOptions): Promise<StrictServer> {
  const server = await serveStrictly(options);
  for (const name of ['tiny/', 'tiny/empty', 'tiny/sub/', 'tiny-more']) server.put(name, '');
  server.put('tiny/config.json', '{}');
  server.put(`tiny/${ODD}`, 'odd');
  return server;
}

/** Credentials of the kind that names its own token server, and that server. */
async function credentialsFile(): Promise<string> {
  const tokens = await serve((_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({
      access_token: 'good', expires_in: 3_600, token_type: 'Bearer',
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    }));
  });
  const folder = await mkdtemp(join(tmpdir(), 'gcs-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const [subject, file] = [join(folder, 'subject'), join(folder, 'credentials.json')];
  await writeFile(subject, 'a-subject-token');
  await writeFile(file, JSON.stringify({
    type: 'external_account',
    audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/p',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: `${tokens.url}/v1/token`,
    credential_source: { file: subject },
  }));
  return file;
}

describe('a bucket', () => {
  it('is listed below the prefix, to its last page, without folder markers, with generations', async () => {
    const server = await serveModel();
    const manifest = await resolve(server);
    expect(manifest.files.map(({ path, size }) => [path, size])).toEqual([['config.json', 2], ['empty', 0], [ODD, 3]]);
    expect(manifest.files.every(({ version }) => /^17\d{14}$/.test(version ?? ''))).toBe(true);
    expect(await resolve(server, { prefix: 'tiny/' })).toMatchObject({ files: manifest.files });
    expect(await download(gcs, manifest, contextOf())).toEqual({ 'config.json': '{}', empty: '', [ODD]: 'odd' });
  });

  it('may hold a model that is one object, or be one as a whole', async () => {
    const server = await serveModel();
    const manifest = await resolve(server, { prefix: 'tiny/config.json' });
    expect(manifest.files).toMatchObject([{ path: 'config.json', size: 2 }]);
    expect(await download(gcs, manifest, contextOf())).toEqual({ 'config.json': '{}' });
    expect((await resolve(server, { prefix: '' }, contextOf(), { include: ['tiny/*.json'] })).files).toHaveLength(1);
  });

  it('gives the generation that was locked, where it keeps them', async () => {
    const server = await serveModel({ versioned: true });
    const version = server.put('tiny/config.json', 'old');
    const manifest = await resolve(server, {}, contextOf(), { include: ['*.json'] });
    expect(manifest.files).toEqual([{ path: 'config.json', size: 3, version }]);
    server.put('tiny/config.json', 'newer');
    expect(await download(gcs, manifest, contextOf())).toEqual({ 'config.json': 'old' });
  });

  it('gives what has replaced it only where the bytes are the same', async () => {
    const server = await serveModel();
    const manifest = await resolve(server, { prefix: 'tiny/config.json' });
    const sha256 = createHash('sha256').update('{}').digest('hex');
    const locked = { ...manifest, files: manifest.files.map((file) => ({ ...file, sha256 })) };
    server.put('tiny/config.json', '{}');
    expect(await download(gcs, locked, contextOf())).toEqual({ 'config.json': '{}' });
    server.put('tiny/config.json', '[]');
    expect((await rejection(download(gcs, locked, contextOf()))).code).toMatch(/HASH_MISMATCH|ENTRY_NOT_FOUND/);
    server.remove('tiny/config.json');
    expect(await rejection(download(gcs, locked, contextOf()))).toMatchObject({ code: 'ENTRY_NOT_FOUND' });
  });

  it('opens to the application default credentials', async () => {
    const server = await serveModel({ token: 'good' });
    const context = contextOf({ GOOGLE_APPLICATION_CREDENTIALS: await credentialsFile() });
    const manifest = await resolve(server, { anonymous: false }, context);
    expect((await download(gcs, manifest, context))['config.json']).toBe('{}');
  });

  it('is closed to other credentials, and names the right that is missing', async () => {
    const server = await serveModel({ token: 'another' });
    const context = contextOf({ GOOGLE_APPLICATION_CREDENTIALS: await credentialsFile() });
    const error = await rejection(resolve(server, { anonymous: false }, context));
    expect(error).toMatchObject({ code: 'AUTH_INVALID', subject: 'gs://models/tiny' });
    expect(error.remedies[0]).toContain('storage.objects.list');
  });

  it('is closed to nobody in particular', async () => {
    const server = await serveModel({ token: 'good' });
    const error = await rejection(resolve(server));
    expect(error).toMatchObject({ code: 'AUTH_REQUIRED', found: expect.stringContaining('Anonymous caller') as string });
  });

  it('without credentials in the file that the environment names says so', async () => {
    const server = await serveModel();
    const context = contextOf({ GOOGLE_APPLICATION_CREDENTIALS: '/nonexistent/key.json' });
    const error = await rejection(resolve(server, { anonymous: false }, context));
    expect(error).toMatchObject({ code: 'AUTH_REQUIRED' });
    expect(error.wanted).toContain('/nonexistent/key.json');
    expect(error.remedies.join()).toMatch(/anonymous = true/);
  });

  it('at an emulator that the environment names is asked without credentials', async () => {
    const server = await serveModel();
    const emulator = { STORAGE_EMULATOR_HOST: server.url.replace('http://', '') };
    const spec = { gcs: { bucket: 'models', prefix: 'tiny' } };
    const { files } = await gcs.resolve(spec, { include: [], exclude: [] }, contextOf(emulator));
    expect(files).toHaveLength(3);
  });

  it.each([
    ['that is not there', { bucket: 'nowhere' }, 'REPO_NOT_FOUND'],
    ['with nothing below the prefix', { prefix: 'tin' }, 'NO_FILES_MATCH'],
    ['with a name that is none', { bucket: '../models' }, 'SPEC_INVALID'],
    ['behind an address that is none', { endpoint: 'ftp://127.0.0.1' }, 'SPEC_INVALID'],
    ['with a prefix that leads out of it', { prefix: 'a/../b' }, 'SPEC_INVALID'],
  ])('is refused where it is one %s', async (_, part, code) => {
    expect(await rejection(resolve(await serveModel(), part))).toMatchObject({ code });
  });
});

describe('a token', () => {
  it('goes nowhere with a redirect', async () => {
    const elsewhere = await serve((_, response) => response.end('{}'));
    const server = await serveScript({ [LIST]: { status: 302, headers: { location: `${elsewhere.url}${LIST}` } } });
    const context = contextOf({ GOOGLE_APPLICATION_CREDENTIALS: await credentialsFile() });
    await rejection(resolve(server, { anonymous: false }, context));
    expect(server.log[0]?.[1]).toBe('Bearer good');
    expect(elsewhere.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
  });

  it('is not even asked for where only the spec names a server elsewhere', async () => {
    const context = contextOf({ GOOGLE_APPLICATION_CREDENTIALS: '/nonexistent/key.json' });
    const error = await rejection(resolve({ url: 'https://gcs.invalid' }, { anonymous: false }, context));
    expect(error.code).toBe('NETWORK');
  });
});

describe('a listing', () => {
  const item = (part: object): Answer => ({ json: { items: [{ name: 'tiny/a', size: '1', generation: '1', ...part }] } });

  it.each([
    ['no page', { json: [] }, 'PROTOCOL'],
    ['no list', { json: { items: {} } }, 'PROTOCOL'],
    ['no name', item({ name: 7 }), 'PROTOCOL'],
    ['a size that is none', item({ size: '-1' }), 'PROTOCOL'],
    ['no generation', item({ generation: undefined }), 'PROTOCOL'],
    ['a token that is none', { json: { nextPageToken: {} } }, 'PROTOCOL'],
    ['pages without end', { json: { nextPageToken: 'again' } }, 'PROTOCOL'],
    ['objects elsewhere', item({ name: 'other/a' }), 'PROTOCOL'],
    ['a name that leads out', item({ name: 'tiny/../../x' }), 'HOSTILE_NAME'],
    ['a web page', { status: 200, body: '<html>' }, 'PROTOCOL'],
  ] as [string, Answer, string][])('is refused where it has %s', async (_, answer, code) => {
    expect(await rejection(resolve(await serveScript({ [LIST]: answer })))).toMatchObject({ code });
  });

  it('is asked for again where Google has too many requests', async () => {
    const busy = { status: 429, headers: { 'retry-after': '1' } };
    expect((await resolve(await serveScript({ [LIST]: [busy, item({})] }))).files).toHaveLength(1);
  });
});
