// The derivation that a lazy fetchModel gives, with each Nix that is tested: what is built from a model
// in the store, or read of it, waits for the model's check.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addToStore, makeModel, remove, removeFromStore, scratch, type TestModel } from './models.ts';
import { impureEval, nix, type NixRun, WHY_NOT } from './nix-run.ts';

describe.skipIf(WHY_NOT)(`a lazy builtins.fetchModel${WHY_NOT ? ` (${WHY_NOT})` : ''}`, () => {
  let folder: string;
  let clean: TestModel;
  let evil: TestModel;
  const paths: string[] = [];

  beforeAll(async () => {
    folder = await scratch();
    clean = await makeModel(folder);
    evil = await makeModel(folder, { 'notes.md': "cos\nsystem\n(S'echo evil'\ntR." });
    for (const model of [clean, evil]) paths.push(await addToStore(model));
  });
  afterAll(async () => {
    await removeFromStore(paths);
    await remove(folder);
  });

  const lazy = ({ expression }: TestModel): string => `(builtins.fetchModel (${expression} // { lazy = true; }))`;

  async function build(expression: string): Promise<NixRun> {
    const result = await nix('nix-build', ['--no-out-link', '-E', expression]);
    paths.push(...result.stdout.split('\n').filter((line) => line !== ''));
    return result;
  }

  const user = (model: TestModel, use: string): string => `let model = ${lazy(model)}; in derivation {
    name = "${model.name}-user"; system = builtins.currentSystem; builder = "/bin/sh";
    args = [ "-c" "echo used > $out" ]; model = ${use};
  }`;
  const USES = ['model', '"${model}/config.json"', '[ model.out ]'];

  it('is built by its check, and a link to the model', async () => {
    const { status, stdout, stderr } = await build(lazy(clean));
    expect(status, stderr).toBe(0);
    expect(stdout.trim()).toMatch(new RegExp(`-${clean.name}$`));
    expect(stdout.trim()).not.toBe(paths[0]);
  });

  it.each(USES)('may be used as %s where it is clean', async (use) => {
    const { status, stderr } = await build(user(clean, use));
    expect(status, stderr).toBe(0);
  });

  it.each(USES)('cannot be used as %s where it is malicious', async (use) => {
    const { status, stderr } = await build(user(evil, use));
    expect(status).not.toBe(0);
    expect(stderr).toContain('SCAN_REFUSED');
  });

  it('cannot be read by an evaluation where it is malicious', async () => {
    const read = (model: TestModel): Promise<NixRun> => impureEval(`builtins.readFile "\${${lazy(model)}}/config.json"`);
    expect((await read(clean)).stdout).toContain(clean.name);
    const { status, stderr } = await read(evil);
    expect(status).not.toBe(0);
    expect(stderr).toContain('SCAN_REFUSED');
  });
});
