// builtins.fetchModel of a model that is not in the store: how it speaks with the helper program, and
// what becomes of each way in which the helper can fail.

import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { futurePath, makeHelper, makeModel, remove, removeFromStore, scratch, type TestModel } from './models.ts';
import { commandLine, nix, PLUGIN, pureEval, WHY_NOT, type NixRun } from './nix-run.ts';

describe.skipIf(WHY_NOT)(`builtins.fetchModel and its helper${WHY_NOT ? ` (${WHY_NOT})` : ''}`, () => {
  let folder: string;
  let model: TestModel;

  beforeAll(async () => {
    folder = await scratch();
    model = await makeModel(folder);
  });
  afterAll(async () => {
    await removeFromStore([await futurePath(model)]);
    await remove(folder);
  });

  async function evaluateWith(script: string): Promise<NixRun> {
    const helper = await makeHelper(folder, script);
    return pureEval(`builtins.fetchModel ${model.expression}`, { environment: { NIX_AI_MODELS_HELPER: helper } });
  }

  const refused = async (script: string, ...expected: string[]): Promise<void> => {
    const { status, stderr } = await evaluateWith(script);
    expect(status).toBe(1);
    for (const part of expected) expect(stderr).toContain(part);
    expect(stderr).toContain('at «string»:1:1');
  };

  it('shows the error of the helper with code, wanted, found and remedies', async () => {
    const error = {
      code: 'HASH_MISMATCH',
      message: 'The model is not the pinned one',
      subject: 'onnx/model.bin',
      wanted: 'sha256-AAAA',
      found: 'sha256-BBBB',
      remedies: ['Pin the new hash.', 'Or do not use it.'],
    };
    await refused(
      `echo '${JSON.stringify({ error })}'; exit 3`,
      'The model is not the pinned one [HASH_MISMATCH]',
      'on:     onnx/model.bin',
      'wanted: sha256-AAAA',
      'found:  sha256-BBBB',
      '- Pin the new hash.',
      '- Or do not use it.',
    );
  });

  it('does not believe a helper that reports another path', () =>
    refused(`echo '{"storePath":"/nix/store/other"}'`, 'plan different store paths', 'found:  /nix/store/other'));

  it('does not believe a helper that has added nothing', async () =>
    refused(`echo '{"storePath":"${await futurePath(model)}"}'`, "not in this evaluation's store", 'HELPER_FAILED'));

  it('says how a helper ended that gives no result', async () => {
    await refused('exit 7', 'ended with status 7');
    await refused('kill -9 $$', 'was killed by signal 9');
    await refused('echo nonsense', 'gave no result', 'HELPER_FAILED');
  });

  it('is not confused by a helper that ends after it has answered', async () =>
    refused(`echo '{"storePath":"${await futurePath(model)}"}'; exit 6`, "not in this evaluation's store"));

  it('starts one helper for all calls of an evaluation, and another one where that has ended', async () => {
    const started = join(folder, 'starts');
    const answer = `echo '{"error":{"code":"NETWORK","message":"no hub here"}}'`;
    const attempts = async (script: string): Promise<number> => {
      await writeFile(started, '');
      const helper = await makeHelper(folder, `echo x >> ${started}\n${script}`);
      const input = `builtins.fetchModel ${model.expression}\n`.repeat(3);
      const child = spawn(...commandLine('nix', ['--option', 'plugin-files', PLUGIN, '--extra-experimental-features', 'nix-command', 'repl']), {
        env: { ...process.env, NIX_AI_MODELS_HELPER: helper },
        stdio: ['pipe', 'ignore', 'pipe'],
      });
      let errors = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
      child.stdin.end(input);
      await once(child, 'close');
      expect(errors.match(/no hub here \[NETWORK\]/g)).toHaveLength(3);
      return (await readFile(started, 'utf8')).length / 2;
    };
    expect(await attempts(`while read -r line; do ${answer}; done`)).toBe(1);
    expect(await attempts(`read -r line; ${answer}`)).toBe(3);
  });

  it('stops the helper and what it has started on an interrupt', async () => {
    const started = join(folder, 'started');
    const helper = await makeHelper(folder, `sleep 600 &\necho "$$ $!" > ${started}.tmp\nmv ${started}.tmp ${started}\nwait`);
    const words = ['--option', 'plugin-files', PLUGIN, '--eval', '--strict'];
    const child = spawn(
      ...commandLine('nix-instantiate', [...words, '-E', `builtins.fetchModel ${model.expression}`]),
      { env: { ...process.env, NIX_AI_MODELS_HELPER: helper }, stdio: 'ignore' },
    );
    while (!existsSync(started)) await sleep(20);
    const ids = (await readFile(started, 'utf8')).trim().split(' ');
    child.kill('SIGINT');
    const [status] = (await once(child, 'exit')) as [number | null];
    expect(status).not.toBe(0);
    expect(ids).toHaveLength(2);
    for (const id of ids) await expect.poll(() => isRunning(id), { timeout: 10_000 }).toBe(false);
  });

  // Last: from here on the model is in the store.
  it('hands the spec to the helper, passes its progress through and returns what it has added', async () => {
    const spec = join(folder, 'spec.json');
    const words = join(folder, 'words');
    const script = `read -r line; echo "$line" > ${spec}; echo "$*" > ${words}; echo "half way" >&2
      echo "{\\"storePath\\":\\"$(nix-store --add-fixed --recursive sha256 ${model.directory})\\"}"`;
    const { status, stdout, stderr } = await evaluateWith(script);
    expect(stderr).toContain('half way');
    expect({ status, stdout: stdout.trim() }).toEqual({ status: 0, stdout: `"${await futurePath(model)}"` });
    expect((await readFile(words, 'utf8')).trim()).toBe('helper');
    expect(JSON.parse(await readFile(spec, 'utf8'))).toEqual({
      progress: 'nix',
      spec: { source: { huggingface: { repo: `org/${model.name}`, revision: 'v1' } }, hash: model.hash },
    });
    // And now without a helper.
    expect((await nix('nix-instantiate', ['--eval', '-E', `(builtins.fetchModel ${model.expression}).name`])).status).toBe(0);
  });
});

/** A zombie that nobody has waited for counts as ended. */
async function isRunning(id: string): Promise<boolean> {
  const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => 'State:\tX');
  return !/^State:\s+[ZX]/m.test(status);
}
