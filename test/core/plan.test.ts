// What a spec pins, compared with what Nix does with the same content.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { narHashOfDirectory } from '../../src/core/nar-hash.ts';
import { planModel, type ScanSettings } from '../../src/core/plan.ts';
import { fixedOutputPath } from '../../src/core/store-path.ts';

const CONTENTS: Readonly<Record<string, string>> = {
  'config.json': '{}',
  'model-00001-of-00002.safetensors': 'one',
  'model-00002-of-00002.safetensors': 'two',
  'onnx/model 1.onnx': 'three',
  'onnx/copy/config.json': '{}',
};
const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const STORE = '/nix/store';
const HASH = 'sha256-LCa0a2j/xo/5m0U8HTBBNBNCLXBkg7+g+YpeiGJm564=';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const paths = Object.keys(CONTENTS).sort();

const entry = {
  source: { huggingface: { repo: 'org/name', revision: 'main', repoType: 'model' } },
  revision: COMMIT,
  totalSize: 15,
  contents: paths.map((path) => ({ path, size: CONTENTS[path]?.length, sha256: sha256(CONTENTS[path] ?? '') })),
};

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'plan-test-'));
});
afterAll(() => {
  execFileSync('chmod', ['-R', 'u+w', scratch]);
  rmSync(scratch, { recursive: true, force: true });
});

