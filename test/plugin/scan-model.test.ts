// builtins.scanModel says what `nix-ai-model scan --json` says, of files and directories, and reads no more
// than the evaluation may.

import { spawnSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PathsReport } from '../../src/scan/scan-paths.ts';
import { EMPTY_DICT, EVIL, pickle } from '../scan/assemble.ts';
import { CLEAN } from '../scan/clean-cases.ts';
import { MALICIOUS } from '../scan/malicious-cases.ts';
import { zip } from '../scan/zips.ts';
import { remove, removeFromStore, scratch } from './models.ts';
import { commandLine, impureEval, PLUGIN, pureEval, run, WHY_NOT } from './nix-run.ts';

const COMMAND = fileURLToPath(new URL('../../bin/nix-ai-model', import.meta.url));
const hasStrace = spawnSync(...commandLine('strace', ['-V'])).status === 0;

describe.skipIf(WHY_NOT)(`builtins.scanModel${WHY_NOT ? ` (${WHY_NOT})` : ''}`, () => {
  let folder: string;
  beforeAll(async () => {
    folder = await scratch();
  });
  afterAll(() => remove(folder));

  async function scanned(path: string): Promise<PathsReport> {
    const { stdout, stderr } = await impureEval(`builtins.scanModel ${path}`);
    expect(stderr).toBe('');
    return JSON.parse(stdout) as PathsReport;
  }
  async function fromCommandLine(path: string): Promise<PathsReport> {
    return JSON.parse((await run(COMMAND, ['scan', '--json', path])).stdout) as PathsReport;
  }
  it('judges the whole corpus as the command line does', async () => {
    const corpus = join(folder, 'corpus');
    for (const [index, { name, data }] of [...CLEAN, ...MALICIOUS].entries()) {
      const directory = join(corpus, String(index));
      await mkdir(directory, { recursive: true });
      await writeFile(join(directory, name), data);
    }
    const [here, there] = [await scanned(corpus), await fromCommandLine(corpus)];
    expect(here.files).toEqual(there.files);
    expect({ ...here, files: [] }).toEqual({ ...there, files: [] });
  });

  it('walks a directory as the command line does', async () => {
    const model = join(folder, 'model');
    await mkdir(join(model, 'deep/er'), { recursive: true });
    for (const name of ['b.pkl', 'B.pkl', 'deep/a', 'ﬀ.pkl', '🦙.pkl', 'é.pkl']) await writeFile(join(model, name), pickle(EMPTY_DICT));
    await symlink(model, join(model, 'deep/er/circle'));
    await symlink(join(model, 'b.pkl'), join(model, 'link.bin'));
    await symlink('/no/such/file', join(model, 'nowhere'));
    const [here, there] = [await scanned(model), await fromCommandLine(model)];
    expect(here.files).toEqual(there.files);
    // Seven files, and the link to nowhere.
    expect(here.files).toHaveLength(8);
    expect(here.unread).toEqual([{ path: join(model, 'nowhere'), error: 'No such file or directory' }]);
    expect([here.accepted, there.accepted]).toEqual([false, false]);
  });

  it('finds what is packed deep', async () => {
    const packed = (name: string, data: Buffer): Buffer => zip([{ name, data, method: 8 }]);
    const file = join(folder, 'deep.bin');
    await writeFile(file, packed('a.zip', packed('b.npz', packed('x.pkl', pickle(EVIL)))));
    expect(await scanned(file)).toMatchObject({ verdict: 'malicious', accepted: false });
    expect(await scanned(file)).toEqual(await fromCommandLine(file));
  });

  it('has an error with a place for what cannot be read', async () => {
    const cases = [
      ['/no/such/file', 'No such file or directory'],
      ['/dev/null', 'not a regular file'],
      ['{ a = 1; }', 'takes the path of a file or a directory'],
    ] as const;
    for (const [argument, message] of cases) {
      const { status, stderr } = await impureEval(`\n builtins.scanModel ${argument}`);
      expect(status).toBe(1);
      expect(stderr).toContain(message);
      expect(stderr).toContain('at «string»:2:2');
    }
  });

  describe('of a model in the store', () => {
    let storePath: string;
    beforeAll(async () => {
      const model = join(folder, `scanned-${String(process.pid)}`);
      await mkdir(model);
      await writeFile(join(model, 'model.pkl'), pickle(EMPTY_DICT));
      await symlink(join(folder, 'outside.pkl'), join(model, 'outside.pkl'));
      await writeFile(join(folder, 'outside.pkl'), pickle(EVIL));
      storePath = (await run('nix-store', ['--add-fixed', '--recursive', 'sha256', model])).stdout.trim();
    });
    afterAll(() => removeFromStore([storePath]));

    async function pinned(): Promise<string> {
      const { stdout } = await run('nix-store', ['--query', '--hash', storePath]);
      const name = storePath.slice(storePath.indexOf('-') + 1);
      return `(builtins.fetchModel { name = "${name}"; source = "hf:o/m"; hash = "${stdout.trim()}"; security.enablePickleScan = false; })`;
    }

    it('works in pure evaluation, and its paths carry the store path as context', async () => {
      const report = `builtins.scanModel "\${${await pinned()}}/model.pkl"`;
      const wanted = `with builtins.head (${report}).files; [ path (builtins.attrNames (builtins.getContext path)) verdict ]`;
      const { stdout, stderr } = await pureEval(wanted);
      expect(stderr).toBe('');
      expect(JSON.parse(stdout)).toEqual([`${storePath}/model.pkl`, [storePath], 'clean']);
    });

    it('follows no link out of it', async () => {
      const { status, stderr } = await pureEval(`(builtins.scanModel ${await pinned()}).verdict`);
      expect(status).toBe(1);
      expect(stderr).toMatch(/forbidden in (pure|restricted)/);
    });

    it('refuses another path of this machine', async () => {
      const { stderr } = await pureEval(`builtins.scanModel ${folder}/outside.pkl`);
      expect(stderr).toMatch(/forbidden in (pure|restricted)/);
    });

    it.skipIf(!hasStrace)('starts no process and opens no connection (needs strace)', async () => {
      const trace = join(folder, 'trace');
      const words = ['--option', 'plugin-files', PLUGIN, '--eval', '--strict', '-E', `builtins.scanModel ${storePath}`];
      const traced = ['-f', '-qq', '-e', 'trace=execve,connect,fork,vfork', '-o', trace];
      expect((await run('strace', [...traced, 'nix-instantiate', ...words])).status).toBe(0);
      const calls = (await run('cat', [trace])).stdout;
      expect(calls.match(/execve/g)).toHaveLength(1);
      expect(calls).not.toContain('AF_INET');
    });
  });
});
