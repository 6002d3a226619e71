// Store paths and names, compared with what Nix itself computes and accepts.

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { narHashOfDirectory } from '../../src/core/nar-hash.ts';
import { checkStoreName, fixedOutputPath, storeName } from '../../src/core/store-path.ts';

let scratch: string;
let storeDir: string;
let environment: NodeJS.ProcessEnv;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'store-path-test-'));
  storeDir = join(scratch, 'store');
  environment = { ...process.env, NIX_STORE_DIR: storeDir, NIX_STATE_DIR: join(scratch, 'var'), NIX_REMOTE: '' };
});
afterAll(() => {
  execFileSync('chmod', ['-R', 'u+w', scratch]);
  rmSync(scratch, { recursive: true, force: true });
});

const nixStore = (...args: string[]): string =>
  execFileSync('nix-store', args, { env: environment, encoding: 'utf8' }).trim();
const hexOf = (algorithm: string, data: Uint8Array): string => createHash(algorithm).update(data).digest('hex');

describe('the store path of a fixed output', () => {
  it.each(['sha256', 'sha512'] as const)('is the one that nix-store prints, %s, flat and recursive', (algorithm) => {
    for (const name of ['a', 'model.safetensors', 'x+y=z?_-.1', 'N'.repeat(211)]) {
      const hash = hexOf(algorithm, randomBytes(20));
      const ours = (method: 'flat' | 'recursive'): string =>
        fixedOutputPath({ storeDir, name, method, hash: `${algorithm}:${hash}` });
      expect(ours('flat')).toBe(nixStore('--print-fixed-path', algorithm, hash, name));
      expect(ours('recursive')).toBe(nixStore('--print-fixed-path', '--recursive', algorithm, hash, name));
    }
  });

  it('is where nix-store --add-fixed puts a file and a tree', async () => {
    const tree = join(scratch, 'tree');
    mkdirSync(tree);
    const content = randomBytes(1000);
    writeFileSync(join(tree, 'weights.bin'), content);
    const hash = hexOf('sha256', content);
    const file = { storeDir, name: 'weights.bin', method: 'flat' as const, hash };
    expect(fixedOutputPath(file)).toBe(nixStore('--add-fixed', 'sha256', join(tree, 'weights.bin')));
    const whole = { storeDir, name: 'tree', method: 'recursive' as const, hash: await narHashOfDirectory(tree) };
    expect(fixedOutputPath(whole)).toBe(nixStore('--add-fixed', '--recursive', 'sha256', tree));
  });

  it('with references is the one that Nix gives a content-addressed object that has them', () => {
    const targets = ['target', 'other'].map((name) => nixStore('--add', writeScratch(name, name)));
    const text = targets.map((path) => `\${builtins.storePath "${path}"}`).join(' ');
    const held = evaluate(`builtins.toFile "holder" "${text}"`);
    // Makes a "source" object of a NAR hash and references, which is what AddToStore does too.
    const made = contentAddressed(held);
    const references = nixStore('--query', '--references', made).split('\n').sort().reverse();
    expect(references).toHaveLength(2);
    const output = { storeDir, name: 'holder', method: 'recursive' as const, hash: nixStore('--query', '--hash', made) };
    expect(fixedOutputPath({ ...output, references })).toBe(made);
    expect(fixedOutputPath({ ...output, references: [...references, ...references] })).toBe(made);
    expect(fixedOutputPath(output)).not.toBe(made);
  });

  it('cannot have references where Nix allows none', () => {
    const hash = hexOf('sha256', randomBytes(1));
    const references = [`${storeDir}/00000000000000000000000000000000-x`];
    expect(() => fixedOutputPath({ storeDir, name: 'x', method: 'flat', hash, references })).toThrow(/references/);
    const sha512 = `sha512:${hexOf('sha512', randomBytes(1))}`;
    expect(() => fixedOutputPath({ storeDir, name: 'x', method: 'recursive', hash: sha512, references })).toThrow();
  });

  it('needs a store directory that is absolute', () => {
    const hash = hexOf('sha256', randomBytes(1));
    expect(() => fixedOutputPath({ storeDir: 'nix/store', name: 'x', method: 'flat', hash })).toThrow(/store directory/);
  });
});

function evaluate(expression: string): string {
  const args = ['--eval', '--read-write-mode', '--expr', expression];
  return JSON.parse(execFileSync('nix-instantiate', args, { env: environment, encoding: 'utf8' })) as string;
}

function contentAddressed(path: string): string {
  const args = ['--extra-experimental-features', 'nix-command', 'store', 'make-content-addressed', '--json', path];
  const output = execFileSync('nix', args, { env: environment, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return (JSON.parse(output) as { rewrites: Record<string, string> }).rewrites[path] ?? '';
}

function writeScratch(name: string, content: string): string {
  const file = join(scratch, name);
  writeFileSync(file, content);
  return file;
}

describe('a store name', () => {
  const names = ['', 'a', 'A-Z_0.9+?=', 'a b', 'ä', 'a/b', 'a\nb', 'x'.repeat(211), 'x'.repeat(212), '-a', '?', 'a@b', 'a:b', 'a%b'];

  it.each(names)('is accepted exactly where Nix accepts it: %j', (name) => {
    const nix = spawnSync('nix-instantiate', ['--eval', '--expr', `builtins.toFile ${JSON.stringify(name)} ""`], { env: environment });
    const ours = (): void => { checkStoreName(name); };
    if (nix.status === 0) expect(ours).not.toThrow();
    else expect(ours).toThrow(expect.objectContaining({ code: 'NAME_INVALID' }));
  });

  it('must not begin with a dot, which newer versions of Nix refuse', () => {
    expect(() => { checkStoreName('.a'); }).toThrow(/store name/);
  });

  it('that is refused comes with a valid suggestion', () => {
    expect(() => { checkStoreName('my model'); }).toThrow(
      expect.objectContaining({ remedies: [expect.stringContaining('name = "my-model"')] }),
    );
  });

  it.each([
    ['model.safetensors', 'model.safetensors'],
    ['My Model (v2).bin', 'My-Model-v2-.bin'],
    ['..hidden', 'hidden'],
    ['.gitattributes', 'gitattributes'],
    ['日本語', '-'],
    ['a日本語b', 'a-b'],
    ['', 'unknown'],
    ['...', 'unknown'],
    [`${'a'.repeat(300)}.gguf`, `${'a'.repeat(202)}.gguf`],
    [`${'a'.repeat(10)}.${'b'.repeat(206)}`, 'b'.repeat(206)],
  ])('made from %j is %j', (text, name) => {
    expect(storeName(text)).toBe(name);
    expect(() => { checkStoreName(storeName(text)); }).not.toThrow();
  });
});
