// The checked layer: whoever builds a model, or from a model, has it scanned first, however the bytes came
// into the store. Real builds, in a sandbox where the machine has one.

import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { planModel } from '../../src/core/plan.ts';
import { build, evaluate, type NixResult, ROOT, runNix, sandboxWorks, succeeded } from './nix-commands.ts';
import { serveModel, type ServedModel } from './served-model.ts';

const EVIL = (id: string): string => `cos\nsystem\n(S'echo ${id}'\ntR.`;
const sandboxed = await sandboxWorks();
// Commands of custom scanners need a shell, and this machine's libraries.
const SHELL = ['--option', 'sandbox-paths', '/bin/sh=/bin/sh /lib /lib64 /usr/lib'];
const SANDBOX = sandboxed ? ['--option', 'sandbox', 'true', ...SHELL] : [];

let clean: ServedModel;
let evil: ServedModel;
let folder: string;
const built = new Set<string>();

beforeAll(async () => {
  clean = await serveModel();
  // A name that says nothing, beside honest weights.
  evil = await serveModel({ 'notes/ü & (1).md': EVIL(clean.id) });
  folder = mkdtempSync(join(tmpdir(), 'nix-check-'));
});

afterAll(async () => {
  await runNix('nix-store', ['--delete', '--ignore-liveness', ...built]);
  await clean.close(built);
  await evil.close(built);
  rmSync(folder, { recursive: true, force: true });
});

type Served = () => ServedModel;
const servedClean: Served = () => clean;
const servedEvil: Served = () => evil;
const nix = (value: unknown): string => `(builtins.fromJSON ''${JSON.stringify(value)}'')`;
const sri = (hex: string): string => `sha256-${Buffer.from(hex, 'hex').toString('base64')}`;
const isValid = async (path: string): Promise<boolean> =>
  (await runNix('nix-store', ['--check-validity', path])).status === 0;

function byHash(served: Served, name: string, security?: object): Record<string, unknown> {
  const { id, repo, treeHash } = served();
  return { name: `${name}-${id}`, source: `hf:${repo}`, hash: treeHash, ...(security && { security }) };
}

function byFile(served: Served, name: string, security?: object): Record<string, unknown> {
  const { id, repo, digests } = served();
  const fileHashes = Object.fromEntries(Object.entries(digests).map(([path, hex]) => [path, sri(hex)]));
  return { name: `${name}-${id}`, source: `hf:${repo}`, fileHashes, ...(security && { security }) };
}

/** Builds `use`, an expression of `model`. Paths that come out are taken away at the end. */
async function buildFrom(spec: object, use = 'model', args: readonly string[] = SANDBOX): Promise<NixResult> {
  const served = JSON.stringify(spec).includes(evil.repo) ? evil : clean;
  const expression = `let model = lib.fetchModel ${nix(spec)}; in ${use}`;
  const result = await build(expression, args, { environment: { HF_ENDPOINT: served.url } });
  note(spec, result);
  return result;
}

function note(spec: object, { stdout }: NixResult): void {
  const plan = planModel(spec, '/nix/store');
  for (const path of stdout.split('\n').filter((line) => line !== '')) built.add(path);
  built.add(plan.storePath ?? '');
  for (const { storePath } of plan.files ?? []) built.add(storePath);
}

const user = (model: string): string => `derivation {
  name = "user-of-model"; system = builtins.currentSystem; builder = "/bin/sh";
  args = [ "-c" "echo used > $out" ]; model = ${model};
}`;

