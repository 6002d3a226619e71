// builtins.fetchModel of a model that is not in the store but in a binary cache: the cache is asked
// before the helper, and one that fails changes nothing.

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addToStore, makeModel, remove, removeFromStore, scratch, type TestModel } from './models.ts';
import { nix, pureEval, run, WHY_NOT, type NixRun } from './nix-run.ts';

const NO_HELPER = 'Cannot run the helper program';

describe.skipIf(WHY_NOT)(`builtins.fetchModel and binary caches${WHY_NOT ? ` (${WHY_NOT})` : ''}`, () => {
  let folder: string;
  let cache: string;
  let model: TestModel;
  let storePath: string;

  beforeAll(async () => {
    folder = await scratch();
    cache = `file://${join(folder, 'cache')}`;
    model = await makeModel(folder);
    storePath = await addToStore(model);
    const copy = ['copy', '--to', cache, storePath];
    const copied = await run('nix', ['--extra-experimental-features', 'nix-command', ...copy]);
    expect(copied.status, copied.stderr).toBe(0);
    await removeFromStore([storePath]);
  });
  afterAll(async () => {
    await removeFromStore([storePath]);
    await remove(folder);
  });

  const evaluate = (substituters: string): Promise<NixRun> =>
    pureEval(`builtins.fetchModel ${model.expression}`, { substituters });
  const call = (): string => `(builtins.fetchModel ${model.expression}).outPath`;

  it('goes on to the helper where a cache does not answer', async () => {
    const { stderr } = await evaluate('http://127.0.0.1:1');
    expect(stderr).toContain(NO_HELPER);
  });

  it('asks no cache where substitution is switched off', async () => {
    const off = await nix('nix-instantiate', ['--option', 'substitute', 'false', '--eval', '-E', call()], {
      substituters: cache,
    });
    expect(off.stderr).toContain(NO_HELPER);
  });

  it('goes on to the helper for a model that no cache has', async () => {
    const other = await makeModel(folder);
    const { stderr } = await pureEval(`builtins.fetchModel ${other.expression}`, { substituters: cache });
    expect(stderr).toContain(NO_HELPER);
  });

  // Last: from here on the model is in the store.
  it('takes the model from a cache, without a helper', async () => {
    const { status, stdout, stderr } = await evaluate(cache);
    expect({ status, stdout: stdout.trim() }, stderr).toEqual({ status: 0, stdout: `"${storePath}"` });
    const check = await run('nix-store', ['--verify-path', storePath]);
    expect(check.status).toBe(0);
  });
});
