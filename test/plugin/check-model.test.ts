// builtins.fetchModel judges a model before it hands it out, also one that lies in the store already, and
// asks the disk only whether it was accepted before.

import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EMPTY_DICT, EVIL, call, pickle } from '../scan/assemble.ts';
import { remove, removeFromStore, scratch } from './models.ts';
import { commandLine, PLUGIN, pureEval, run, WHY_NOT, type NixRun } from './nix-run.ts';

const hasStrace = spawnSync(...commandLine('strace', ['-V'])).status === 0;

describe.skipIf(WHY_NOT)(`builtins.fetchModel and what the scanner says${WHY_NOT ? ` (${WHY_NOT})` : ''}`, () => {
  let folder: string;
  const added: string[] = [];
  const cache = (): string => join(folder, 'cache');

  beforeAll(async () => {
    folder = await scratch();
  });
  beforeEach(async () => {
    await rm(cache(), { recursive: true, force: true });
  });
  afterAll(async () => {
    await removeFromStore(added);
    await remove(folder);
  });

  interface Stored {
    readonly path: string;
    readonly spec: string;
  }

  /** A model of one file in the store, and its spec without the braces. */
  async function stored(name: string, file: string, content: Buffer): Promise<Stored> {
    const directory = join(folder, `${name}-${String(process.pid)}`);
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, file), content);
    const path = (await run('nix-store', ['--add-fixed', '--recursive', 'sha256', directory])).stdout.trim();
    added.push(path);
    const hash = (await run('nix-store', ['--query', '--hash', path])).stdout.trim();
    return { path, spec: `name = "${basename(directory)}"; source = "hf:o/m"; hash = "${hash}";` };
  }
  const fetched = (attributes: string, environment: Record<string, string> = {}): Promise<NixRun> =>
    pureEval(`"\${builtins.fetchModel { ${attributes} }}"`, {
      environment: { NIX_AI_MODELS_CACHE: cache(), ...environment },
    });
  const records = (): Promise<string[]> => readdir(join(cache(), 'scans')).catch(() => []);

  it('refuses what would run code, though the path is valid, and remembers nothing', async () => {
    const { path, spec } = await stored('evil', 'model.pkl', pickle(EVIL));
    const { status, stderr } = await fetched(spec);
    expect(status).toBe(1);
    expect(stderr).toContain('The model is malicious: refused [SCAN_REFUSED]');
    expect(stderr).toContain(`on:     ${path}`);
    expect(stderr).toMatch(/found: {2}model\.pkl, byte \d+: malicious: Calls os\.system .* \[pickle-dangerous-call\]/);
    expect(stderr).toContain('at «string»:1:4');
    expect(await records()).toEqual([]);
  });

  it('remembers what it accepted, and does not look again', async () => {
    const { path, spec } = await stored('good', 'model.pkl', pickle(EMPTY_DICT));
    expect((await fetched(spec)).stdout.trim()).toBe(`"${path}"`);
    const [key = ''] = await records();
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect((await readFile(join(cache(), 'scans', key), 'utf8')).trim()).toBe(path);
    if (!hasStrace) return;
    const trace = join(folder, 'trace');
    const words = ['-f', '-qq', '-e', 'trace=openat', '-o', trace, 'nix-instantiate', '--option', 'plugin-files', PLUGIN];
    const expression = `"\${builtins.fetchModel { ${spec} }}"`;
    const environment = { NIX_AI_MODELS_CACHE: cache() };
    const traced = await run('strace', [...words, '--eval', '-E', expression], { environment });
    expect(traced.stdout.trim()).toBe(`"${path}"`);
    expect(await readFile(trace, 'utf8')).not.toContain('model.pkl');
  });

  it('asks anew under other settings', async () => {
    const { spec } = await stored('library', 'model.pkl', pickle(call('sklearn.svm._classes', 'SVC')));
    expect((await fetched(spec)).stderr).toContain('The model is suspicious: refused [SCAN_REFUSED]');
    const policy = 'security.policy.allowGlobals = [ "sklearn.svm._classes.SVC" ];';
    expect((await fetched(`${spec} ${policy}`)).stderr).toBe('');
    expect((await fetched(`${spec} security.policy.allowLibraryGlobals = true;`)).stderr).toBe('');
    expect(await records()).toHaveLength(2);
    expect((await fetched(`${spec} security.policy.allowFormats = [ "safetensors" ];`)).stderr).toContain('[format-not-allowed]');
    expect((await fetched(spec)).stderr).toContain('[SCAN_REFUSED]');
  });

  it('only warns with failOnScanError = false, and does not look with enablePickleScan = false', async () => {
    const { path, spec } = await stored('warned', 'model.pkl', pickle(EVIL));
    const warned = await fetched(`${spec} security.failOnScanError = false;`);
    expect(warned.stdout.trim()).toBe(`"${path}"`);
    expect(warned.stderr).toMatch(/warning:.* is malicious/);
    const silent = await fetched(`${spec} security.enablePickleScan = false;`);
    expect(silent).toMatchObject({ status: 0, stderr: '' });
    expect(await records()).toEqual([]);
  });

  it('works where nothing can be remembered', async () => {
    const { path, spec } = await stored('unwritable', 'model.pkl', pickle(EMPTY_DICT));
    const { stdout, stderr } = await fetched(spec, { NIX_AI_MODELS_CACHE: '/proc/no-such-folder' });
    expect({ stdout: stdout.trim(), stderr }).toEqual({ stdout: `"${path}"`, stderr: '' });
  });

  it('runs no program that a spec names, and says who does', async () => {
    const { spec } = await stored('programs', 'model.pkl', pickle(EMPTY_DICT));
    const scanners = 'security.customScanners = [ { name = "mine"; command = "exit 1"; } ];';
    const { status, stderr } = await fetched(`${spec} ${scanners}`);
    expect(status).toBe(1);
    expect(stderr).toContain('names scanners that only a build may run [SPEC_INVALID]');
    expect(stderr).toContain('lazy = true');
  });
});
