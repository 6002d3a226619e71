import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Environment } from '../../src/base/env.ts';
import type { Manifest } from '../../src/base/manifest.ts';
import type { FilePatterns, MlflowSource } from '../../src/base/spec.ts';
import { downloadManifest } from '../../src/download/download-manifest.ts';
import { mlflow } from '../../src/sources/mlflow.ts';
import type { SourceContext } from '../../src/sources/source.ts';
import { fakeClock } from '../net/fake-clock.ts';
import { serve } from '../net/local-server.ts';
import { openHttp } from '../net/open-http.ts';
import { rejection } from '../net/rejection.ts';
import { type MlflowServer, startMlflow } from './mlflow/mlflow-server.ts';

const EVERYTHING: FilePatterns = { include: [], exclude: [] };
const ROOT = '1/abc/artifacts/model';
const WEIGHTS = Buffer.alloc(9 * 1024 * 1024, 'weights');
const FILES: Record<string, Buffer> = {
  'MLmodel': Buffer.from('flavors: {}\n'),
  'data/model weights #1.bin': WEIGHTS,
  'data/nested/empty': Buffer.alloc(0),
  'requirements.txt': Buffer.from('mlflow\n'),
};

const HASTY = { attempts: 2, baseMs: 1, capMs: 1, patienceMs: 1 };

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'mlflow-'))));
afterEach(() => { rmSync(folder, { recursive: true }); });

const context = (environment: Environment = {}, more: Partial<SourceContext> = {}): SourceContext =>
  ({ http: openHttp(), environment, clock: fakeClock(), ...more });

/** A server with one model in three versions. */
async function served(source = `mlflow-artifacts:/${ROOT}`): Promise<MlflowServer> {
  const server = await startMlflow();
  const versions = new Map([
    ['1', { source, stage: 'Archived' }],
    ['2', { source, stage: 'Production' }],
    ['10', { source }],
  ]);
  server.models.set('tiny', { versions, aliases: new Map([['champion', '2']]) });
  for (const [path, content] of Object.entries(FILES)) server.artifacts.set(`${ROOT}/${path}`, content);
  server.artifacts.set('1/abc/artifacts/model2/other', Buffer.from('not asked for'));
  return server;
}

function sourceOf(
  server: MlflowServer,
  source: Partial<MlflowSource> = { modelVersion: '2' },
): { mlflow: MlflowSource } {
  return { mlflow: { trackingUri: server.url, modelName: 'tiny', ...source } };
}

const resolve = (
  server: MlflowServer, source?: Partial<MlflowSource>, environment?: Environment, patterns = EVERYTHING,
): Promise<Manifest> => mlflow.resolve(sourceOf(server, source), patterns, context(environment));

const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

/** By digest: a difference between large buffers is nothing to print. */
const DIGESTS = Object.fromEntries(
  Object.entries(FILES).map(([path, content]) => [path, sha256(content)]),
);

async function download(manifest: Manifest, environment?: Environment): Promise<Record<string, string>> {
  const { http, ...rest } = context(environment);
  const directory = join(folder, 'stage');
  const locate = mlflow.locate(manifest, { http, ...rest });
  await downloadManifest(manifest, { locate, http, directory, retryPolicy: HASTY });
  const paths = manifest.files.map(({ path }) => path);
  return Object.fromEntries(paths.map((path) => [path, sha256(readFileSync(join(directory, path)))]));
}

const sizes = Object.entries(FILES).map(([path, { length }]) => ({ path, size: length }));

