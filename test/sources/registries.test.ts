// The sources `ollama` and `oci` against a real registry: Debian's docker-registry, filled by skopeo.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Manifest, Stage } from '../../src/base/manifest.ts';
import type { SourceSpec } from '../../src/base/spec.ts';
import { downloadManifest } from '../../src/download/download-manifest.ts';
import { oci } from '../../src/sources/oci.ts';
import { ollama } from '../../src/sources/ollama.ts';
import type { Source, SourceContext } from '../../src/sources/source.ts';
import { fakeClock } from '../net/fake-clock.ts';
import { openHttp } from '../net/open-http.ts';
import { rejection } from '../net/rejection.ts';
import { FILEPATH, hexOf, makeArtifact, makeIndex, ollamaModel, TITLE } from './artifact.ts';
import { type DockerRegistry, LOGIN, skipped, startRegistry } from './docker-registry.ts';
import { startTokenServer, type TokenServer } from './token-server.ts';

const WEIGHTS = 'weights '.repeat(100_000);
const MODEL = ollamaModel(WEIGHTS);
const ARTIFACT = makeArtifact({
  config: { mediaType: 'application/vnd.cncf.model.config.v1+json', content: '{"descriptor":{}}' },
  layers: [
    { mediaType: 'application/vnd.cncf.model.weight.v1.raw', content: WEIGHTS, annotations: { [FILEPATH]: 'model.gguf' } },
    { mediaType: 'text/plain', content: 'read me', annotations: { [TITLE]: 'docs/README.md' } },
    { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', content: 'a layer of a modelcar' },
  ],
});

const everything = { include: [], exclude: [] };

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'registries-'))));
afterAll(() => rm(folder, { recursive: true }));

const contextOf = (environment: Record<string, string> = {}): SourceContext => ({
  http: openHttp(),
  environment: { HOME: '/nonexistent', ...environment },
  clock: fakeClock(),
});

interface Fetched {
  readonly manifest: Manifest;
  readonly stage: Stage;
  readonly read: (path: string) => Promise<string>;
}

async function download(source: Source, manifest: Manifest, context: SourceContext): Promise<Fetched> {
  const directory = await mkdtemp(join(folder, 'stage-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const { http } = context;
  const stage = await downloadManifest(manifest, {
    http,
    locate: source.locate(manifest, context),
    directory: join(directory, 'files'),
    journalDirectory: join(directory, 'journal'),
  });
  return { manifest, stage, read: (path) => readFile(join(stage.directory, path), 'utf8') };
}

describe.skipIf(skipped !== '')(`a registry${skipped}`, () => {
  let registry: DockerRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
    await registry.push(MODEL, 'library/tiny', '1b');
    await registry.push(ARTIFACT, 'org/name', 'v1');
  });
  afterAll(() => registry.stop());
  beforeEach(async () => {
    await registry.requests();
  });

  const specOf = (kind: 'ollama' | 'oci', repository: string, reference: string): SourceSpec => ({
    [kind]: { registry: registry.url, repository, reference },
  });

  it('gives an Ollama model as the directory that Ollama keeps, pinned by one request', async () => {
    const context = contextOf();
    const manifest = await ollama.resolve(specOf('ollama', 'library/tiny', '1b'), everything, context);
    expect(await registry.requests()).toEqual(['GET /v2/library/tiny/manifests/1b']);
    expect(manifest.revision).toBe(MODEL.digest);
    const blobs = [...MODEL.blobs.keys()].map((hex) => `blobs/sha256-${hex}`).sort();
    expect(blobs).toHaveLength(3);
    expect(manifest.files.map(({ path }) => path)).toEqual([...blobs, `manifests/${registry.host}/library/tiny/1b`]);

    const { read } = await download(ollama, manifest, context);
    expect(await read(`manifests/${registry.host}/library/tiny/1b`)).toBe(MODEL.manifest.toString());
    expect(await read(`blobs/sha256-${hexOf(WEIGHTS)}`)).toBe(WEIGHTS);
  });

  it('gives an artifact with its manifest, its config and its layers by name', async () => {
    const context = contextOf();
    const manifest = await oci.resolve(specOf('oci', 'org/name', 'v1'), everything, context);
    expect(await registry.requests()).toEqual(['GET /v2/org/name/manifests/v1']);
    expect(manifest.revision).toBe(ARTIFACT.digest);
    const { stage, read } = await download(oci, manifest, context);
    expect(stage.files.map(({ path }) => path)).toEqual([
      '.oci/config.json',
      '.oci/manifest.json',
      'docs/README.md',
      `layers/${hexOf('a layer of a modelcar')}.tar.gz`,
      'model.gguf',
    ]);
    expect(await read('.oci/manifest.json')).toBe(ARTIFACT.manifest.toString());
    expect(await read('.oci/config.json')).toBe('{"descriptor":{}}');
    expect(await read('docs/README.md')).toBe('read me');
    expect(await read('model.gguf')).toBe(WEIGHTS);
  });

  it('is asked for blobs by digest only, once an artifact is pinned', async () => {
    const context = contextOf();
    const sha256 = hexOf(WEIGHTS);
    const locked = { source: specOf('oci', 'org/name', 'v1'), revision: ARTIFACT.digest };
    const files = [{ path: 'model.gguf', size: WEIGHTS.length, sha256 }];
    const { read } = await download(oci, { ...locked, files }, context);
    expect(await read('model.gguf')).toBe(WEIGHTS);
    expect(await registry.requests()).toEqual([
      `HEAD /v2/org/name/manifests/${ARTIFACT.digest}`,
      `GET /v2/org/name/blobs/sha256:${sha256}`,
    ]);
  });

  it('gives the only manifest of an index, and names the digests where there are several', async () => {
    const platform = { os: 'linux', architecture: 'arm64' };
    const other = makeArtifact({ layers: [{ mediaType: 'text/plain', content: 'other' }] });
    await registry.push(makeIndex([{ artifact: ARTIFACT, platform }]), 'org/one', 'v1');
    await registry.push(makeIndex([{ artifact: ARTIFACT, platform }, { artifact: other, platform }]), 'org/two', 'v1');
    const context = contextOf();
    const manifest = await oci.resolve(specOf('oci', 'org/one', 'v1'), everything, context);
    expect(manifest.revision).toBe(ARTIFACT.digest);
    const error = await rejection(oci.resolve(specOf('oci', 'org/two', 'v1'), everything, context));
    expect(error.code).toBe('REVISION_NOT_FOUND');
    expect(error.remedies).toEqual([`${ARTIFACT.digest}  linux/arm64`, `${other.digest}  linux/arm64`]);
    const chosen = await oci.resolve(specOf('oci', 'org/two', other.digest), everything, context);
    expect(chosen.revision).toBe(other.digest);
  });

  it.each([
    ['org/none', 'v1', 'REVISION_NOT_FOUND', 'tag "v1", or there is no such repository'],
    ['org/name', 'v2', 'REVISION_NOT_FOUND', 'tag "v2"'],
    ['org/name', `sha256:${'0'.repeat(64)}`, 'REVISION_NOT_FOUND', 'manifest of this digest'],
    ['Org/Name', 'v1', 'REPO_NOT_FOUND', 'does not answer as a registry'],
  ])('says what is missing: %s at %s', async (repository, reference, code, message) => {
    const error = await rejection(oci.resolve(specOf('oci', repository, reference), everything, contextOf()));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });

  it('says so when a pinned blob is gone', async () => {
    const files = [{ path: 'model.gguf', size: 3, sha256: '0'.repeat(64) }];
    const manifest = { source: specOf('oci', 'org/name', 'v1'), revision: ARTIFACT.digest, files };
    const error = await rejection(download(oci, manifest, contextOf()));
    expect(error.code).toBe('ENTRY_NOT_FOUND');
    expect(error.message).toBe('The registry no longer has this file');
  });
});

