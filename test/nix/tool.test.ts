// The builder that a checkout brings along where there is no nixpkgs.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { evaluate, ROOT, runNix, succeeded } from './nix-commands.ts';

const SRI = 'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=';

test('it starts with nothing of the environment, as it does in a sandbox', async () => {
  const model = `lib.fetchModel { source = "hf:org/name"; hash = "${SRI}"; }`;
  const command = `let m = (${model}).raw; in [ m.builder ] ++ map toString m.args`;
  const [builder = '', ...args] = (await evaluate(command)) as string[];
  expect(args.pop()).toBe('build');
  const version = execFileSync(builder, [...args, '--version'], { env: {}, encoding: 'utf8' });
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  expect(version.trim()).toBe(manifest.version);
});

test('it is in the store already, so that an evaluation only looks it up', async () => {
  const args = ['--eval', '--strict', '--json', '-E', `(import ${ROOT}/nix/tool.nix { fail = null; }).program`];
  // Read-only evaluation would fail to add it.
  const { stdout } = succeeded(await runNix('nix-instantiate', [...args, '--readonly-mode']));
  const program = JSON.parse(stdout) as string;
  expect((await runNix('nix-store', ['--check-validity', dirname(program)])).status).toBe(0);
});

test('a checkout that is not built says so, and can still be asked about models', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nix-unbuilt-'));
  onTestFinished(() => { rmSync(folder, { recursive: true, force: true }); });
  for (const part of ['nix', 'src/base/error-codes.json', 'src/spec/schema.json']) {
    mkdirSync(dirname(join(folder, part)), { recursive: true });
    cpSync(join(ROOT, part), join(folder, part), { recursive: true, filter: (path) => !path.includes('nix/plugin') });
  }
  const spec = `{ source = "hf:org/name"; fileHashes.a = "${SRI}"; }`;
  const ask = async (attribute: string): ReturnType<typeof runNix> => {
    const expression = `((import ${folder}/nix { }).lib.fetchModel ${spec}).${attribute}`;
    return await runNix('nix-instantiate', ['--eval', '--strict', '--json', '-E', expression]);
  };
  expect(JSON.parse(succeeded(await ask('files')).stdout)).toHaveLength(1);
  const { status, stderr } = await ask('outPath');
  expect(status).not.toBe(0);
  expect(stderr).toMatch(/\[TOOL_MISSING\][\s\S]*npm run setup/);
});