describe('the version of a registered model', () => {
  it.each([
    [{ modelVersion: '1' }, '1'],
    [{ modelAlias: 'champion' }, '2'],
    [{ modelStage: 'Production' }, '2'],
    [{ modelStage: 'None' }, '10'],
  ])('is %j, pinned as %s', async (source, version) => {
    const server = await served();
    const manifest = await resolve(server, source);
    const pinned = sourceOf(server, { modelVersion: version });
    expect(manifest).toEqual({ source: pinned, revision: version, files: sizes });
  });

  it('of a lock is what counts, not the alias beside it, which may have moved', async () => {
    const server = await served();
    const manifest = await resolve(server, { modelAlias: 'champion' });
    server.models.get('tiny')?.aliases.set('champion', '10');
    server.models.get('tiny')?.versions.set('10', { source: 'mlflow-artifacts:/elsewhere' });
    expect(await download({ ...manifest, source: sourceOf(server, { modelAlias: 'champion' }) })).toEqual(DIGESTS);
  });

  it.each([
    [{ modelVersion: '7' }, 'version 7'],
    [{ modelAlias: 'challenger' }, 'alias "challenger"'],
    [{ modelStage: 'Staging' }, 'stage "Staging"'],
  ])('%j that does not exist is told from those that do', async (source, what) => {
    const error = await rejection(resolve(await served(), source));
    expect(error).toMatchObject({
      code: 'REVISION_NOT_FOUND',
      message: `The registered model "tiny" has no ${what}`,
      found: 'alias champion = 2, stage Archived = 1, stage Production = 2, latest version 10',
    });
  });

  it.each([{ modelVersion: '1' }, { modelAlias: 'x' }, { modelStage: 'Production' }])('%j of a model that is not there', async (source) => {
    const error = await rejection(resolve(await served(), { modelName: 'huge', ...source }));
    expect(error).toMatchObject({ code: 'REPO_NOT_FOUND', message: expect.stringContaining('"huge"') as string });
  });

  it('that failed to register is not ready', async () => {
    const server = await served();
    server.models.get('tiny')?.versions.set('3', { source: 'x', status: 'FAILED_REGISTRATION' });
    const error = await rejection(resolve(server, { modelVersion: '3' }));
    expect(error).toMatchObject({ code: 'REVISION_NOT_FOUND', found: 'FAILED_REGISTRATION' });
  });
});

