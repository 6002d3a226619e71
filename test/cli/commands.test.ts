// The command line as a user meets it: the built program, a real hub, a real Nix store.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeModel } from '../../scripts/make-model.mjs';
import { narHashOfDirectory } from '../../src/core/nar-hash.ts';
import { serveHub } from '../../src/hub/serve.ts';
import type { RunningHub } from '../../src/hub/serve.ts';
import { privateStore } from '../store/private-store.ts';
import type { PrivateStore } from '../store/private-store.ts';

const PROGRAM = join(import.meta.dirname, '../../bin/nix-ai-model');
const SOURCE = 'huggingface:org/tiny';

let folder: string;
let model: string;
let hub: RunningHub;
let store: PrivateStore;
let requests: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-'));
  model = join(folder, 'model');
  makeModel(model, { shards: 2, bytes: 2 ** 20 });
  await mkdir(join(folder, 'evil'));
  await writeFile(join(folder, 'evil/pytorch_model.bin'), "cos\nsystem\n(S'echo evil'\ntR.");
  const roots = [`org/tiny=${model}`, `org/evil=${join(folder, 'evil')}`];
  hub = await serveHub({ roots, log: (line) => requests.push(line) });
  store = await privateStore();
});
afterAll(async () => {
  await hub.close();
  await store.remove();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  requests = [];
});

interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(args: string[], environment: Record<string, string> = {}, stdin = ''): Promise<Result> {
  const env = { ...store.environment, HF_ENDPOINT: hub.url, NIX_AI_MODELS_CACHE: join(folder, 'cache'), ...environment };
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: folder, env });
  child.stdin.end(stdin);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { status: child.exitCode, stdout: stdout.trimEnd(), stderr };
}

const json = (result: Result): unknown => JSON.parse(result.stdout);
const weightRequests = (): string[] => requests.filter((line) => /GET .*safetensors /.test(line));

