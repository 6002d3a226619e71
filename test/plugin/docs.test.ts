// docs/plugin.md: what it prints as Nix is Nix, the builtins explain themselves in the repl, and the
// example of a guarded model holds.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeModel as makeShards } from '../../scripts/make-model.mjs';
import { EMPTY_DICT, EVIL, pickle } from '../scan/assemble.ts';
import { remove, scratch } from './models.ts';
import { commandLine, impureEval, nix, PLUGIN, WHY_NOT } from './nix-run.ts';

const page = new URL('../../docs/plugin.md', import.meta.url);

describe.skipIf(WHY_NOT)(`docs/plugin.md${WHY_NOT ? ` (${WHY_NOT})` : ''}`, () => {
  let folder: string;
  beforeAll(async () => {
    folder = await scratch();
  });
  afterAll(() => remove(folder));

  it('has no example that is not Nix', async () => {
    const examples = [...(await readFile(page, 'utf8')).matchAll(/```nix\n([^`]*)```/g)].map(([, code = '']) => code);
    expect(examples.length).toBeGreaterThan(2);
    for (const [index, code] of examples.entries()) {
      const file = join(folder, `${String(index)}.nix`);
      await writeFile(file, /^(assert|\(builtins)/.test(code) ? `model: ${code}` : code);
      const { status, stderr } = await nix('nix-instantiate', ['--parse', file]);
      expect(status, stderr).toBe(0);
    }
  });

  it('lets a clean model through its assertion, and no other', async () => {
    const [, assertion = ''] = /```nix\n(assert [^`]*)```/.exec(await readFile(page, 'utf8')) ?? [];
    const evaluated = async (content: Buffer): Promise<number | null> => {
      const model = join(folder, 'model.pkl');
      await writeFile(model, content);
      return (await impureEval(`(model: ${assertion}) ${model}`)).status;
    };
    expect(await evaluated(pickle(EMPTY_DICT))).toBe(0);
    expect(await evaluated(pickle(EVIL))).toBe(1);
  });

  it('counts the parameters of a model by its other one', async () => {
    const [, expression = ''] = /```nix\n(\(builtins\.inspectModel [^`]*)```/.exec(await readFile(page, 'utf8')) ?? [];
    makeShards(join(folder, 'model'), { shards: 1, bytes: 1 << 16 });
    const [shard = ''] = (await readdir(join(folder, 'model'))).filter((name) => name.endsWith('.safetensors'));
    await rename(join(folder, 'model', shard), join(folder, 'model/model.safetensors'));
    const { stdout, stderr } = await impureEval(`(model: ${expression}) ${folder}/model`);
    expect(stderr).toBe('');
    expect(Number(stdout)).toBeGreaterThan(1000);
  });

  it.each(['fetchModel', 'inspectModel', 'scanModel'])('says the truth about :doc builtins.%s', async (name) => {
    const words = ['--option', 'plugin-files', PLUGIN, '--extra-experimental-features', 'nix-command', 'repl'];
    const child = spawn(...commandLine('nix', words));
    child.stdin.end(`:doc builtins.${name}\n`);
    const [shown] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    expect(shown).toContain(`builtins.${name}`);
    expect(shown).toMatch(name === 'fetchModel' ? /Nix store/ : /without loading/);
  });
});
