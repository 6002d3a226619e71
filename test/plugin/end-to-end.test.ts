// The plugin with the real command line as its helper and a real hub: fetched once, answered from the
// store from then on, the same path as the library's, and refused when a byte is another one.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveHub, type RunningHub } from '../../src/hub/serve.ts';
import { futurePath, makeModel, remove, removeFromStore, scratch, type TestModel } from './models.ts';
import { impureEval, pureEval, run, WHY_NOT, type NixRun } from './nix-run.ts';

const COMMAND = fileURLToPath(new URL('../../bin/nix-ai-model', import.meta.url));

describe.skipIf(WHY_NOT)(`builtins.fetchModel from a hub${WHY_NOT ? ` (${WHY_NOT})` : ''}`, () => {
  let folder: string;
  let model: TestModel;
  let hub: RunningHub;
  const added: string[] = [];

  beforeAll(async () => {
    folder = await scratch();
    model = await makeModel(folder);
    hub = await serveHub({ roots: [`org/${model.name}=${model.directory}`] });
  });
  afterAll(async () => {
    await hub.close();
    await removeFromStore(added);
    await remove(folder);
  });

  /** With the real helper and this test's hub and cache. */
  const environment = (): Record<string, string> => ({
    NIX_AI_MODELS_HELPER: '',
    HF_ENDPOINT: hub.url,
    NIX_AI_MODELS_CACHE: join(folder, 'cache'),
  });
  const source = (): string => `source.huggingface = { repo = "org/${model.name}"; }`;
  const evaluate = (attributes: string, suffix = ''): Promise<NixRun> =>
    pureEval(`(builtins.fetchModel { ${source()}; ${attributes} })${suffix}`, { environment: environment() });
  const isValid = async (path: string): Promise<boolean> =>
    (await run('nix-store', ['--check-validity', path])).status === 0;

  it('refuses a model with a flipped byte, and leaves nothing in the store', async () => {
    const file = join(model.directory, 'onnx/model.bin');
    const right = await readFile(file);
    const wrong = Buffer.from(right);
    wrong[100] = (wrong[100] ?? 0) ^ 1;
    await writeFile(file, wrong);
    const { status, stderr } = await evaluate(`hash = "${model.hash}";`);
    await writeFile(file, right);
    expect(status).toBe(1);
    expect(stderr).toContain('[HASH_MISMATCH]');
    expect(stderr).toContain(`wanted: ${model.hash}`);
    // At `hash`, behind the source.
    expect(stderr).toMatch(/at «string»:1:[6-9]\d/);
    expect(await isValid(await futurePath(model))).toBe(false);
  });

  it('fetches what is not in the store, and needs neither hub nor helper for it again', async () => {
    const path = await futurePath(model);
    added.push(path);
    const first = await evaluate(`hash = "${model.hash}";`);
    expect({ status: first.status, stdout: first.stdout.trim() }).toEqual({ status: 0, stdout: `"${path}"` });
    expect(await isValid(path)).toBe(true);
    const again = await pureEval(`builtins.fetchModel { ${source()}; hash = "${model.hash}"; }`);
    expect(again).toMatchObject({ status: 0, stdout: first.stdout, stderr: '' });
  });

  it('gives the derivation of the library where it is lazy, with the same output path', async () => {
    const expression = `let m = builtins.fetchModel { ${source()}; hash = "${model.hash}"; lazy = true; };
      in [ m.type m.outPath ]`;
    const { stdout, stderr } = await pureEval(expression);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual(['derivation', await futurePath(model)]);
  });

  it('fetches by a lock file: the same files, sizes and commit', async () => {
    const lock = join(folder, 'models.lock.json');
    const words = ['lock', '--lock', lock, `${model.name}=huggingface:org/${model.name}`];
    const locked = await run(COMMAND, words, { environment: environment(), cwd: folder });
    expect(locked.status, locked.stderr).toBe(0);

    const call = `builtins.fetchModel { name = "${model.name}"; lock = ${lock}; }`;
    const whole = `let m = ${call}; in removeAttrs m [ "outPath" ] // { path = "\${m}"; }`;
    const { stdout, stderr } = await impureEval(whole, { environment: environment() });
    expect(stderr).not.toContain('error:');
    const found = JSON.parse(stdout) as { path: string; files: { storePath: string }[] };
    added.push(found.path, ...found.files.map(({ storePath }) => storePath));
    expect(found).toMatchObject({
      name: model.name,
      revision: expect.stringMatching(/^[0-9a-f]{40}$/) as string,
      totalSize: model.files.reduce((sum, { size }) => sum + size, 0),
      files: model.files,
    });
    // Pure evaluation follows the tree's links into the files' own paths.
    const pure = `builtins.readFile "\${builtins.fetchModel {
      name = "${model.name}"; lock = builtins.fromJSON ${JSON.stringify(await readFile(lock, 'utf8'))};
    }}/config.json"`;
    expect((await pureEval(pure)).stdout).toContain(model.name);
  });

  it('tells what to do about a repository that is not there', async () => {
    const { status, stderr } = await pureEval(
      `builtins.fetchModel { source = "huggingface:org/no-such"; hash = "${model.hash}"; }`,
      { environment: environment() },
    );
    expect(status).toBe(1);
    expect(stderr).toMatch(/\[(REPO_NOT_FOUND|AUTH_REQUIRED)\]/);
    expect(stderr).toContain('Check the spelling');
  });
});