describe.each([['hash', byHash], ['file', byFile]] as const)('a model pinned by %s', (pin, spec) => {
  test('passes when it is clean, and leads to the files; the report tells of it', async () => {
    const given = spec(servedClean, `clean-${pin}`);
    const path = succeeded(await buildFrom(given)).stdout.trim();
    expect(path.endsWith(`clean-${pin}-${clean.id}`)).toBe(true);
    expect(readdirSync(path).sort()).toEqual(readdirSync(clean.directory).sort());
    const report = succeeded(await buildFrom(given, 'model.report')).stdout.trim();
    const scan = JSON.parse(readFileSync(join(report, 'scan.json'), 'utf8')) as { files: { path: string }[] };
    expect(scan).toMatchObject({ verdict: 'clean', accepted: true, unread: [] });
    expect(scan.files.map((file) => file.path).sort()).toEqual(Object.keys(clean.digests).sort());
    const meta = JSON.parse(readFileSync(join(report, '.nix-ai-model-meta.json'), 'utf8')) as unknown;
    expect(meta).toMatchObject({
      name: given['name'],
      source: `huggingface:${clean.repo}@main`,
      totalSize: Object.values(clean.sizes).reduce((sum, size) => sum + size, 0),
      scanners: [{ verdict: 'clean', accepted: true }],
    });
    expect(JSON.stringify(meta)).toContain(clean.sizes['config.json']);
  });

  test('is refused when it is malicious, with the finding and what to do', async () => {
    const { status, stderr, stdout } = await buildFrom(spec(servedEvil, `evil-${pin}`));
    expect(status).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/SCAN_REFUSED[\s\S]*notes\/ü & \(1\)\.md, byte \d+: malicious: .*os\.system/);
    expect(stderr).toContain('what to do:');
  });

  test.each([
    ['as a string', user('"${model}"')],
    ['as a file in it', user('"${model}/config.json"')],
    ['by its outPath', user('model.outPath')],
    ['as a derivation', user('model')],
    ['in a list', user('[ model ]')],
    ['by its first output', user('model.out')],
    ['through its check', user('model.checked')],
    ['while evaluating', 'builtins.toFile "x" (builtins.readFile "${model}/config.json")'],
    ['as JSON', user('builtins.toJSON { inherit model; }')],
  ])('that is malicious cannot be used %s, though the bytes are in the store', async (_, use) => {
    const given = spec(servedEvil, `used-${pin}`);
    succeeded(await buildFrom(given, 'model.raw', []));
    expect(await isValid(planModel(given, '/nix/store').storePath ?? '') || pin === 'file').toBe(true);
    const { status, stderr } = await buildFrom(given, use, []);
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/SCAN_REFUSED|build of .* failed/);
  });

  test('passes with a warning and a report where findings only warn', async () => {
    const given = spec(servedEvil, `warned-${pin}`, { failOnScanError: false });
    const { stdout, stderr } = succeeded(await buildFrom(given));
    expect(stderr).toContain('os.system');
    expect(existsSync(join(stdout.trim(), 'config.json'))).toBe(true);
    const report = succeeded(await buildFrom(given, 'model.report')).stdout.trim();
    expect(JSON.parse(readFileSync(join(report, 'scan.json'), 'utf8'))).toMatchObject({ verdict: 'malicious', accepted: false });
  });

  test('has no check where the spec disables it: the derivation as it always was', async () => {
    const given = spec(servedEvil, `unchecked-${pin}`, { enablePickleScan: false });
    expect(await evaluate(`let m = lib.fetchModel ${nix(given)}; in [ (m.drvPath == m.raw.drvPath) (m ? report) ]`)).toEqual([true, false]);
    const same = `(lib.fetchModel ${nix(spec(servedEvil, `unchecked-${pin}`))}).raw.drvPath`;
    expect(await evaluate(same)).toBe(await evaluate(`(lib.fetchModel ${nix(given)}).drvPath`));
  });
});

