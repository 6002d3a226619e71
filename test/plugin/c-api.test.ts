// The backend over the C API, for Nix from 2.34.1 on, of which no registry has a build that loads plugins.
// It runs here around a stand-in of the API (c-api/stand-in.cc) under AddressSanitizer, and, where the other
// Nix was made (scripts/plugin-matrix.sh), with the library of Nix 2.26, whose API is the same for values.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeModel as makeShards } from '../../scripts/make-model.mjs';
import { remove, scratch } from './models.ts';
import { commandLine, IS_WRAPPED, PLUGIN, WHY_NOT } from './nix-run.ts';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const source = join(checkout, 'test/plugin/c-api');
const NAME = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-model';
const STORE_PATH = `/nix/store/${NAME}`;
const SHARD = 'model-00001-of-00002.safetensors';
const HASH = 'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=';
/** Computed when somebody looks at them, by a primop: older releases cannot call one. */
const LAZY = ['metadata', 'tensorList', 'files', 'totalSize'];

/** The objects that are compiled once for all releases. */
function copyObjects(out: string): Promise<void> {
  return cp(join(dirname(PLUGIN), 'obj'), join(out, 'obj'), { recursive: true, preserveTimestamps: true });
}

function compile(words: readonly string[]): void {
  execFileSync(...commandLine('g++', ['-std=c++20', ...words]), { cwd: checkout, stdio: 'pipe' });
}

/** A backend of `release` in `out`, by the build's own rules, around what knows nothing of Nix. */
function buildBackend(out: string, release: string, variables: readonly string[]): void {
  const known = [`OUT=${out}`, `RELEASE=${release}`, 'BACKEND=backend-c'];
  const words = ['-s', '-f', 'nix/plugin/Makefile', ...known, ...variables, 'C_API_LIBS=', 'backend'];
  execFileSync(...commandLine('make', words), { cwd: checkout, stdio: 'pipe' });
}

interface Answer {
  readonly status: number | null;
  readonly stderr: string;
  /** What the driver printed. */
  readonly value: unknown;
}

function answerOf(command: string, words: readonly string[], environment: Record<string, string>): Answer {
  const { status, stdout, stderr } = spawnSync(...commandLine(command, words), {
    cwd: checkout,
    encoding: 'utf8',
    env: { ...process.env, NIX_AI_MODELS_HELPER: '/no-helper-in-this-test', ...environment },
  });
  return { status, stderr, value: stdout === '' ? undefined : (JSON.parse(stdout) as unknown) };
}

