// Builds models with the Nix that is installed, from a hub on this machine: with and without the
// sandbox, pinned by hash, by file and by lock. Nothing is asked of any other host.

import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { planModel } from '../../src/core/plan.ts';
import { build, evaluate, type NixResult, runNix, succeeded, sandboxWorks } from './nix-commands.ts';
import { serveModel, type ServedModel } from './served-model.ts';

const SANDBOX = ['--option', 'sandbox', 'true'];
const sandboxed = await sandboxWorks();
let model: ServedModel;
const built = new Set<string>();

beforeAll(async () => {
  model = await serveModel();
});

afterAll(async () => {
  await model.close(built);
});

const nix = (value: unknown): string => `(builtins.fromJSON ''${JSON.stringify(value)}'')`;

async function buildSpec(spec: object, args: readonly string[] = [], url = model.url): Promise<NixResult> {
  const result = await build(`lib.fetchModel ${nix(spec)}`, args, { environment: { HF_ENDPOINT: url } });
  const path = result.stdout.trim();
  if (result.status !== 0) return result;
  // What is built is the check, a link to the model.
  const model = realpathSync(path);
  built.add(path).add(model);
  for (const name of readdirSync(model)) built.add(realpathSync(join(model, name)));
  return { ...result, stdout: model };
}

async function pathOf(spec: object, args: readonly string[] = []): Promise<string> {
  return succeeded(await buildSpec(spec, args)).stdout.trim();
}

/** Content of every file below a store path, by name. */
const contents = (path: string): Record<string, string> =>
  Object.fromEntries(readdirSync(path).map((name) => [name, readFileSync(join(path, name), 'latin1')]));

const sri = (hex: string): string => `sha256-${Buffer.from(hex, 'hex').toString('base64')}`;
const byHash = (name: string, hash = model.treeHash): object => ({
  name: `${name}-${model.id}`,
  source: `hf:${model.repo}`,
  hash,
});
const byFile = (name: string): object => ({
  name: `${name}-${model.id}`,
  source: `hf:${model.repo}`,
  fileHashes: Object.fromEntries(Object.entries(model.digests).map(([path, hex]) => [path, sri(hex)])),
});
const isValid = async (path: string): Promise<boolean> =>
  (await runNix('nix-store', ['--check-validity', path])).status === 0;

describe('a model pinned by the hash of its tree', () => {
  const fetched = async (name: string, args: readonly string[]): Promise<void> => {
    const spec = byHash(name);
    const path = await pathOf(spec, args);
    expect(path).toBe(planModel(spec, '/nix/store').storePath);
    expect(contents(path)).toEqual(contents(model.directory));
  };
  test('is fetched outside a sandbox, to the path that the core plans', () => fetched('plain', []));
  test.skipIf(!sandboxed)('is fetched in a sandbox, to the path that the core plans', () =>
    fetched('sandboxed', SANDBOX));

  test('may be pinned by sha512', async () => {
    const hash = succeeded(await runNix('nix-hash', ['--type', 'sha512', '--base32', model.directory]));
    const spec = byHash('sha512', `sha512:${hash.stdout.trim()}`);
    expect(await pathOf(spec)).toBe(planModel(spec, '/nix/store').storePath);
  });

  test('consists of the chosen files only', async () => {
    const names = Object.keys(model.digests).filter((path) => path.endsWith('.safetensors'));
    const spec = { ...byHash('chosen', sri('0'.repeat(64))), files: ['*.safetensors'] };
    const { stderr } = await buildSpec(spec);
    const [, hash = ''] = /got: +(sha256-\S+)/.exec(stderr) ?? [];
    expect(Object.keys(contents(await pathOf({ ...spec, hash }))).sort()).toEqual(names.sort());
  });

  test('is refused, and its path stays invalid, when the hash is another', async () => {
    const spec = byHash('wrong', sri('1'.repeat(64)));
    // Nix keeps what it got under the path of its real hash, where a build with that hash finds it.
    built.add(planModel(byHash('wrong'), '/nix/store').storePath ?? '');
    const { status, stderr } = await buildSpec(spec);
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/hash mismatch/);
    const planned = planModel(spec, '/nix/store').storePath ?? '';
    expect(await isValid(planned)).toBe(false);
    expect(existsSync(planned)).toBe(false);
  });

  test('costs no request when it is in the store', async () => {
    const spec = byHash('twice');
    const path = await pathOf(spec);
    const before = model.requests.length;
    expect(await pathOf(spec)).toBe(path);
    expect(model.requests.length).toBe(before);
  });

  test('fails with what to do when the hub cannot be reached', async () => {
    const { status, stderr } = await buildSpec(byHash('unreachable'), [], 'http://127.0.0.1:9');
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/\[NETWORK\][\s\S]*what to do:/);
  });

  test('fails with what to do when the repository does not exist', async () => {
    const spec = { ...byHash('absent'), source: 'hf:org/nobody-has-this' };
    const { stderr } = await buildSpec(spec);
    expect(stderr).toMatch(/\[(REPO_NOT_FOUND|AUTH_REQUIRED)\][\s\S]*what to do:/);
  });
});