describe('the files of a version', () => {
  it('come from the tracking server, which sends no lengths and knows no ranges', async () => {
    expect(await download(await resolve(await served()))).toEqual(DIGESTS);
  });

  it('may be chosen by patterns', async () => {
    const manifest = await resolve(await served(), undefined, {}, { include: ['data/**'], exclude: ['**/empty'] });
    expect(manifest.files.map(({ path }) => path)).toEqual(['data/model weights #1.bin']);
  });

  it.each(['runs:/abc/model', 'models:/m-123/model'])('are found by way of %s', async (source) => {
    const server = await served(source);
    server.runs.set('abc', 'mlflow-artifacts:/1/abc/artifacts');
    server.loggedModels.set('m-123', 'mlflow-artifacts:/1/abc/artifacts');
    expect((await resolve(server)).files).toEqual(sizes);
  });

  it.each([
    ['mlflow-artifacts://HOST/', ''],
    ['HOME/api/2.0/mlflow-artifacts/artifacts/', ''],
  ])('are found at %s', async (address) => {
    const server = await served();
    const { host } = new URL(server.url);
    const source = `${address.replace('HOST', host).replace('HOME', server.url)}${ROOT}`;
    server.models.get('tiny')?.versions.set('2', { source });
    expect(await download(await resolve(server))).toEqual(DIGESTS);
  });

  it.each(['file: address', 'path'])('in a folder of this machine (by its %s) are taken from there', async (form) => {
    const root = join(folder, 'art ifacts#1');
    const source = form === 'path' ? root : pathToFileURL(root).href;
    for (const [path, content] of Object.entries(FILES)) {
      mkdirSync(join(root, path, '..'), { recursive: true });
      writeFileSync(join(root, path), content);
    }
    const manifest = await resolve(await served(source));
    expect(manifest.files).toEqual(sizes);
    expect(await download(manifest)).toEqual(DIGESTS);
    symlinkSync('/etc/passwd', join(root, 'link'));
    const error = await rejection(resolve(await served(source)));
    expect(error.code).toBe('HOSTILE_NAME');
  });

  it('in a bucket are left to the source for buckets, at the endpoint that MLflow reads', async () => {
    const keys = Object.entries(FILES).map(
      ([path, { length }]) => `<Contents><Key>models/tiny/${path}</Key><Size>${length}</Size></Contents>`,
    );
    const bucket = await serve((_, response) =>
      response.end(`<ListBucketResult><IsTruncated>false</IsTruncated>${keys.join('')}</ListBucketResult>`));
    const environment = {
      MLFLOW_S3_ENDPOINT_URL: bucket.url, AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_REGION: 'us-east-1', HOME: folder,
    };
    const server = await served('s3://weights/models/tiny');
    const manifest = await resolve(server, undefined, environment, { include: ['MLmodel'], exclude: [] });
    expect(manifest).toMatchObject({
      source: sourceOf(server), revision: '2', files: [{ path: 'MLmodel', size: FILES['MLmodel']?.length }],
    });
    expect(bucket.requests[0]?.url).toMatch(/^\/weights\/?\?.*prefix=models%2Ftiny%2F/);
    const locate = mlflow.locate(manifest, context(environment));
    const { urls } = await locate(manifest.files[0] ?? { path: '' });
    expect(urls[0]).toMatch(new RegExp(`^${bucket.url}/weights/models/tiny/MLmodel\\?`));
  });

  it.each([
    ['dbfs:/models/x', 'this kind of storage is not supported'],
    ['hdfs://host/x', 'this kind of storage is not supported'],
    ['https://host.test/files/x', 'a plain web address cannot be listed'],
    ['models:/other/1', 'it is another registered model'],
    ['mlflow-artifacts:/a/../../secrets', 'it has "." or ".." in its path'],
    ['wasbs://nowhere/x', 'it does not name container and account'],
    ['runs:/circle/x', 'it leads from one to the next without an end'],
  ])('at %s cannot be had', async (source, why) => {
    const server = await served(source);
    server.runs.set('circle', 'runs:/circle');
    const error = await rejection(resolve(server));
    expect(error.code).toBe('PROTOCOL');
    expect(error.message).toContain(why);
    expect(error.remedies.join()).toContain('docs/sources/mlflow.md');
  });

  it('in a folder are refused where the server is another machine', async () => {
    const server = await served('file:///etc');
    // The name stands for another machine; the proxy is the server itself.
    const environment = { http_proxy: server.url };
    const spec = sourceOf(server, { trackingUri: 'http://mlflow.test', modelVersion: '2' });
    const http = openHttp({ environment });
    server.override = (_, response, url) => {
      if (url.hostname !== 'mlflow.test') return false;
      const body = url.pathname.endsWith('uri')
        ? { artifact_uri: 'file:///etc' }
        : { model_version: { name: 'tiny', version: '2' } };
      response.writeHead(200).end(JSON.stringify(body));
      return true;
    };
    const error = await rejection(mlflow.resolve(spec, EVERYTHING, context(environment, { http })));
    expect(error).toMatchObject({ code: 'PROTOCOL', found: 'file:///etc' });
    expect(error.message).toContain('does not run on this machine');
  });
});

const PASSWORD = { MLFLOW_TRACKING_USERNAME: 'ann', MLFLOW_TRACKING_PASSWORD: 'secretsecret' };
const BASIC = `Basic ${Buffer.from('ann:secretsecret').toString('base64')}`;
const TOKEN = { MLFLOW_TRACKING_TOKEN: 'tokentokentoken' };