describe('a malicious model that did not come by a build', () => {
  test('is refused though its tree was added by hand', async () => {
    const spec = byHash(servedEvil, 'by-hand');
    const directory = join(folder, spec['name'] as string);
    execFileSync('cp', ['-r', evil.directory, directory]);
    const added = await runNix('nix-store', ['--add-fixed', '--recursive', 'sha256', directory]);
    expect(succeeded(added).stdout.trim()).toBe(planModel(spec, '/nix/store').storePath);
    const before = evil.requests.length;
    const { status, stderr } = await buildFrom(spec);
    expect(status).not.toBe(0);
    expect(stderr).toContain('SCAN_REFUSED');
    expect(evil.requests.length).toBe(before);
  });

  test('is refused though only one file was added by hand', async () => {
    const spec = byFile(servedEvil, 'file-by-hand');
    const file = join(folder, 'u-1-.md');
    const path = Object.keys(evil.digests).find((name) => name.endsWith('.md') && name.startsWith('notes/')) ?? '';
    const planned = planModel(spec, '/nix/store').files?.find((row) => row.path === path)?.storePath ?? '';
    const named = join(dirname(file), planned.slice(planned.indexOf('-') + 1));
    writeFileSync(named, readFileSync(join(evil.directory, path)));
    expect(succeeded(await runNix('nix-store', ['--add-fixed', 'sha256', named])).stdout.trim()).toBe(planned);
    expect((await buildFrom(spec)).stderr).toContain('SCAN_REFUSED');
  });

  test('is refused though a binary cache has it', async () => {
    const spec = byHash(servedEvil, 'cached');
    const { storePath = '' } = planModel(spec, '/nix/store');
    const cache = `file://${join(folder, 'cache')}`;
    succeeded(await buildFrom(spec, 'model.raw', []));
    const nixCommand = ['--extra-experimental-features', 'nix-command', 'copy', '--to', cache, storePath];
    succeeded(await runNix('nix', nixCommand));
    succeeded(await runNix('nix-store', ['--delete', '--ignore-liveness', storePath]));
    const before = evil.requests.length;
    const words = ['--option', 'require-sigs', 'false', ...SANDBOX];
    const result = await build(`lib.fetchModel ${nix(spec)}`, words, { substituters: cache });
    expect(result.status).not.toBe(0);
    expect(result.stderr).toContain('SCAN_REFUSED');
    expect(await isValid(storePath)).toBe(true);
    expect(evil.requests.length).toBe(before);
  });
});

test('a policy takes what it names, and nothing else', async () => {
  const served = await serveModel({ 'svc.pkl': 'csklearn.svm._classes\nSVC\n)R.' });
  const given = (name: string, security: object): object => byHash(() => served, name, security);
  try {
    const policy = { allowGlobals: ['sklearn.svm._classes.SVC'] };
    const buildOf = (spec: object): Promise<NixResult> =>
      build(`lib.fetchModel ${nix(spec)}`, SANDBOX, { environment: { HF_ENDPOINT: served.url } });
    for (const [name, security, status] of [['takes', { policy }, 0], ['refuses', {}, 1]] as const) {
      const spec = given(name, security);
      const result = await buildOf(spec);
      note(spec, result);
      expect(result.status === 0 ? 0 : 1, result.stderr).toBe(status);
    }
  } finally {
    await served.close([]);
  }
});

describe('scanners of one\'s own', () => {
  const scanned = (name: string, command: string, more: object = {}, spec = byHash): Promise<NixResult> =>
    buildFrom(spec(servedClean, name, { customScanners: [{ name: 'mine', command }], ...more }));

  test('pass', async () => {
    succeeded(await scanned('own-pass', '[ -f "$out/config.json" ] && [ -d "$src" ] && [ "$MODEL_SIZE" -gt 1000 ]'));
  });

  test('know the model\'s name', async () => {
    succeeded(await scanned('own-name', `[ "$MODEL_NAME" = "own-name-${clean.id}" ]`));
  });

  test('refuse a model by their exit status, and are quoted', async () => {
    const { status, stderr } = await scanned('own-fail', 'echo "a bad smell"; exit 3');
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/mine: findings\s+ended with status 3\s+a bad smell/);
  });

  test('run without the built-in one too', async () => {
    const { status } = await scanned('own-only', 'exit 1', { enablePickleScan: false });
    expect(status).not.toBe(0);
  });

  test('see files, where the model is a tree of links', async () => {
    succeeded(await scanned('own-links', '[ -f "$out/config.json" ] && [ ! -L "$out/config.json" ] && [ -L "$src/config.json" ]', {}, byFile));
  });

  test('that are no commands refuse the model', async () => {
    const { status, stderr } = await scanned('own-none', '/no/such/scanner "$out"');
    expect(status).not.toBe(0);
    expect(stderr).toContain('ended with status 127');
  });

  test('only warn where findings only warn', async () => {
    expect(succeeded(await scanned('own-warn', 'exit 3', { failOnScanError: false })).stderr).toContain('ended with status 3');
  });
});