describe('a model pinned file by file', () => {
  const linked = async (name: string, args: readonly string[]): Promise<void> => {
    const path = await pathOf(byFile(name), args);
    expect(contents(path)).toEqual(contents(model.directory));
    const plan = planModel(byFile(name), '/nix/store');
    for (const file of plan.files ?? []) expect(readlinkSync(join(path, file.path))).toBe(file.storePath);
  };
  test('is a tree of links to one store path per file outside a sandbox', () => linked('files', []));
  test.skipIf(!sandboxed)('is a tree of links to one store path per file in a sandbox', () =>
    linked('files-sandboxed', SANDBOX));

  test('is refused file by file: the others are kept', async () => {
    const [first = ''] = Object.keys(model.digests).filter((path) => path.endsWith('.safetensors'));
    const spec = byFile('one-wrong') as { fileHashes: Record<string, string> };
    const wrong = { ...spec, fileHashes: { ...spec.fileHashes, [first]: sri('2'.repeat(64)) } };
    const { status, stderr } = await buildSpec(wrong);
    expect(status).not.toBe(0);
    expect(stderr).toContain('hash mismatch');
    const planned = planModel(wrong, '/nix/store').files ?? [];
    expect(await isValid(planned.find(({ path }) => path === first)?.storePath ?? '')).toBe(false);
  });

  test('takes a file from a mirror when the first address does not have it', async () => {
    const [path = ''] = Object.keys(model.digests).filter((name) => name.endsWith('.safetensors'));
    const address = `${model.url}/${model.repo}/resolve/main/${path}`;
    const file = {
      urls: ['http://127.0.0.1:9/gone', address],
      path: `mirrored-${model.id}.bin`,
      hash: sri(model.digests[path] ?? ''),
    };
    const store = await pathOf({ name: `mirrored-${model.id}`, source: { url: { urls: [file] } } });
    expect(Object.values(contents(store))).toEqual([readFileSync(join(model.directory, path), 'latin1')]);
  });
});

describe('a model from a lock file', () => {
  const lock = (): object => ({
    version: 1,
    models: {
      [`locked-${model.id}`]: {
        source: { huggingface: { repo: model.repo, revision: 'main', repoType: 'model' } },
        revision: 'main',
        contents: Object.entries(model.digests)
          .map(([path, sha256]) => ({ path, size: model.sizes[path], sha256 }))
          .sort((a, b) => (a.path < b.path ? -1 : 1)),
      },
    },
  });

  test('has the files that were locked', async () => {
    const path = await pathOf({ name: `locked-${model.id}`, lock: lock() }, sandboxed ? SANDBOX : []);
    expect(contents(path)).toEqual(contents(model.directory));
  });

  test('has the same store paths as the plan, before anything is built', async () => {
    const spec = { name: `locked-${model.id}`, lock: lock() };
    const listed = await evaluate(`(lib.fetchModel ${nix(spec)}).files`);
    expect(listed).toEqual(planModel(spec, '/nix/store').files);
  });
});