describe.skipIf(WHY_NOT !== undefined || IS_WRAPPED)('the backend over the C API, around a stand-in', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await scratch();
    const sanitizer = '-fsanitize=address,undefined';
    const flags = ['-O1', '-g', '-Wall', '-Wextra', '-Werror', sanitizer, '-isystem', `${source}/include`];
    const program = join(folder, 'driver');
    compile([...flags, '-rdynamic', `${source}/driver.cc`, `${source}/stand-in.cc`, '-o', program]);
    const build = join(folder, 'plugin/build');
    await copyObjects(build);
    const headers = [`HEADERS=${source}/include`, 'NIX_VERSION=2.35.0'];
    buildBackend(build, '2.35', [...headers, `CXXFLAGS=-O1 -g -Werror ${sanitizer}`]);
    await copyFile(PLUGIN, join(build, 'nix-ai-models.so'));
    makeShards(join(folder, 'store', NAME), { shards: 2, bytes: 1 << 18 });
    await mkdir(join(folder, 'cache', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb-x'), { recursive: true });
  }, 600_000);
  afterAll(() => remove(folder));

  interface CallOptions {
    readonly settings?: readonly string[];
    readonly allowed?: string;
  }
  const PURE = ['pure-eval=true', 'restrict-eval=false'];
  const OPEN = ['pure-eval=false', 'restrict-eval=false'];

  function call(builtin: string, argument: unknown, { settings = OPEN, allowed = '' }: CallOptions = {}): Answer {
    const words = [join(folder, 'plugin/build/nix-ai-models.so'), builtin, JSON.stringify(argument)];
    const answer = answerOf(join(folder, 'driver'), words, {
      STAND_IN_STORE: join(folder, 'store'),
      STAND_IN_SETTINGS: settings.join('\n'),
      STAND_IN_ALLOWED: allowed,
    });
    expect(answer.stderr).not.toContain('Sanitizer');
    return answer;
  }

  it('describes a model of the store, its parts computed on demand', () => {
    const { value, stderr } = call('inspectModel', { $store: STORE_PATH }, { settings: PURE });
    expect(stderr).toBe('');
    expect(value).toMatchObject({ tensors: 16, missingShards: [], files: [{ path: SHARD, format: 'safetensors' }, {}] });
    const [file] = (value as { files: { tensorList: unknown[]; tensors: number }[] }).files;
    expect(file?.tensorList).toHaveLength(file?.tensors ?? -1);
  });

  it('scans a model, and its paths carry their context', () => {
    const { value } = call('scanModel', { $store: STORE_PATH }, { settings: PURE });
    expect(value).toMatchObject({ verdict: 'clean' });
    expect(JSON.stringify(value)).toContain(`{"$store":"${STORE_PATH}/config.json"}`);
  });

  it('reads no file in pure evaluation that Nix does not allow, nor through a link', async () => {
    const outside = join(folder, 'outside');
    await mkdir(outside);
    await copyFile(join(folder, 'store', NAME, SHARD), join(outside, 'a.safetensors'));
    const path = { $path: join(outside, 'a.safetensors') };
    expect(call('inspectModel', path).value).toMatchObject({ format: 'safetensors' });
    expect(call('inspectModel', path, { settings: PURE }).stderr).toContain('forbidden');
    expect(call('inspectModel', path, { settings: [] }).stderr).toContain('forbidden');
    const allowed = join(folder, 'allowed');
    await mkdir(allowed);
    await symlink(path.$path, join(allowed, 'b.safetensors'));
    const link = { $path: join(allowed, 'b.safetensors') };
    expect(call('inspectModel', link, { settings: PURE, allowed }).stderr).toContain(`'${path.$path}' is forbidden`);
    expect(call('inspectModel', STORE_PATH, { settings: PURE }).stderr).toContain('forbidden');
  });

  it('gives a failure to Nix as the error of the call, with code and remedy', () => {
    const { status, stderr } = call('fetchModel', { source: 'hf:o/n' });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^error of the call: .*\[SPEC_MISSING_PIN\]/);
    expect(stderr).toContain('nix-ai-model prefetch');
    expect(call('fetchModel', 5).stderr).toContain('error of the call');
    expect(call('fetchModel', { source: 'hf:o/n', hash: HASH }).stderr).toContain('[HELPER_FAILED]');
  });

  it("lets Nix's own exceptions pass", () => {
    const { stderr } = call('fetchModel', { source: 'hf:o/n', hash: { $throw: 'out of the expression' } });
    expect(stderr).toBe('exception of Nix: out of the expression\n');
  });

  it('asks allowed-uris in restricted evaluation', () => {
    const spec = { source: 'hf:o/n', hash: HASH };
    const asked = (uris: string): string => {
      return call('fetchModel', spec, { settings: ['pure-eval=false', 'restrict-eval=true', `allowed-uris=${uris}`] }).stderr;
    };
    for (const uris of ['', 'https://huggingface.c', 'https://huggingface.co/o/nn', 'http:'])
      expect(asked(uris)).toContain('forbidden in restricted mode');
    for (const uris of ['x https://huggingface.co', 'https://huggingface.co/o/n', 'https://huggingface.co/', 'https:'])
      expect(asked(uris)).toContain('[HELPER_FAILED]');
  });

  it('takes a model from a binary cache, and gives it back with its context', async () => {
    const spec = { name: 'cached', source: 'hf:o/n', hash: HASH };
    const cache = join(folder, 'cache');
    const missing = call('fetchModel', spec, { settings: [...OPEN, 'substitute=true', `substituters=/none ${cache}`] });
    expect(missing.stderr).toContain('[HELPER_FAILED]');
    const planned = execFileSync('nix-store', [
      ...['--print-fixed-path', '--recursive', 'sha256', Buffer.from(HASH.slice(7), 'base64').toString('hex'), 'cached'],
    ]).toString().trim();
    await mkdir(join(cache, planned.slice('/nix/store/'.length)));
    await writeFile(join(cache, planned.slice('/nix/store/'.length), 'config.json'), '{}');
    expect(call('fetchModel', spec, { settings: [...OPEN, 'substitute=false', `substituters=${cache}`] }).status).toBe(1);
    const found = call('fetchModel', { ...spec, meta: { a: [1.5, null, true] }, version: '1' }, {
      settings: [...OPEN, 'substitute=true', `substituters=/none ${cache}`],
    });
    expect(found.value).toMatchObject({
      outPath: { $store: planned },
      name: 'cached',
      version: '1',
      meta: { a: [1.5, null, true] },
      files: [{ path: 'config.json', size: 2 }],
      totalSize: 2,
    });
  });

  it('ends on arguments without end', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 90; level++) deep = level % 2 === 0 ? [deep] : { a: deep };
    expect(call('fetchModel', { source: deep }).stderr).toContain('is nested too deeply');
  });

  describe('its loader', () => {
    beforeAll(async () => {
      const build = join(folder, 'loaded/build');
      compile(['-rdynamic', `${source}/version-host.cc`, '-ldl', '-o', join(folder, 'host')]);
      await copyObjects(build);
      buildBackend(build, '2.34', [`HEADERS=${source}/include`, 'NIX_VERSION=2.34.1', 'CXXFLAGS=-O0']);
      await cp(join(build, '2.34'), join(build, '2.35'), { recursive: true });
      const library = ['-shared', '-fPIC', '-isystem', `${source}/include`, `${source}/stand-in.cc`];
      compile([...library, '-o', join(build, '2.34/c-api.so')]);
      await copyFile(PLUGIN, join(build, 'nix-ai-models.so'));
    }, 600_000);

    function hosted(version: string): Answer {
      const plugin = join(folder, 'loaded/build/nix-ai-models.so');
      return answerOf(join(folder, 'host'), [plugin], { STAND_IN_VERSION: version });
    }

    it('brings the libraries of the C API where the executable does not carry it', () => {
      expect(hosted('2.34.1')).toEqual({ status: 0, stderr: '', value: 3 });
    });

    it('steps aside where Nix would die of a call', () => {
      for (const version of ['2.34.0', '2.34pre20260101_abc']) {
        const { status, stderr, value } = hosted(version);
        expect({ status, value }).toEqual({ status: 0, value: 0 });
        expect(stderr).toMatch(/^warning: nix-ai-models: Nix 2\.34.* 2\.34\.1 and later can; .*\n$/);
      }
    });

    it('warns in one line where the C API, or the backend, is not there', () => {
      const { stderr, value } = hosted('2.35.1');
      expect({ value, lines: stderr.trim().split('\n') }).toMatchObject({ value: 0, lines: { length: 1 } });
      expect(stderr).toContain('nix_');
      expect(hosted('3.0.0').stderr).toContain('no backend for Nix 3.0.0');
    });
  });
});