describe('a plan', () => {
  it('by tree hash has the path that nix-store prints', () => {
    const plan = planModel({ source: 'huggingface:org/name', hash: HASH }, STORE);
    const hex = Buffer.from(HASH.slice(7), 'base64').toString('hex');
    const args = ['--print-fixed-path', '--recursive', 'sha256', hex, 'name'];
    expect(plan).toMatchObject({ pin: 'hash', hash: HASH });
    expect(plan.storePath).toBe(execFileSync('nix-store', args, { encoding: 'utf8' }).trim());
    expect(plan.revision).toBeUndefined();
    expect(plan.files).toBeUndefined();
  });

  it('by tree hash takes sha512 too', () => {
    const hex = createHash('sha512').update('x').digest('hex');
    const args = ['--print-fixed-path', '--recursive', 'sha512', hex, 'name'];
    const plan = planModel({ source: 'huggingface:org/name', hash: `sha512:${hex}` }, STORE);
    expect(plan.storePath).toBe(execFileSync('nix-store', args, { encoding: 'utf8' }).trim());
  });

  it('by lock gives each file the path where nix-store puts it, and the tree its own', async () => {
    const storeDir = join(scratch, 'store');
    const environment = { ...process.env, NIX_STORE_DIR: storeDir, NIX_STATE_DIR: join(scratch, 'var'), NIX_REMOTE: '' };
    const plan = planModel({ lock: entry }, storeDir);
    expect(plan).toMatchObject({ pin: 'files', revision: COMMIT, totalSize: 15 });
    const tree = join(scratch, 'tree');
    for (const { path, storePath, size } of plan.files ?? []) {
      const folder = join(scratch, 'flat', path);
      mkdirSync(folder, { recursive: true });
      const file = join(folder, (path.split('/').at(-1) ?? '').replaceAll(' ', '-'));
      writeFileSync(file, CONTENTS[path] ?? '');
      expect(size).toBe(CONTENTS[path]?.length);
      const added = execFileSync('nix-store', ['--add-fixed', 'sha256', file], { env: environment, encoding: 'utf8' });
      expect(storePath).toBe(added.trim());
      mkdirSync(dirname(join(tree, path)), { recursive: true });
      symlinkSync(storePath, join(tree, path));
    }
    const references = [...new Set((plan.files ?? []).map(({ storePath }) => storePath))];
    expect(references).toHaveLength(4);
    const hash = await narHashOfDirectory(tree);
    expect(plan.storePath).toBe(fixedOutputPath({ storeDir, name: 'name', method: 'recursive', hash, references }));
  });

  it('sorts its files by bytes', () => {
    expect(planModel({ lock: entry }, STORE).files?.map(({ path }) => path)).toEqual(paths);
    const names = ['b', 'a/z', 'a', 'B', 'ä', 'a-'].filter((name) => name !== 'a' && name !== 'b');
    const fileHashes = Object.fromEntries(names.map((name) => [name, HASH]));
    const sorted = [...names].sort((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));
    expect(planModel({ source: 'hf:a/b', fileHashes }, STORE).files?.map(({ path }) => path)).toEqual(sorted);
  });

  it('by file hashes is the same as by a lock, sizes apart', () => {
    const fileHashes = Object.fromEntries(entry.contents.map(({ path, sha256: hex }) => [path, hex]));
    const source = { huggingface: { repo: 'org/name', revision: COMMIT } };
    const plan = planModel({ source, fileHashes }, STORE);
    const locked = planModel({ lock: entry }, STORE);
    expect(plan.storePath).toBe(locked.storePath);
    expect(plan.revision).toBe(COMMIT);
    expect(plan.totalSize).toBeUndefined();
    const unsized = locked.files?.map(({ path, sha256: digest, storePath }) => {
      return { path, sha256: digest, storePath };
    });
    expect(plan.files).toEqual(unsized);
  });

  it('takes the chosen files of a lock only', () => {
    const plan = planModel({ lock: entry, files: ['*.safetensors', '!*-00002-*'] }, STORE);
    expect(plan.files?.map(({ path }) => path)).toEqual(['model-00001-of-00002.safetensors']);
    expect(plan.totalSize).toBe(3);
    expect(() => planModel({ lock: entry, files: ['*.gguf'] }, STORE)).toThrow(
      expect.objectContaining({ code: 'NO_FILES_MATCH' }),
    );
  });

  it('of URLs that all have hashes is pinned by them', () => {
    const url = { url: 'https://example.org/a/model.gguf', sha256: sha256('x') };
    const plan = planModel({ source: { url } }, STORE);
    expect(plan.pin).toBe('files');
    expect(plan.spec.name).toBe('model.gguf');
    const two = { urls: [url, 'https://example.org/b'] };
    expect(planModel({ name: 'x', source: { url: two } }, STORE).pin).toBeNull();
  });

  it('of a file with an sha512 has its path', () => {
    const hex = createHash('sha512').update('x').digest('hex');
    const [file] = planModel({ source: 'hf:a/b', fileHashes: { 'w.bin': `sha512:${hex}` } }, STORE).files ?? [];
    const args = ['--print-fixed-path', 'sha512', hex, 'w.bin'];
    expect(file).toEqual({ path: 'w.bin', sha512: hex, storePath: execFileSync('nix-store', args, { encoding: 'utf8' }).trim() });
  });

  it('without a pin has no path', () => {
    const plan = planModel({ source: 'huggingface:org/name' }, STORE);
    expect(plan).toEqual({ spec: plan.spec, pin: null, scan: plan.scan });
  });

  describe('of its scan', () => {
    const scan = (security?: object, hash = HASH, name = 'x'): ScanSettings | null =>
      planModel({ name, source: 'hf:a/b', hash, security }, STORE).scan;

    it('has a key, and what is accepted', () => {
      expect(scan()).toEqual({
        key: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        failOnScanError: true,
        policy: { allowGlobals: [], allowLibraryGlobals: false, allowRemoteCode: false, failOn: ['malicious', 'suspicious', 'unscannable'] },
      });
      expect(scan({})).toEqual(scan());
    });

    it('has another key for other bytes, another name and other settings', () => {
      const keys = [
        scan(), scan(undefined, HASH, 'y'), scan(undefined, sha256('x')), scan({ failOnScanError: false }),
        scan({ policy: { failOn: ['malicious'] } }), scan({ policy: { allowLibraryGlobals: true } }),
        scan({ policy: { allowRemoteCode: true } }), scan({ policy: { allowFormats: [] } }),
        scan({ policy: { allowFormats: ['a', 'b'] } }), scan({ policy: { allowGlobals: ['a', 'b'] } }),
        scan({ policy: { allowGlobals: ['a,b'] } }),
      ].map((settings) => settings?.key);
      expect(new Set(keys).size).toBe(keys.length);
    });

    it('changes with the scanner, as it was built', () => {
      const built = readFileSync(join(import.meta.dirname, '../../build/generated/scanner.ts'), 'utf8');
      const [scanner = ''] = /[0-9a-f]{64}/.exec(built) ?? [];
      const { key, policy } = scan() ?? {};
      const { storePath = '' } = planModel({ name: 'x', source: 'hf:a/b', hash: HASH }, STORE);
      expect(key).toBe(sha256([scanner, 'true', JSON.stringify(policy), storePath].join('\n')));
    });

    it('is null where the spec disables it', () => {
      expect(scan({ enablePickleScan: false })).toBeNull();
    });

    it('has no key where the path is not known', () => {
      expect(planModel({ source: 'hf:a/b' }, STORE).scan).toEqual({ ...scan(), key: undefined });
    });
  });

  it('of a lock with many files is made', () => {
    const contents = Array.from({ length: 20_000 }, (_, i) => ({ path: `d${i % 50}/f${i}`, size: 1, sha256: sha256(String(i)) }));
    const plan = planModel({ lock: { ...entry, totalSize: contents.length, contents } }, STORE);
    expect(plan.files).toHaveLength(20_000);
  });

  it('needs an absolute store directory', () => {
    expect(() => planModel({ source: 'hf:a/b' }, 'store')).toThrow(/store directory/);
  });
});
