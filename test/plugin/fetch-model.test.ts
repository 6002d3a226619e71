// builtins.fetchModel on a model that is in the store already: what it returns, that it costs no
// process and no network, and what each evaluation mode allows.

import { writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addToStore, makeModel, remove, removeFromStore, scratch, type TestModel } from './models.ts';
import { commandLine, impureEval, nix, PLUGIN, pureEval, run, WHY_NOT } from './nix-run.ts';

const hasStrace = spawnSync(...commandLine('strace', ['-V'])).status === 0;

describe.skipIf(WHY_NOT)(`builtins.fetchModel of a valid path${WHY_NOT ? ` (${WHY_NOT})` : ''}`, () => {
  let folder: string;
  let model: TestModel;
  let storePath: string;

  beforeAll(async () => {
    folder = await scratch();
    model = await makeModel(folder);
    storePath = await addToStore(model);
  });
  afterAll(async () => {
    await removeFromStore([storePath]);
    await remove(folder);
  });

  const evaluated = async (expression: string): Promise<unknown> => {
    const { status, stdout, stderr } = await pureEval(expression);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    return JSON.parse(stdout);
  };
  const call = (): string => `(builtins.fetchModel ${model.expression})`;

  it('describes the model in pure evaluation', async () => {
    expect(await evaluated(`removeAttrs ${call()} [ "outPath" ]`)).toEqual({
      name: model.name,
      revision: 'v1',
      hash: model.hash,
      files: model.files.map(({ path, size }) => ({ path, size })),
      totalSize: model.files.reduce((sum, { size }) => sum + size, 0),
    });
  });

  it('stands for its store path as a string', async () => {
    expect(await evaluated(call())).toBe(storePath);
    expect(await evaluated(`"\${${call()}}/config.json"`)).toBe(`${storePath}/config.json`);
    expect(await evaluated(`${call()} ? drvPath`)).toBe(false);
  });

  it('carries the store path as context', async () => {
    expect(await evaluated(`builtins.getContext ${call()}.outPath`)).toEqual({ [storePath]: { path: true } });
  });

  it('makes a derivation that uses it depend on it', async () => {
    const { stdout } = await nix('nix-instantiate', [
      '-E',
      `derivation { name = "${model.name}-user"; system = "any"; builder = "/bin/sh"; model = ${call()}; }`,
    ]);
    const drv = stdout.trim();
    expect((await run('nix-store', ['--query', '--references', drv])).stdout).toContain(storePath);
    await removeFromStore([drv]);
  });

  it('lets a pure evaluation read the model, and nothing else', async () => {
    expect(await evaluated(`builtins.readFile "\${${call()}}/config.json"`)).toContain(model.name);
    const outside = await pureEval(`builtins.readFile ${folder}/x`);
    expect(outside.stderr).toContain('forbidden in pure eval');
  });

  it('gives meta and version back without evaluating them', async () => {
    const spec = `(${model.expression} // { version = "1.2"; meta = { license = "mit"; broken = throw "not me"; }; })`;
    const attributes = `let m = builtins.fetchModel ${spec}; in [ m.version m.meta.license ]`;
    expect(await evaluated(attributes)).toEqual(['1.2', 'mit']);
  });

  it('answers nix-instantiate too', async () => {
    const { stdout } = await nix('nix-instantiate', ['--eval', '-E', `${call()}.outPath`]);
    expect(stdout.trim()).toBe(`"${storePath}"`);
  });

  it.skipIf(!hasStrace)('starts no process and opens no connection (needs strace)', async () => {
    const trace = join(folder, 'trace');
    const words = ['--option', 'plugin-files', PLUGIN, '--eval', '--strict', '-E', call()];
    const traced = ['-f', '-qq', '-e', 'trace=execve,connect,fork,vfork', '-o', trace];
    const { status } = await run('strace', [...traced, 'nix-instantiate', ...words]);
    expect(status).toBe(0);
    const calls = (await run('cat', [trace])).stdout.split('\n').filter((line) => line !== '');
    // The one execve is Nix itself; a daemon's socket is a unix socket.
    expect(calls.filter((line) => line.includes('execve'))).toHaveLength(1);
    expect(calls.filter((line) => line.includes('AF_INET'))).toEqual([]);
  });

  describe('restricted evaluation', () => {
    const restricted = (uris: string): Promise<{ status: number | null; stderr: string }> =>
      nix('nix-instantiate', [
        ...['--option', 'restrict-eval', 'true', '--option', 'allowed-uris', uris],
        ...['--eval', '--strict', '-E', call()],
      ]);

    it('refuses a source that allowed-uris does not name', async () => {
      const { status, stderr } = await restricted('https://example.org');
      expect(status).not.toBe(0);
      expect(stderr).toContain(`https://huggingface.co/org/${model.name}`);
    });

    it('allows one that it names', async () => {
      expect((await restricted('https://huggingface.co')).status).toBe(0);
    });
  });

  describe('a lock file', () => {
    let lock: string;

    beforeAll(async () => {
      lock = join(folder, 'models.lock.json');
      const contents = model.files;
      const entry = {
        source: { huggingface: { repo: `org/${model.name}`, revision: 'v1', repoType: 'model' } },
        revision: '0123456789abcdef0123456789abcdef01234567',
        totalSize: contents.reduce((sum, { size }) => sum + size, 0),
        contents,
      };
      await writeFile(lock, JSON.stringify({ version: 1, models: { [model.name]: entry } }));
    });

    const spec = (value: string): string => `{ name = "${model.name}"; lock = ${value}; }`;

    it('may be a path, a string or its parsed content, with the same result', async () => {
      const forms = [lock, `"${lock}"`, `(builtins.fromJSON (builtins.readFile ${lock}))`];
      const messages = [];
      for (const form of forms) messages.push((await impureEval(`builtins.fetchModel ${spec(form)}`)).stderr);
      // Not in the store, so each of them goes as far as the helper, which this test does not have.
      for (const message of messages) expect(message).toContain('Cannot run the helper program');
    });

    it('is out of reach of a pure evaluation where it lies outside of it', async () => {
      const { stderr } = await pureEval(`builtins.fetchModel ${spec(lock)}`);
      expect(stderr).toContain('forbidden in pure eval');
    });

    it('gives a clear error where it is missing or is not JSON', async () => {
      const missing = await impureEval(`builtins.fetchModel ${spec('/no/such/lock')}`);
      expect(missing.stderr).toContain('cannot be read: No such file or directory [LOCK_INVALID]');
      await writeFile(join(folder, 'broken.json'), '{ "version": ');
      const broken = await impureEval(`builtins.fetchModel ${spec(join(folder, 'broken.json'))}`);
      expect(broken.stderr).toContain('is not JSON [LOCK_INVALID]');
    });
  });
});