async function loginFile(registry: DockerRegistry, password: string): Promise<string> {
  const path = join(folder, `${password}.json`);
  const auth = Buffer.from(`${LOGIN.name}:${password}`).toString('base64');
  await writeFile(path, JSON.stringify({ auths: { [registry.host]: { auth } } }));
  return path;
}

describe.skipIf(skipped !== '')(`a registry with tokens${skipped}`, () => {
  let registry: DockerRegistry;
  let tokens: TokenServer;
  beforeAll(async () => {
    tokens = await startTokenServer(`${LOGIN.name}:${LOGIN.password}`);
    registry = await startRegistry({ tokens: tokens.configuration });
    await registry.push(ARTIFACT, 'org/private', 'v1');
  });
  afterAll(() => Promise.all([registry.stop(), tokens.stop()]));

  const spec = (): SourceSpec => ({ oci: { registry: registry.url, repository: 'org/private', reference: 'v1' } });

  it('lets in who has a login for its tokens, and is asked for no right but to read', async () => {
    const context = contextOf({ REGISTRY_AUTH_FILE: await loginFile(registry, LOGIN.password) });
    tokens.asked.splice(0);
    const manifest = await oci.resolve(spec(), everything, context);
    const { read } = await download(oci, manifest, context);
    expect(await read('model.gguf')).toBe(WEIGHTS);
    const basic = `Basic ${Buffer.from(`${LOGIN.name}:${LOGIN.password}`).toString('base64')}`;
    const once = ['repository:org/private:pull', basic];
    // To resolve, and for all the files.
    expect(tokens.asked).toEqual([once, once]);
  });

  it('says that a token without rights is not enough', async () => {
    const error = await rejection(oci.resolve(spec(), everything, contextOf()));
    expect(error.code).toBe('AUTH_REQUIRED');
  });
});

describe.skipIf(skipped !== '')(`a registry with a login${skipped}`, () => {
  let registry: DockerRegistry;
  beforeAll(async () => {
    registry = await startRegistry({ login: true });
    await registry.push(ARTIFACT, 'org/private', 'v1');
  });
  afterAll(() => registry.stop());

  const spec = (): SourceSpec => ({ oci: { registry: registry.url, repository: 'org/private', reference: 'v1' } });

  it('lets the user in whose login the configuration has', async () => {
    const context = contextOf({ REGISTRY_AUTH_FILE: await loginFile(registry, LOGIN.password) });
    const manifest = await oci.resolve(spec(), everything, context);
    const { read } = await download(oci, manifest, context);
    expect(await read('model.gguf')).toBe(WEIGHTS);
  });

  it('wants a login, and says how to give one', async () => {
    const error = await rejection(oci.resolve(spec(), everything, contextOf()));
    expect(error.code).toBe('AUTH_REQUIRED');
    expect(error.remedies.join(' ')).toContain(`skopeo login ${registry.host}`);
  });

  it('names the file of a login that it does not accept', async () => {
    const path = await loginFile(registry, 'wrong');
    const context = contextOf({ REGISTRY_AUTH_FILE: path });
    const error = await rejection(oci.resolve(spec(), everything, context));
    expect(error.code).toBe('AUTH_INVALID');
    expect(error.message).toContain(path);
    expect(JSON.stringify(error)).not.toContain('wrong:');
  });
});