describe('nix-ai-model', () => {
  it('locks a model without asking for a weight', async () => {
    const result = await run(['lock', `tiny=${SOURCE}`]);
    expect(result).toMatchObject({ status: 0 });
    expect(result.stdout).toMatch(/^locked tiny at [0-9a-f]{12}: 7 files, 1\.0 MiB$/);
    expect(requests.length).toBeGreaterThan(0);
    expect(weightRequests()).toEqual([]);
  });

  describe('with a malicious model', () => {
    const evil = 'huggingface:org/evil';
    const accept = ['--security', '{ "failOnScanError": false }'];
    const hash = (): Promise<string> => narHashOfDirectory(join(folder, 'evil'));

    it('refuses to fetch it, says why, and what to do', async () => {
      const { status, stderr } = await run(['fetch', evil, '--hash', await hash()]);
      expect(status).toBe(9);
      expect(stderr).toMatch(/malicious: refused \[SCAN_REFUSED\][\s\S]*pytorch_model\.bin, byte \d+: .*os\.system/);
      expect(stderr).toMatch(/what to do:[\s\S]*safetensors[\s\S]*security\.policy[\s\S]*--security/);
    });

    it('refuses to prefetch it, in JSON too', async () => {
      const result = await run(['prefetch', evil, '--json']);
      expect(json(result)).toMatchObject({ error: { code: 'SCAN_REFUSED', found: expect.stringContaining('os.system') as string } });
    });

    it('takes it with a warning, quiet or not, where --security says so', async () => {
      const { status, stderr } = await run(['fetch', evil, '--hash', await hash(), '--quiet', ...accept]);
      expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringMatching(/^warning: evil is malicious/) as string });
      const prefetched = await run(['prefetch', evil, ...accept]);
      expect(prefetched.stdout).toContain('security = { "failOnScanError" = false; };');
    });

    it('reads --security from a file too, and refuses what is none', async () => {
      await writeFile(join(folder, 'security.json'), '{ "enablePickleScan": false }');
      const fetch = async (security: string): Promise<Result> =>
        run(['fetch', evil, '--hash', await hash(), '--quiet', '--security', security]);
      expect(await fetch('security.json')).toMatchObject({ status: 0, stderr: '' });
      expect(await fetch('{ enablePickleScan }')).toMatchObject({ status: 2 });
      expect((await fetch('{ "enablePickelScan": false }')).stderr).toContain('did you mean `enablePickleScan`');
    });
  });

  it('fetches what the lock says, once, and links it', async () => {
    const first = await run(['fetch', 'tiny', '--out-link', join(folder, 'result'), '--json']);
    expect(json(first)).toMatchObject({ name: 'tiny', fetched: true });
    const { storePath } = json(first) as { storePath: string };
    expect(await readlink(join(folder, 'result'))).toBe(storePath);
    expect(await readFile(join(storePath, 'config.json'))).toEqual(await readFile(join(model, 'config.json')));
    requests = [];
    const second = await run(['fetch', 'tiny', '--json'], { HF_ENDPOINT: 'http://127.0.0.1:1' });
    expect(json(second)).toMatchObject({ storePath, fetched: false });
    expect(requests).toEqual([]);
    expect(await readdir(join(folder, 'cache/stage'))).toEqual([]);
  });

  it('tells the path of a model with no network, and verifies its bytes', async () => {
    const offline = { HF_ENDPOINT: 'http://127.0.0.1:1' };
    const path = await run(['path', 'tiny', '--json'], offline);
    expect(json(path)).toMatchObject({ name: 'tiny', valid: true });
    const verified = await run(['verify', 'tiny'], offline);
    expect(verified).toMatchObject({ status: 0, stdout: expect.stringMatching(/^ok {6}tiny /) as string });
  });

  it('prefetches a model and prints an expression that pins it', async () => {
    const result = await run(['prefetch', SOURCE, '--exclude', '*.md', '--json']);
    const { hash, storePath } = json(result) as { hash: string; storePath: string };
    expect(await store.nix('nix-hash', '--type', 'sha256', '--base32', storePath)).not.toBe('');
    expect(await readdir(storePath)).not.toContain('README.md');
    const args = [SOURCE, '--exclude', '*.md', '--hash', hash];
    expect(await run(['path', ...args])).toMatchObject({ status: 0, stdout: storePath });
    expect(await run(['verify', ...args])).toMatchObject({ status: 0 });
    const person = await run(['prefetch', SOURCE, '--exclude', '*.md']);
    expect(person.stdout).toContain(`source = "${SOURCE}";\n  files = [ "!*.md" ];\n  hash = "${hash}";`);
  });

  it('runs twice at once for one model, and one run waits for the other', async () => {
    makeModel(join(folder, 'other'), { shards: 1, bytes: 2 ** 20, seed: 'other' });
    const other = await serveHub({ roots: [`org/tiny=${join(folder, 'other')}`], log: (line) => requests.push(line) });
    const environment = { HF_ENDPOINT: other.url };
    const { stdout } = await run(['lock', `other=${SOURCE}`, '--lock', 'other.json', '--json'], environment);
    expect(JSON.parse(stdout)).toHaveProperty('models.other');
    requests = [];
    const fetch = (): Promise<Result> => run(['fetch', '--lock', 'other.json', '--json'], environment);
    const results = await Promise.all([fetch(), fetch()]);
    const paths = results.map((result) => (json(result) as { storePath: string }).storePath);
    await other.close();
    expect(paths[0]).toBe(paths[1]);
    expect(weightRequests()).toHaveLength(1);
  });

  it('takes a whole spec on standard input, as the plugin gives it', async () => {
    const lock: unknown = JSON.parse(await readFile(join(folder, 'models.lock.json'), 'utf8'));
    const result = await run(['fetch', '--spec-json', '-', '--json'], {}, JSON.stringify({ name: 'tiny', lock }));
    expect(json(result)).toMatchObject({ name: 'tiny', fetched: false });
  });

  it('finds a changed, a missing and an added byte in a directory', async () => {
    const copy = join(folder, 'copy');
    makeModel(copy, { shards: 2, bytes: 2 ** 20 });
    expect(await run(['verify', 'tiny', '--directory', copy])).toMatchObject({ status: 0 });
    await writeFile(join(copy, 'config.json'), '{}');
    await rm(join(copy, 'tokenizer.json'));
    const result = await run(['verify', 'tiny', '--directory', copy]);
    expect(result.status).toBe(3);
    expect(result.stdout).toMatch(/size +config\.json/);
    expect(result.stdout).toMatch(/missing +tokenizer\.json/);
  });

  it('refuses another hash, names both, and leaves the store as it was', async () => {
    const before = await store.contents();
    const result = await run(['fetch', SOURCE, '--hash', `sha256-${Buffer.alloc(32).toString('base64')}`, '--json']);
    expect(result.status).toBe(3);
    expect(json(result)).toMatchObject({
      error: { code: 'HASH_MISMATCH', wanted: `sha256-${'A'.repeat(43)}=`, found: expect.stringMatching(/^sha256-/) as string },
    });
    expect(await store.contents()).toEqual(before);
  });

  it.each([
    ['an unknown command', ['fetsh'], 2, /unknown command/],
    ['an unknown option', ['fetch', '--fast'], 2, /unknown option/],
    ['a count that is none', ['fetch', '--connections', '0'], 2, /whole number from 1 to 64/],
    ['no pin', ['fetch', SOURCE], 2, /SPEC_MISSING_PIN[\s\S]*nix-ai-model prefetch huggingface:org\/tiny/],
    ['a name that is not locked', ['fetch', 'huge'], 2, /LOCK_MISSING_MODEL[\s\S]*tiny/],
    ['no lock file', ['fetch', 'tiny', '--lock', 'none.json'], 2, /There is no lock file/],
    ['a missing repository', ['lock', 'huggingface:org/none'], 5, /REPO_NOT_FOUND/],
    ['a missing revision', ['lock', 'huggingface:org/tiny@v9'], 5, /REVISION_NOT_FOUND/],
    ['patterns that match nothing', ['lock', SOURCE, '--include', '*.gguf'], 5, /NO_FILES_MATCH/],
    ['a spec that is no JSON', ['fetch', '--spec-json', '-'], 2, /not JSON/],
    ['an unknown attribute', ['fetch', '--spec-json', 'spec.json'], 2, /SPEC_UNKNOWN_ATTRIBUTE[\s\S]*source/],
  ])('ends clearly with %s', async (_, args, status, message) => {
    await writeFile(join(folder, 'spec.json'), '{"sorce": "huggingface:org/tiny"}');
    const result = await run(args);
    expect(result.stderr).toMatch(message);
    expect(result.stdout).toBe('');
    expect(result.status).toBe(status);
    const { status: same, stdout } = await run([...args, '--json']);
    expect(same).toBe(status);
    expect(JSON.parse(stdout)).toHaveProperty('error.code');
  });

  it('says what to do when there is no network', async () => {
    const result = await run(['lock', SOURCE], { HF_ENDPOINT: 'http://127.0.0.1:1' });
    expect(result).toMatchObject({ status: 6, stderr: expect.stringMatching(/NETWORK[\s\S]*what to do/) as string });
  });

  it('keeps the lock file as it was when a new lock fails', async () => {
    const before = await readFile(join(folder, 'models.lock.json'), 'utf8');
    await run(['lock', 'huggingface:org/none']);
    expect(await readFile(join(folder, 'models.lock.json'), 'utf8')).toBe(before);
  });

  it('tells a lock that is out of date', async () => {
    expect(await run(['lock', '--check'])).toMatchObject({ status: 0 });
    await writeFile(join(model, 'added.txt'), 'new');
    const result = await run(['lock', '--check']);
    expect(result).toMatchObject({ status: 2, stderr: expect.stringContaining('LOCK_STALE') as string });
    await rm(join(model, 'added.txt'));
  });

  it('stops at Ctrl-C with status 130 and leaves nothing in the store', async () => {
    const before = await store.contents();
    const env = { ...store.environment, HF_ENDPOINT: 'http://127.0.0.1:1', NIX_AI_MODELS_CACHE: join(folder, 'cache') };
    // A port where nobody answers is tried again and again: time enough to press the key.
    const child = spawn(process.execPath, [PROGRAM, 'lock', 'x=huggingface:org/tiny'], { cwd: folder, env });
    await once(child.stderr, 'data');
    child.kill('SIGINT');
    const [stderr] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect(child.exitCode).toBe(130);
    expect(stderr).toContain('INTERRUPTED');
    expect(await store.contents()).toEqual(before);
  });

  it('prints help for every command, and its version', async () => {
    const help = await run(['--help']);
    expect(help.status).toBe(0);
    for (const command of ['lock', 'fetch', 'prefetch', 'path', 'verify', 'serve']) {
      expect(help.stdout).toContain(`  ${command} `);
      expect((await run([command, '--help'])).stdout).toContain(`Usage: nix-ai-model ${command}`);
    }
    expect((await run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+$/);
  });
});
