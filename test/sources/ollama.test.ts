// The source `ollama` where registries differ from one another; the real one is in registries.test.ts,
// and what it shares with `oci` is in oci.test.ts.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Manifest } from '../../src/base/manifest.ts';
import type { SourceSpec } from '../../src/base/spec.ts';
import { downloadManifest } from '../../src/download/download-manifest.ts';
import { ollama } from '../../src/sources/ollama.ts';
import type { SourceContext } from '../../src/sources/source.ts';
import { fakeClock } from '../net/fake-clock.ts';
import { openHttp } from '../net/open-http.ts';
import { rejection } from '../net/rejection.ts';
import { DOCKER_MANIFEST, hexOf, makeIndex, ollamaModel } from './artifact.ts';
import { type ScriptedHub } from './scripted-hub.ts';
import { blobPath, manifestPath, refuse, send, serveRegistry } from './scripted-registry.ts';

const MODEL = ollamaModel('weights');
const PINNED = manifestPath(MODEL.digest);
const AMONG_BLOBS = blobPath(hexOf(MODEL.manifest));
const UNKNOWN = refuse(404, 'MANIFEST_UNKNOWN');

const specOf = ({ url }: { readonly url: string }, reference = 'v1'): SourceSpec => ({
  ollama: { registry: url, repository: 'org/name', reference },
});
const contextOf = (): SourceContext => ({
  http: openHttp(),
  environment: { HOME: '/nonexistent' },
  clock: fakeClock(),
});
const resolve = (spec: SourceSpec): Promise<Manifest> =>
  ollama.resolve(spec, { include: [], exclude: [] }, contextOf());

/** Fetches the manifest's own file, as after a lock: the source as asked for, the digest beside it. */
async function fetchManifestFile(registry: ScriptedHub): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ollama-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = { path: 'manifest', size: MODEL.manifest.length, sha256: hexOf(MODEL.manifest) };
  const locked = { source: specOf(registry), revision: MODEL.digest, files: [file] };
  const context = contextOf();
  const stage = await downloadManifest(locked, {
    http: context.http,
    locate: ollama.locate(locked, context),
    directory: join(folder, 'files'),
    journalDirectory: join(folder, 'journal'),
    clock: fakeClock(),
  });
  return await readFile(join(stage.directory, 'manifest'), 'utf8');
}

describe('an Ollama model', () => {
  it('is asked for as Ollama does: huggingface.co has another manifest for other types', async () => {
    const registry = await serveRegistry(MODEL);
    await resolve(specOf(registry));
    expect(registry.requests.map(({ headers }) => headers.accept)).toEqual([DOCKER_MANIFEST]);
  });

  it('has its manifest under a tag that Ollama takes, also where a digest was asked for', async () => {
    const registry = await serveRegistry(MODEL);
    const { host } = new URL(registry.url);
    const { files, revision } = await resolve(specOf(registry, MODEL.digest));
    expect(revision).toBe(MODEL.digest);
    expect(files.at(-1)?.path).toBe(`manifests/${host}/org/name/sha256-${hexOf(MODEL.manifest)}`);
  });

  it('has each blob once, under the name that Ollama gives it', async () => {
    const { files } = await resolve(specOf(await serveRegistry(MODEL)));
    const blobs = [...MODEL.blobs].map(([hex, { length }]) => ({ path: `blobs/sha256-${hex}`, size: length, sha256: hex }));
    expect(files.slice(0, -1)).toEqual(blobs.sort((a, b) => (a.path < b.path ? -1 : 1)));
  });

  it.each([
    ['by its digest', {}, [PINNED]],
    ['among the blobs', { [PINNED]: UNKNOWN, [AMONG_BLOBS]: send(MODEL.manifest) }, [PINNED, AMONG_BLOBS]],
    ['by its tag', { [PINNED]: UNKNOWN }, [PINNED, AMONG_BLOBS, manifestPath('v1')]],
  ])('has a manifest that is found %s', async (_, changes, asked) => {
    const registry = await serveRegistry(MODEL, changes);
    expect(await fetchManifestFile(registry)).toBe(MODEL.manifest.toString());
    expect(registry.log.filter(([line]) => line.startsWith('GET')).map(([line]) => line)).toEqual(
      asked.map((path) => `GET ${path}`),
    );
  });

  it('is not what a tag has become that has moved', async () => {
    const newer = ollamaModel('newer weights');
    const registry = await serveRegistry(MODEL, { [PINNED]: UNKNOWN, [manifestPath('v1')]: send(newer.manifest) });
    const error = await rejection(fetchManifestFile(registry));
    expect(error.code).toBe('ENTRY_NOT_FOUND');
  });

  it('is resolved by digest among the blobs too', async () => {
    const registry = await serveRegistry(MODEL, { [PINNED]: UNKNOWN, [AMONG_BLOBS]: send(MODEL.manifest) });
    expect((await resolve(specOf(registry, MODEL.digest))).revision).toBe(MODEL.digest);
  });

  it('is no index', async () => {
    const registry = await serveRegistry(makeIndex([{ artifact: MODEL }]));
    const error = await rejection(resolve(specOf(registry)));
    expect(error.code).toBe('PROTOCOL');
    expect(error.remedies.join()).toContain('`oci`');
  });

  it.each([
    ['name', 'v1'],
    ['a/b/c', 'v1'],
    ['org/name', 'x'.repeat(81)],
  ])('has no name like %s:%s', async (repository, reference) => {
    const registry = await serveRegistry(MODEL);
    const error = await rejection(resolve({ ollama: { registry: registry.url, repository, reference } }));
    expect(error.code).toBe('SPEC_INVALID');
    expect(registry.log).toEqual([]);
  });

  it.each([
    ['https://registry.ollama.ai', 'library/llama2', '7b', 'ollama:llama2:7b'],
    ['https://registry.ollama.ai', 'org/name', 'v1', 'ollama:org/name:v1'],
    ['https://hf.co', 'org/name', 'Q4_0', 'ollama:hf.co/org/name:Q4_0'],
    ['https://registry.ollama.ai', 'library/llama2', MODEL.digest, `ollama:llama2@${MODEL.digest}`],
  ])('of %s/%s at %s is written %4$s', (registry, repository, reference, short) => {
    expect(ollama.describe({ ollama: { registry, repository, reference } })).toBe(short);
  });
});