describe('modelscan', () => {
  const CLEAN = '{"summary":{"skipped":{"skipped_files":[]}},"issues":[],"errors":[]}';
  const row = (category: string): string => `{"category":"${category}","source":"model.bin","description":"d"}`;

  /** A program that behaves as modelscan does: writes the report that `-o` names, ends with a status. */
  function program(name: string, status: number, report?: string): string {
    const file = join(folder, `modelscan-${name}`);
    const lines = ['#!/bin/sh', 'while [ $# -gt 0 ]; do [ "$1" = -o ] && report=$2; shift; done'];
    if (report !== undefined) lines.push(`echo '${report}' > "$report"`);
    writeFileSync(file, [...lines, `exit ${status}`, ''].join('\n'));
    chmodSync(file, 0o755);
    return file;
  }

  const scanned = async (
    name: string, status: number, report?: string, more: object = {},
  ): Promise<NixResult> => {
    const spec = byHash(servedClean, `modelscan-${name}`);
    const security = `${nix({ enableModelScan: true, ...more })} // { modelScan = ${program(name, status, report)}; }`;
    const expression = `lib.fetchModel (${nix(spec)} // { security = ${security}; })`;
    const result = await build(expression, SANDBOX, { environment: { HF_ENDPOINT: clean.url } });
    note(spec, result);
    return result;
  };

  test.each([
    ['no-issues', 0, CLEAN],
    ['unsupported', 3, undefined],
    ['kinds-unsupported', 0, CLEAN.replace('"skipped_files":[]', `"skipped_files":[${row('SCAN_NOT_SUPPORTED')}]`)],
  ])('lets a model pass: %s', async (name, status, report) => {
    succeeded(await scanned(name, status, report));
  });

  test.each([
    ['issues', 1, CLEAN.replace('"issues":[]', '"issues":[{"severity":"CRITICAL","description":"bad"}]'), 'CRITICAL, bad'],
    ['issues-unlisted', 1, CLEAN, 'issues that its report does not list'],
    ['issues-in-silence', 0, CLEAN.replace('"issues":[]', '"issues":[{"severity":"LOW"}]'), 'findings'],
    ['error', 2, CLEAN, 'unscannable'],
    ['usage', 4, undefined, 'unscannable'],
    ['unknown', 77, CLEAN, 'ended with status 77'],
    ['no-report', 0, undefined, 'no report'],
    ['broken-report', 0, '{"issues":', 'no report'],
    ['errors', 0, CLEAN.replace('"errors":[]', '"errors":[{"description":"cannot read"}]'), 'cannot read'],
    ['skipped', 0, CLEAN.replace('"skipped_files":[]', `"skipped_files":[${row('BAD_ZIP')}]`), 'BAD_ZIP'],
  ])('refuses a model: %s', async (name, status, report, words) => {
    const result = await scanned(name, status, report);
    expect(result.status).not.toBe(0);
    expect(result.stderr).toMatch(/SCAN_REFUSED[\s\S]*modelscan/);
    expect(result.stderr).toContain(words);
  });

  test('alone must be able to judge the model', async () => {
    const result = await scanned('alone', 3, undefined, { enablePickleScan: false });
    expect(result.status).not.toBe(0);
    expect(result.stderr).toContain('supports none of the files');
  });
});

test('the scanner is part of what a check is made from', async () => {
  const spec = nix(byHash(servedClean, 'inputs'));
  const drv = (await evaluate(`(lib.fetchModel ${spec}).checked.drvPath`)) as string;
  const program = (await evaluate(`(import ${ROOT}/nix/tool.nix { fail = null; }).program`)) as string;
  succeeded(await runNix('nix-instantiate', ['-E', `let inherit (import ${ROOT}/nix { }) lib; in lib.fetchModel ${spec}`]));
  const references = succeeded(await runNix('nix-store', ['--query', '--references', drv])).stdout;
  expect(references).toContain(dirname(program));
});