const realHeaders = '/opt/nix/include/nix';
const hasLibrary =
  WHY_NOT === undefined && IS_WRAPPED && spawnSync(...commandLine('test', ['-e', realHeaders])).status === 0;

describe.skipIf(!hasLibrary)('the backend over the C API, with the library of Nix 2.26 (needs the matrix)', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await scratch();
    const headers = ['-Wall', '-Wextra', '-isystem', realHeaders];
    const libraries = ['-L/opt/nix/lib', '-Wl,--no-as-needed', '-lnixexprc', '-lnixstorec', '-lnixutilc', '-lnixcmd'];
    const program = join(folder, 'driver');
    compile([...headers, '-rdynamic', `${source}/driver.cc`, `${source}/capture.cc`, ...libraries, '-o', program]);
    const flags = `CXXFLAGS=-O0 -Werror -isystem ${realHeaders} -include ${source}/before-lazy.h`;
    await copyObjects(folder);
    buildBackend(folder, '2.26', ['HEADERS=/opt/nix/include', 'NIX_VERSION=2.26.3', flags]);
    makeShards(join(folder, 'model'), { shards: 2, bytes: 1 << 18 });
  }, 600_000);
  afterAll(() => remove(folder));

  function call(builtin: string, argument: unknown, passedOver = LAZY): Answer {
    const words = [join(folder, '2.26/backend.so'), builtin, JSON.stringify(argument), ...passedOver];
    return answerOf(join(folder, 'driver'), words, { NIX_CONFIG: 'substituters =' });
  }

  it('reads real values, makes real values, and their context is real', () => {
    const add = ['--add-fixed', '--recursive', 'sha256', join(folder, 'model')];
    const path = execFileSync(...commandLine('nix-store', add)).toString().trim();
    const hash = execFileSync(...commandLine('nix-store', ['--query', '--hash', path])).toString().trim();
    expect(call('inspectModel', { $store: path }).value).toMatchObject({ tensors: 16, missingShards: [] });
    expect(call('inspectModel', { $path: join(folder, 'model', SHARD) }).value).toMatchObject({ format: 'safetensors' });
    const scanned = call('scanModel', { $store: path }, []);
    expect(JSON.stringify(scanned.value)).toContain(`{"$store":"${path}/config.json"}`);
    const spec = { name: 'model', source: 'hf:o/n', hash, version: '1', meta: { a: [1, null, 0.5] } };
    expect(call('fetchModel', spec).value).toMatchObject({
      outPath: { $store: path }, name: 'model', version: '1', meta: { a: [1, null, 0.5] },
    });
    execFileSync(...commandLine('nix-store', ['--delete', path]), { stdio: 'pipe' });
  });

  it("lets Nix's own exceptions pass, and gives it failures as errors", () => {
    const thrown = call('fetchModel', { source: 'hf:o/n', hash: { $throw: 'out of the expression' } });
    expect(thrown.stderr).toMatch(/^exception of Nix: [^]*out of the expression/);
    expect(call('fetchModel', { source: 'hf:o/n', colour: 1 }).stderr).toContain('[SPEC_UNKNOWN_ATTRIBUTE]');
    expect(call('inspectModel', '/no/such/file').stderr).toContain('No such file or directory');
  });
});

/** Folders with the headers of releases that are supported, `:` between them. */
const headerFolders = (process.env['NIX_AI_MODELS_TEST_C_API_HEADERS'] ?? '').split(':').filter(existsSync);

describe.skipIf(headerFolders.length === 0 || IS_WRAPPED)('the backend over the C API', () => {
  it.each(headerFolders)('compiles against the headers in %s, as does the stand-in', (folder) => {
    const parts = ['backend', 'c-evaluation', 'make-value', 'own-store', 'settings'];
    const files = [...parts.map((name) => `nix/plugin/backend-c/${name}.cc`), 'test/plugin/c-api/stand-in.cc'];
    for (const file of files) compile(['-fsyntax-only', '-Wall', '-Wextra', '-Werror', '-isystem', folder, file]);
  });
});