describe('credentials', () => {
  it.each([
    [PASSWORD, BASIC],
    [TOKEN, 'Bearer tokentokentoken'],
    [{ ...PASSWORD, ...TOKEN }, BASIC],
  ])('in %j are sent for the API and for the files', async (environment, authorization) => {
    const server = await served();
    server.authorization = authorization;
    expect(await download(await resolve(server, undefined, environment), environment)).toEqual(DIGESTS);
  });

  it('that are missing or wrong are told apart, and never shown', async () => {
    const server = await served();
    server.authorization = BASIC;
    expect(await rejection(resolve(server))).toMatchObject({ code: 'AUTH_REQUIRED' });
    const error = await rejection(resolve(server, undefined, TOKEN));
    expect(error).toMatchObject({ code: 'AUTH_INVALID', remedies: ['Correct MLFLOW_TRACKING_TOKEN.'] });
    expect(JSON.stringify(error)).not.toContain('tokentoken');
  });

  it('without permission are an error of their own', async () => {
    const server = await served();
    server.override = (_, response) => (response.writeHead(403).end('Permission denied'), true);
    const error = await rejection(resolve(server, undefined, PASSWORD));
    expect(error).toMatchObject({ code: 'AUTH_INVALID', message: expect.stringContaining('refuses access') as string });
  });

  it('stay here when the files are at another server, or a redirect leads to one', async () => {
    const server = await served();
    const other = await served();
    server.models.get('tiny')?.versions.set('1', { source: `mlflow-artifacts://${new URL(other.url).host}/${ROOT}` });
    await download(await resolve(server, { modelVersion: '1' }, PASSWORD), PASSWORD);
    server.override = (_, response, { pathname }) => {
      if (!pathname.includes('artifacts/1/')) return false;
      response.writeHead(302, { location: `${other.url}${pathname}` }).end();
      return true;
    };
    rmSync(join(folder, 'stage'), { recursive: true });
    expect(await download(await resolve(server, undefined, PASSWORD), PASSWORD)).toEqual(DIGESTS);
    expect(server.log.filter((line) => !line.endsWith(BASIC))).toEqual([]);
    expect(other.log.length).toBeGreaterThan(6);
    expect(other.log.filter((line) => line.includes('Basic'))).toEqual([]);
  });

  it('are not sent to a server that only a spec names, unless the user names it, too', async () => {
    const proxy = await startMlflow();
    proxy.authorization = 'none will do';
    const ask = async (own: Environment): Promise<unknown> => {
      const environment = { http_proxy: proxy.url, https_proxy: proxy.url, ...PASSWORD, ...own };
      const spec = sourceOf(proxy, { trackingUri: 'http://mlflow.test', modelVersion: '2' });
      const http = openHttp({ environment });
      return await rejection(mlflow.resolve(spec, EVERYTHING, context(environment, { http })));
    };
    expect(await ask({})).toMatchObject({
      code: 'AUTH_REQUIRED',
      remedies: [expect.stringContaining('is not encrypted') as string],
    });
    expect(proxy.log.join()).not.toContain('Basic');
    const server = await served();
    const { environment } = context({ ...PASSWORD, MLFLOW_TRACKING_URI: server.url });
    const manifest = await resolve(server, { trackingUri: undefined, modelVersion: '2' }, environment);
    expect(manifest.revision).toBe('2');
    expect(server.log.every((line) => line.endsWith(BASIC))).toBe(true);
  });

  it('do not make anyone trust a certificate: INSECURE_TLS is named as not supported', async () => {
    const steps: string[] = [];
    const progress: SourceContext['progress'] = (event) => {
      if (event.type === 'step') steps.push(event.text);
    };
    const environment = { MLFLOW_TRACKING_INSECURE_TLS: 'true' };
    await mlflow.resolve(sourceOf(await served()), EVERYTHING, context(environment, { progress }));
    expect(steps.join()).toContain('certificates are always checked');
  });
});

