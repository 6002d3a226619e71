// Models of registries through the pipelines: a real registry, a lock that downloads nothing, a fetch
// into a real store, a verification of what is there. The examples of the docs are tried as well.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Context } from '../../src/context.ts';
import { fetchModel } from '../../src/fetch-model.ts';
import { lockModel } from '../../src/lock-models.ts';
import { prefetchModel } from '../../src/prefetch-model.ts';
import { sourceFor } from '../../src/sources/registry.ts';
import { parseSpec } from '../../src/spec/parse-spec.ts';
import { verifyDirectory } from '../../src/verify/verify-directory.ts';
import { FILEPATH, hexOf, makeArtifact, ollamaModel } from './artifact.ts';
import { type DockerRegistry, skipped, startRegistry } from './docker-registry.ts';
import { openPipeline, type Pipeline } from './pipeline-context.ts';

const HEX = '0123456789abcdef'.repeat(4);
const WEIGHTS = 'weights '.repeat(500_000);
const MODEL = ollamaModel(WEIGHTS);
const ARTIFACT = makeArtifact({
  layers: [
    { mediaType: 'application/vnd.cncf.model.weight.v1.raw', content: WEIGHTS, annotations: { [FILEPATH]: 'model.weights' } },
    { mediaType: 'application/vnd.cncf.model.doc.v1.raw', content: 'read me', annotations: { [FILEPATH]: 'docs/README.md' } },
  ],
});

describe.skipIf(skipped !== '')(`a model of a registry${skipped}`, () => {
  let registry: DockerRegistry;
  let pipeline: Pipeline;
  let folder: string;
  let context: Context;

  beforeAll(async () => {
    registry = await startRegistry();
    await registry.push(MODEL, 'library/tiny', '1b');
    await registry.push(ARTIFACT, 'org/name', 'v1');
    pipeline = await openPipeline((HOME) => ({ HOME }));
    ({ folder, context } = pipeline);
  });
  afterAll(async () => {
    await Promise.all([pipeline.close(), registry.stop()]);
  });
  beforeEach(async () => {
    await registry.requests();
  });

  it.each([
    ['ollama', 'library/tiny', '1b', MODEL.digest, `blobs/sha256-${hexOf(WEIGHTS)}`, 4],
    ['oci', 'org/name', 'v1', ARTIFACT.digest, 'model.weights', 4],
  ])('of %s is locked without a blob, fetched, and whole', async (kind, repository, reference, digest, weights, count) => {
    const source = { [kind]: { registry: registry.url, repository, reference } };
    const { name, entry } = await lockModel({ name: 'tiny', source }, context);
    expect(await registry.requests()).toEqual([`GET /v2/${repository}/manifests/${reference}`]);
    expect(entry).toMatchObject({ revision: digest, source });
    expect(entry.contents).toHaveLength(count);

    const fetched = await fetchModel({ name, lock: entry }, context);
    expect(fetched).toMatchObject({ fetched: true, revision: digest });
    expect(await readFile(join(fetched.storePath, weights), 'utf8')).toBe(WEIGHTS);
    const verified = await verifyDirectory(fetched.storePath, entry.contents);
    expect(verified.filter(({ status }) => status !== 'ok')).toEqual([]);
    const asked = await registry.requests();
    expect(asked).not.toContain(`GET /v2/${repository}/manifests/${reference}`);
    expect(await fetchModel({ name, lock: entry }, context)).toMatchObject({ fetched: false });
    expect(await registry.requests()).toEqual([]);
    expect(await readdir(join(folder, 'cache/stage'))).toEqual([]);
  });

  it('is fetched by its hash too', async () => {
    const source = { oci: { registry: registry.url, repository: 'org/name', reference: ARTIFACT.digest } };
    const { hash } = await prefetchModel({ name: 'tiny', source }, context);
    expect(await fetchModel({ name: 'tiny', source, hash }, context)).toMatchObject({ hash });
  });
});

describe.each(['ollama', 'oci'])('docs/sources/%s.md', (kind) => {
  const page = readFileSync(join(import.meta.dirname, `../../docs/sources/${kind}.md`), 'utf8');

  it('has expressions that all mean a source', () => {
    const blocks = [...page.matchAll(/^```nix\n([\s\S]*?)^```$/gm)].map(([, text]) => text ?? '');
    expect(blocks.length).toBeGreaterThan(1);
    const list = `[ ${blocks.map((text) => `{ ${text} }`).join(' ')} ]`;
    const output = execFileSync('nix-instantiate', ['--eval', '--strict', '--json', '--expr', list]);
    const specs = JSON.parse(output.toString()) as unknown[];
    for (const spec of specs) expect(sourceFor(parseSpec(spec).source).kind).toBe(kind);
    expect(parseSpec(specs[0]).source).toEqual(parseSpec(specs[1]).source);
  });

  it('has short forms that are understood, and that errors print alike', () => {
    const quoted = [...page.matchAll(/`([^` ]+)`/g)].map(([, text]) => text ?? '');
    const forms = quoted.filter((text) => text.startsWith(`${kind}:`)).map((text) => text.replace('…', HEX));
    expect(forms.length).toBeGreaterThan(2);
    for (const form of forms) {
      const { source } = parseSpec({ source: form });
      expect(parseSpec({ source: sourceFor(source).describe(source) }).source).toEqual(source);
    }
  });
});
