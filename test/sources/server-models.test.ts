// Models of git hosts and MLflow servers through the pipelines: a lock, a fetch into a real store by
// that lock, nothing left behind; and the examples of their docs.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context } from '../../src/context.ts';
import { fetchModel } from '../../src/fetch-model.ts';
import { lockModel } from '../../src/lock-models.ts';
import { prefetchModel } from '../../src/prefetch-model.ts';
import { sourceFor } from '../../src/sources/registry.ts';
import { parseSpec } from '../../src/spec/parse-spec.ts';
import { rejection } from '../net/rejection.ts';
import { CONFIG, EXTRA, removeModel, serveModel, TOKENIZER, WEIGHTS } from './git-lfs/model-fixture.ts';
import { gitEnvironment, hasGitLfs, sha256 } from './git-lfs/work-tree.ts';
import { startMlflow } from './mlflow/mlflow-server.ts';
import { openPipeline, type Pipeline } from './pipeline-context.ts';

/** The weights of these tests are noise, which a scan refuses. */
const security = { enablePickleScan: false };

describe('a model of a server', () => {
  let pipeline: Pipeline;
  let folder: string;
  let context: Context;

  beforeAll(async () => {
    pipeline = await openPipeline((home) => gitEnvironment(join(home, 'home')));
    ({ folder, context } = pipeline);
  });
  afterAll(async () => {
    await pipeline.close();
    await removeModel();
  });

  /** What the cache holds once nothing is under way. */
  async function leftovers(): Promise<string[]> {
    const folders = ['stage', 'scratch'].map((name) => join(folder, 'cache', name)).filter((path) => existsSync(path));
    return (await Promise.all(folders.map((path) => readdir(path)))).flat();
  }

  it.skipIf(!hasGitLfs)(`in a git repository is locked and fetched by its lock${hasGitLfs ? '' : ' (needs git-lfs)'}`, async () => {
    const { server, url, commits } = await serveModel();
    const source = { 'git-lfs': { url, rev: 'main', files: ['!training/**', '!.*'] } };
    const { name, entry } = await lockModel({ name: 'tiny-lfs', source }, context);
    expect(server.asked).toEqual([]);
    expect(entry.revision).toBe(commits.main);
    const rows = entry.contents.map(({ path, size, sha256: digest }) => [path, [size, digest]] as const);
    expect(Object.fromEntries(rows)).toEqual({
      'config.json': [CONFIG.length, sha256(CONFIG)],
      'empty': [0, sha256('')],
      'tokenizer.json': [TOKENIZER.length, sha256(TOKENIZER)],
      'weights/a.safetensors': [WEIGHTS.length, sha256(WEIGHTS)],
      'weights/b.safetensors': [EXTRA.length, sha256(EXTRA)],
    });
    const fetched = await fetchModel({ name, lock: entry, security }, context);
    expect(sha256(await readFile(join(fetched.storePath, 'weights/a.safetensors')))).toBe(sha256(WEIGHTS));
    expect(await readFile(join(fetched.storePath, 'tokenizer.json'), 'utf8')).toBe(TOKENIZER);
    expect(await fetchModel({ name, lock: entry, security }, context)).toMatchObject({ fetched: false });
    const tree = await prefetchModel({ name: 'tiny-tree', source, security }, context);
    expect(tree.files).toHaveLength(5);
    expect(await leftovers()).toEqual([]);
  });

  it('of MLflow is locked and fetched by its lock', async () => {
    const server = await startMlflow();
    const version = { source: 'mlflow-artifacts:/1/run/artifacts/model' };
    server.models.set('tiny', { versions: new Map([['3', version]]), aliases: new Map([['champion', '3']]) });
    server.artifacts.set('1/run/artifacts/model/MLmodel', Buffer.from('flavors: {}\n'));
    server.artifacts.set('1/run/artifacts/model/data/weights.bin', WEIGHTS);
    const source = { mlflow: { trackingUri: server.url, modelName: 'tiny', modelAlias: 'champion' } };
    const { name, entry } = await lockModel({ name: 'tiny-mlflow', source }, context);
    expect(entry).toMatchObject({ revision: '3', contents: [{ path: 'MLmodel' }, { path: 'data/weights.bin', sha256: sha256(WEIGHTS) }] });
    server.models.get('tiny')?.aliases.clear();
    const fetched = await fetchModel({ name, lock: entry, security }, context);
    expect(sha256(await readFile(join(fetched.storePath, 'data/weights.bin')))).toBe(sha256(WEIGHTS));
    expect(await leftovers()).toEqual([]);
  });

  it('that fails leaves nothing of git behind', async () => {
    const source = { 'git-lfs': { url: '/nowhere', rev: 'main' } };
    expect((await rejection(lockModel({ name: 'none', source }, context))).code).toBe('REPO_NOT_FOUND');
    expect(await leftovers()).toEqual([]);
  });
});

describe.each([
  ['git-lfs', 'git-lfs:https'],
  ['mlflow', 'mlflow:'],
])('docs/sources/%s.md', (kind, scheme) => {
  const page = readFileSync(join(import.meta.dirname, `../../docs/sources/${kind}.md`), 'utf8');

  it('has expressions that mean this source', () => {
    const blocks = [...page.matchAll(/^```nix\n([\s\S]*?)^```$/gm)].map(([, block]) => block ?? '');
    expect(blocks.length).toBeGreaterThan(0);
    const list = `[ ${blocks.map((block) => `{ ${block} }`).join(' ')} ]`;
    const output = execFileSync('nix-instantiate', ['--eval', '--strict', '--json', '--expr', list]);
    const specs = (JSON.parse(output.toString()) as unknown[]).map(parseSpec);
    for (const { source } of specs) expect(sourceFor(source).kind).toBe(kind);
  });

  it('has short forms that are understood, and that errors print alike', () => {
    const forms = [...page.matchAll(/`([^` ]+)`/g)].map(([, form]) => form ?? '').filter((form) => form.startsWith(scheme));
    expect(forms.length).toBeGreaterThan(0);
    for (const form of forms) {
      const { source } = parseSpec({ source: form });
      expect(sourceFor(source).describe(source)).toBe(form);
    }
  });
});
