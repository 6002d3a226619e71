// The source `azure` against a real server, Azurite, which checks every signature. What Azurite does not
// do (versions, folders, several pages, hostile answers) is in azure-scripted.test.ts.

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Manifest } from '../../src/base/manifest.ts';
import type { AzureSource, FilePatterns } from '../../src/base/spec.ts';
import { azure } from '../../src/sources/azure.ts';
import { containerSas } from '../../src/sources/azure/sas.ts';
import type { SourceContext } from '../../src/sources/source.ts';
import { fakeClock } from '../net/fake-clock.ts';
import { serve } from '../net/local-server.ts';
import { openHttp } from '../net/open-http.ts';
import { rejection } from '../net/rejection.ts';
import { ACCOUNT, type Azurite, hasAzurite, startAzurite } from './azure/azurite.ts';
import { download } from './download.ts';

const skipped = hasAzurite ? '' : ' (skipped: azurite is not installed)';
const ODD = "sub dir/ü+x*(1)!'~&=.txt";

describe.skipIf(!hasAzurite)(`a container of a real server${skipped}`, () => {
  let azurite: Azurite;
  let withKey: Record<string, string>;

  beforeAll(async () => {
    azurite = await startAzurite();
    withKey = { AZURE_STORAGE_ACCOUNT: ACCOUNT, AZURE_STORAGE_KEY: azurite.key };
    await azurite.createContainer('private');
    await azurite.createContainer('public', { public: true });
    for (const container of ['private', 'public']) {
      await azurite.put(container, 'tiny/config.json', '{}');
      await azurite.put(container, `tiny/${ODD}`, 'odd');
      await azurite.put(container, 'tiny/sub', '');
      await azurite.put(container, 'tiny/sub/empty', '');
      await azurite.put(container, 'tiny-more', 'no');
    }
  });
  afterAll(() => azurite.close());

  const sourceOf = (part: Partial<AzureSource>): AzureSource => ({
    account: ACCOUNT, container: 'private', prefix: 'tiny', endpoint: azurite.endpoint, ...part,
  });
  const contextOf = (environment = withKey): SourceContext => ({
    http: openHttp(),
    environment: { HOME: '/nonexistent', ...environment },
  });
  const resolve = (
    part: Partial<AzureSource> = {},
    context = contextOf(),
    files: Partial<FilePatterns> = {},
  ): Promise<Manifest> =>
    azure.resolve({ azure: sourceOf(part) }, { include: [], exclude: [], ...files }, context);

  it('is listed below the prefix, with or without a slash at its end, without folder markers', async () => {
    const context = contextOf();
    const manifest = await resolve({}, context);
    expect(manifest.files).toEqual([
      { path: 'config.json', size: 2 },
      { path: ODD, size: 3 },
      { path: 'sub/empty', size: 0 },
    ]);
    expect(await resolve({ prefix: 'tiny/' })).toMatchObject({ files: manifest.files });
    expect(await download(azure, manifest, context)).toEqual({ 'config.json': '{}', 'sub/empty': '', [ODD]: 'odd' });
  });

  it('may hold a model that is one blob', async () => {
    const manifest = await resolve({ prefix: 'tiny/config.json' });
    expect(manifest.files).toEqual([{ path: 'config.json', size: 2 }]);
    expect(await download(azure, manifest, contextOf())).toEqual({ 'config.json': '{}' });
    expect((await resolve({}, contextOf(), { include: ['*.json'] })).files).toHaveLength(1);
  });

  it('opens to a signature, to a connection string, and to nobody in particular where it is public', async () => {
    const { key, endpoint } = azurite;
    const sas = containerSas({ account: ACCOUNT, container: 'private', key, from: 'a test', httpsOnly: false, now: Date.now() });
    const connection = `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${key};BlobEndpoint=${endpoint}`;
    const named = { account: ACCOUNT, container: 'private', prefix: 'tiny' };
    const ways: [AzureSource, Record<string, string>][] = [
      [sourceOf({}), { AZURE_STORAGE_SAS_TOKEN: `?${sas}` }],
      [sourceOf({}), { AZURE_STORAGE_CONNECTION_STRING: `AccountName=${ACCOUNT};SharedAccessSignature=${sas}` }],
      [named, { AZURE_STORAGE_CONNECTION_STRING: connection }],
      [sourceOf({ container: 'public', anonymous: true }), {}],
    ];
    for (const [source, environment] of ways) {
      const context = contextOf(environment);
      const manifest = await azure.resolve({ azure: source }, { include: ['*.json'], exclude: [] }, context);
      expect(await download(azure, manifest, context)).toEqual({ 'config.json': '{}' });
    }
  });

  it('gives a blob that has changed since to nobody who has locked another one', async () => {
    await azurite.put('private', 'moving/w', 'old');
    const context = contextOf();
    const manifest = await resolve({ prefix: 'moving' }, context);
    const sha256 = createHash('sha256').update('old').digest('hex');
    const locked = { ...manifest, files: manifest.files.map((file) => ({ ...file, sha256 })) };
    await azurite.put('private', 'moving/w', 'new');
    expect(await rejection(download(azure, locked, context))).toMatchObject({ code: 'HASH_MISMATCH' });
    await azurite.remove('private', 'moving/w');
    expect(await rejection(download(azure, locked, context))).toMatchObject({
      code: 'ENTRY_NOT_FOUND',
      subject: `azure://${ACCOUNT}/private/moving/w`,
    });
  });

  it.each([
    ['a wrong key', {}, { AZURE_STORAGE_KEY: Buffer.alloc(64).toString('base64') }, 'AUTH_INVALID', /AZURE_STORAGE_KEY/],
    ['a key that is none', {}, { AZURE_STORAGE_KEY: 'secret' }, 'AUTH_INVALID', /key in AZURE_STORAGE_KEY is not one/],
    ['a signature that is none', {}, { AZURE_STORAGE_SAS_TOKEN: 'sv=2021-12-02&sr=c&sig=wrong' }, 'AUTH_INVALID', /AZURE_STORAGE_SAS_TOKEN/],
    ['nobody in particular', { anonymous: true }, {}, 'AUTH_REQUIRED', /not public/],
  ])('is closed to %s, and says so', async (_, part, environment, code, message) => {
    const error = await rejection(resolve(part, contextOf(environment)));
    expect(error).toMatchObject({ code });
    expect(error.message).toMatch(message);
    expect(JSON.stringify(error)).not.toContain('wrong');
  });

  it('is closed to a signature of yesterday, and mentions the clock', async () => {
    const context = { ...contextOf(), clock: fakeClock(Date.now() - 86_400_000) };
    const error = await rejection(resolve({}, context));
    expect(error).toMatchObject({ code: 'AUTH_INVALID' });
    expect(error.remedies.join()).toMatch(/clock/);
  });

  it.each([
    ['that is not there', { container: 'nowhere' }, 'REPO_NOT_FOUND'],
    ['with nothing below the prefix', { prefix: 'tin' }, 'NO_FILES_MATCH'],
    ['with a name that is none', { container: '../private' }, 'SPEC_INVALID'],
    ['of an account that is none', { account: 'My.Account' }, 'SPEC_INVALID'],
    ['behind an address that is none', { endpoint: 'ftp://127.0.0.1' }, 'SPEC_INVALID'],
    ['with a prefix that leads out of it', { prefix: '../other' }, 'SPEC_INVALID'],
  ])('is refused where it is one %s', async (_, part, code) => {
    expect(await rejection(resolve(part, contextOf()))).toMatchObject({ code });
  });

  it('opens to nobody by the key of another account', async () => {
    const environment = { ...withKey, AZURE_STORAGE_ACCOUNT: 'another' };
    for (const [name, value] of Object.entries(NO_IDENTITY)) vi.stubEnv(name, value);
    onTestFinished(() => void vi.unstubAllEnvs());
    const error = await rejection(resolve({}, contextOf(environment)));
    expect(error).toMatchObject({ code: 'AUTH_REQUIRED' });
    expect(error.remedies.join()).toMatch(/anonymous = true/);
  });

  it('asks the chain of identities where the environment has no key', async () => {
    const asked: string[] = [];
    const managed = await serve((request, response) => {
      asked.push(request.url ?? '');
      const expires = Math.floor(Date.now() / 1000) + 3_600;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ access_token: 'a-token', expires_on: expires, resource: 'r', token_type: 'Bearer' }));
    });
    vi.stubEnv('AZURE_TOKEN_CREDENTIALS', 'ManagedIdentityCredential');
    vi.stubEnv('IDENTITY_ENDPOINT', `${managed.url}/token`);
    vi.stubEnv('IDENTITY_HEADER', 'header');
    onTestFinished(() => void vi.unstubAllEnvs());
    let authorization: string | undefined;
    const blobs = await serve((request, response) => {
      ({ authorization } = request.headers);
      response.writeHead(403, { 'x-ms-error-code': 'AuthorizationPermissionMismatch' }).end();
    });
    const error = await rejection(resolve({ endpoint: blobs.url }, contextOf({})));
    expect(asked.join()).toContain('storage.azure.com');
    expect(authorization).toBe('Bearer a-token');
    expect(error).toMatchObject({ code: 'AUTH_INVALID', found: 'HTTP status 403, AuthorizationPermissionMismatch' });
    expect(error.remedies.join()).toMatch(/Storage Blob Data Reader/);
  });
});

/** One kind of identity only, which is not there: the others would look for programs and networks. */
const NO_IDENTITY = { AZURE_TOKEN_CREDENTIALS: 'EnvironmentCredential', AZURE_CLIENT_ID: '', AZURE_TENANT_ID: '' };
