// `nix-ai-model to-nix` as a user meets it: what it prints can be evaluated, and names the same store
// paths as the model's own hub would.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planModel } from '../../src/core/plan.ts';
import { evaluate } from '../nix/nix-commands.ts';

const PROGRAM = join(import.meta.dirname, '../../bin/nix-ai-model');
const COMMIT = '0123456789abcdef0123456789abcdef01234567';
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-to-nix-'));
  await writeFile(join(folder, 'config.json'), '{}');
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function toNix(...args: string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [PROGRAM, 'to-nix', ...args], { cwd: tmpdir() });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { status: child.exitCode, stdout, stderr };
}

describe('nix-ai-model to-nix', () => {
  it('prints an expression that names the store path of the plan', async () => {
    const source = `huggingface:org/name@${COMMIT}`;
    const { stdout } = await toNix(folder, '--source', source);
    const hash = /hash = "(.*)"/.exec(stdout)?.[1];
    const path = planModel({ source, hash }, '/nix/store').storePath;
    expect(await evaluate(`(with lib; ${stdout}).outPath`)).toBe(path);
  });

  it('writes a lock entry beside those that are there', async () => {
    const lock = join(folder, '..', `${COMMIT}.lock.json`);
    const other = { source: { url: {} }, contents: [] };
    await writeFile(lock, JSON.stringify({ version: 1, models: { other } }));
    try {
      const { stdout } = await toNix(folder, '--source', 'ollama:tiny:1b', '--lock', lock);
      const models = (JSON.parse(await readFile(lock, 'utf8')) as { models: object }).models;
      expect(Object.keys(models)).toEqual(['other', 'tiny-1b']);
      expect(await evaluate(`map (file: file.path) (with lib; ${stdout}).files`)).toEqual(['config.json']);
    } finally {
      await rm(lock);
    }
  });

  it('says what is left to fill in', async () => {
    const { status, stdout, stderr } = await toNix(folder);
    expect([status, stdout]).toEqual([0, expect.stringContaining('ORG/NAME@COMMIT"; # FIXME')]);
    expect(stderr).toContain('does not say where the model comes from');
  });

  it('gives everything as JSON', async () => {
    const { stdout } = await toNix(folder, '--json', '--quiet', '--source', 'gs://my-models/tiny');
    expect(JSON.parse(stdout)).toMatchObject({ name: 'tiny', source: 'gs://my-models/tiny', totalSize: 2, files: [{ path: 'config.json' }] });
  });
});