describe('a server that is broken, hostile, or no MLflow server', () => {
  it.each([
    ['a web page with status 200', 200, '<!doctype html><title>Log in</title>', 'PROTOCOL', 'web page'],
    ['a web page with status 404', 404, '<!doctype html>', 'REPO_NOT_FOUND', 'no MLflow server'],
    ['a list instead of an object', 200, '[]', 'PROTOCOL', 'unknown form'],
    ['another model', 200, '{"model_version":{"name":"evil","version":"2"}}', 'PROTOCOL', 'another model'],
    ['a version that is none', 200, '{"model_version":{"name":"tiny","version":"../1"}}', 'PROTOCOL', 'another model'],
  ])('answers with %s', async (_, status, body, code, words) => {
    const server = await served();
    server.override = (_request, response) => (response.writeHead(status, { 'content-type': 'text/html' }).end(body), true);
    const error = await rejection(resolve(server));
    expect(error.code).toBe(code);
    expect(error.message).toContain(words);
  });

  it('is asked again when it is busy', async () => {
    const server = await served();
    let busy = 2;
    server.override = (_, response) => busy-- > 0 && (response.writeHead(503).end(), true);
    expect((await resolve(server)).files).toEqual(sizes);
  });

  const listing = async (files: unknown): Promise<unknown> => {
    const server = await served();
    server.override = (_, response, { pathname }) =>
      pathname.endsWith('/artifacts') && (response.end(JSON.stringify({ files })), true);
    return await rejection(resolve(server));
  };

  it('that lists a folder within itself comes to an end', async () => {
    const error = await listing([{ path: 'again', is_dir: true }]);
    expect(error).toMatchObject({ code: 'PROTOCOL', message: expect.stringContaining('folders deep') as string });
  });

  it('that lists more and more folders comes to an end', async () => {
    const many = Array.from({ length: 400 }, (_, index) => ({ path: `f${index}`, is_dir: true }));
    const error = await listing(many);
    expect(error).toMatchObject({ code: 'PROTOCOL', message: expect.stringContaining('entries') as string });
  });

  it.each(['../evil', '..', 'a/b', '', 'a\\b'])('lists the name %j', async (path) => {
    for (const isFolder of [true, false]) {
      const error = await listing([{ path, is_dir: isFolder, file_size: 1 }]);
      expect(error).toMatchObject({ code: 'HOSTILE_NAME' });
    }
  });

  it.each([
    ['a file twice', [{ path: 'a', file_size: 1 }, { path: 'A', file_size: 1 }], 'HOSTILE_NAME'],
    ['a size that is none', [{ path: 'a', file_size: -1 }], 'PROTOCOL'],
    ['no names', [{ file_size: 1 }], 'PROTOCOL'],
    ['no list', 'all of them', 'PROTOCOL'],
    ['nothing', [], 'NO_FILES_MATCH'],
  ])('lists %s', async (_, files, code) => {
    expect(await listing(files)).toMatchObject({ code });
  });

  it.each([true, false])('that has changed a file since the lock is found out (length announced: %s)', async (sendsLength) => {
    const server = await served();
    server.sendsLength = sendsLength;
    const manifest = await resolve(server, undefined, {}, { include: ['MLmodel'], exclude: [] });
    const locked = manifest.files.map((file) => ({ ...file, sha256: sha256(Buffer.from('other')) }));
    const changed = { ...manifest, files: locked };
    expect((await rejection(download(changed))).code).toBe('HASH_MISMATCH');
    server.artifacts.set(`${ROOT}/MLmodel`, Buffer.from('much longer than before'));
    expect((await rejection(download(changed))).code).toBe('SIZE_MISMATCH');
    server.artifacts.set(`${ROOT}/MLmodel`, Buffer.from('short'));
    expect((await rejection(download(changed))).code).toBe(sendsLength ? 'SIZE_MISMATCH' : 'TRUNCATED');
    server.artifacts.delete(`${ROOT}/MLmodel`);
    const gone = await rejection(download(changed));
    expect(gone).toMatchObject({ code: 'ENTRY_NOT_FOUND', message: expect.stringContaining('"MLmodel"') as string });
  });
});

describe('the address of the server', () => {
  it.each([
    ['databricks', 'trackingUri is not'],
    ['file:///mlruns', 'trackingUri is not'],
    ['https://ann:secret@host.test', 'trackingUri is not'],
    [undefined, 'Which MLflow server?'],
  ])('%j is refused', async (trackingUri, words) => {
    const error = await rejection(resolve(await served(), { trackingUri, modelVersion: '1' }));
    expect(error.code).toBe('SPEC_INVALID');
    expect(error.message).toContain(words);
    expect(JSON.stringify(error)).not.toContain('secret@');
  });
});

describe('the short form', () => {
  it.each([
    [{ modelVersion: '3' }, 'mlflow:https://host.test#tiny/3'],
    [{ modelStage: 'Production' }, 'mlflow:https://host.test#tiny/Production'],
    [{ modelAlias: 'champion', trackingUri: undefined }, 'mlflow:tiny@champion'],
  ])('of %j is %s', (source, text) => {
    const given = { trackingUri: 'https://host.test', modelName: 'tiny', ...source };
    expect(mlflow.describe({ mlflow: given })).toBe(text);
  });
});
