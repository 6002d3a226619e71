// The core (command line, plugin) and nix/lib read a spec independently of each other. Here both
// read the same ones: they must accept the same, and name the same store paths, byte for byte.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ModelError } from '../../src/base/errors.ts';
import { planModel } from '../../src/core/plan.ts';
import { BAD_SOURCES, GOOD_SOURCES } from '../spec/source-cases.ts';
import { evaluate } from './nix-commands.ts';

const HEX = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
const SRI = 'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=';
const SHA512 =
  'sha512-3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==';
const COMMIT = '0123456789abcdef0123456789abcdef01234567';

const rows = (...paths: string[]): unknown[] => paths.map((path) => ({ path, size: 3, sha256: HEX }));
const entry = { source: { huggingface: { repo: 'org/Tiny' } }, revision: COMMIT, contents: rows('b.bin', 'a.json') };
const lock = { version: 1, models: { tiny: entry, other: { ...entry, files: ['*.json'] } } };
const hub = (attributes: object): object => ({ source: { huggingface: { repo: 'org/name', ...attributes } }, hash: SRI });
const url = (value: unknown): object => ({ source: { url: value }, hash: SRI });
const named = (name: string): object => ({ name, source: 'hf:org/name', hash: SRI });
const files = (...paths: string[]): object => ({
  source: 'hf:org/name',
  fileHashes: Object.fromEntries(paths.map((path) => [path, SRI])),
});
const patterns = (...globs: string[]): object => ({
  ...files('a.json', 'b.bin', 'sub/a.json', 'sub/deep/c.bin', 'x+y.txt', 'w-01.st', 'w-0z.st', '[odd].md', 'ü.md'),
  files: globs,
});

const SPECS: Record<string, object> = {
  'short form': { source: 'hf:org/name', hash: SRI },
  'short form of a data set': { source: 'huggingface:datasets/org/name@v1', hash: SRI },
  'short form with an empty revision': { source: 'hf:org/name@', hash: SRI },
  'short form of nothing': { source: 'hf:', hash: SRI },
  'short form of an unknown kind': { source: 'torrent:llama2', hash: SRI },
  'tagged form': hub({ revision: COMMIT }),
  'flat form': { source: { source: 'huggingface', repoId: 'gpt2', rev: 'refs/pr/1' }, hash: SRI },
  'nulls everywhere': { ...hub({ revision: null, files: null, endpoint: null }), name: null, lock: null, lazy: null },
  'another hub': hub({ endpoint: 'https://hub.example/base//' }),
  'a hub that is no address': hub({ endpoint: 'hub.example' }),
  'a revision with a blank': hub({ revision: 'a b' }),
  'a revision with two dots': hub({ revision: 'a..b' }),
  'a revision of two slashes': hub({ revision: 'a//b' }),
  'a repository type in the plural': hub({ repoType: 'datasets' }),
  'a repository of three parts': hub({ repo: 'a/b/c' }),
  'a repository of dots': hub({ repo: '../name' }),
  'a repository under two names': hub({ repoId: 'org/name' }),
  'two kinds': { source: { huggingface: { repo: 'a/b' }, url: 'https://example.org/x' }, hash: SRI },
  'no source': { hash: SRI },
  'no pin': { source: 'hf:org/name' },
  'an empty hash': { source: 'hf:org/name', hash: '' },

  'an address': url('https://example.org/a/m%C3%B6del%20x.gguf?download=true#top'),
  'an address with its path': url({ url: 'https://example.org/x', path: 'sub/model.bin' }),
  'an address without a file': url('https://example.org/'),
  'an address that hides a slash': url('https://example.org/a%2Fb'),
  'an address with a password': url('https://me:secret@example.org/x'),
  'an address of another scheme': url('ftp://example.org/x'),
  'several addresses without a name': url(['https://example.org/a', 'https://example.org/b']),
  'several addresses': { name: 'pair', ...url(['https://example.org/a', { urls: ['https://one.example/b', 'https://two.example/b'] }]) },
  'an address twice': { name: 'pair', ...url(['https://example.org/a', 'https://other.example/a']) },
  'addresses with hashes': { name: 'pair', source: { url: [{ url: 'https://example.org/a', hash: SRI }, { url: 'https://example.org/b', sha512: SHA512 }] } },
  'an address with a hash of another algorithm': { source: { url: { url: 'https://example.org/a', sha512: SRI } } },
  'a path beside a list of addresses': url({ urls: ['https://example.org/a'], path: 'x' }),

  'sha512 of the tree': { source: 'hf:org/name', hash: SHA512 },
  'a hexadecimal hash': { source: 'hf:org/name', hash: HEX.toUpperCase() },
  'a base-32 hash': { source: 'hf:org/name', hash: 'sha256:1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s' },
  'SRI of another encoding': { source: 'hf:org/name', hash: `sha256-${HEX}` },
  'a hash of another algorithm': { source: 'hf:org/name', hash: 'md5-1B2M2Y8AsgTpgAmY7PhCfg==' },
  'two pins': { ...files('a'), hash: SRI },

  'file hashes': files('z.bin', 'sub/ü 模型.json', '.hidden', '..x'),
  'file hashes of both algorithms': { source: 'hf:org/name', fileHashes: { a: SHA512, b: HEX } },
  'an empty file hash': { source: 'hf:org/name', fileHashes: { a: '' } },
  'no file hashes': files(),
  'a name that needs cutting': files(`${'x'.repeat(240)}.bin`),

  'a lock': { name: 'tiny', lock },
  'a lock with patterns': { name: 'other', lock },
  'a lock and the same source': { name: 'tiny', source: 'hf:org/Tiny', lock },
  'a lock and its commit': { name: 'tiny', source: `hf:org/Tiny@${COMMIT}`, lock },
  'a lock and another revision': { name: 'tiny', source: 'hf:org/Tiny@v2', lock },
  'a lock and another repository': { name: 'tiny', source: 'hf:org/Other', lock },
  'a lock and fewer files': { name: 'tiny', files: ['*.json'], lock },
  'a lock and other patterns': { name: 'other', files: ['*.bin'], lock },
  'a lock and patterns without a match': { name: 'tiny', files: ['*.gguf'], lock },
  'a lock without the model': { name: 'absent', lock },
  'a lock of several without a name': { lock },
  'a lock of one without a name': { lock: { version: 1, models: { only: entry } } },
  'an entry of a lock': { lock: entry },
  'an entry of a lock with a name': { name: 'mine', lock: entry },
  'a lock of another version': { name: 'tiny', lock: { ...lock, version: 2 } },
  'a lock with a wrong sum': { lock: { ...entry, totalSize: 7 } },
  'a lock with its sum': { lock: { ...entry, totalSize: 6 } },
  'a lock without files': { lock: { ...entry, contents: [] } },
  'a lock with a short digest': { lock: { ...entry, contents: [{ path: 'a', size: 1, sha256: 'abc' }] } },
  'a lock with a negative size': { lock: { ...entry, contents: [{ path: 'a', size: -1, sha256: HEX }] } },
  'a lock with a hostile path': { lock: { ...entry, contents: rows('../../etc/passwd') } },
  'a lock from a later version with more attributes': { lock: { ...entry, signedBy: 'x' } },
};

const sources = [...GOOD_SOURCES, ...BAD_SOURCES].map(([source]) => source);
for (const source of sources) {
  // Nix has no texts with a NUL in them.
  if (!JSON.stringify(source).includes('\\u0000')) SPECS[`the source ${JSON.stringify(source)}`] = { source, hash: SRI };
}
// Each source beside a lock of itself, of the one before it, and of itself at another version.
GOOD_SOURCES.forEach(([source, , locked], index) => {
  const before = GOOD_SOURCES[index - 1]?.[2] ?? {};
  const of = (other: object): object => ({ name: 'x', source, lock: { ...entry, source: other } });
  SPECS[`the locked source ${JSON.stringify(source)}`] = of(locked);
  SPECS[`the source ${JSON.stringify(source)} with a lock of another`] = of(before);
  const [[kind, value] = ['', {}]] = Object.entries(locked) as [string, object][];
  for (const version of ['rev', 'reference', 'modelVersion']) {
    if (version in value) SPECS[`the source ${JSON.stringify(source)} with another ${version} locked`] = of({ [kind]: { ...value, [version]: '7' } });
  }
  for (const access of ['endpoint', 'trackingUri', 'region', 'anonymous']) {
    if (access in value) SPECS[`the source ${JSON.stringify(source)} with no ${access} locked`] = of({ [kind]: { ...value, [access]: null } });
  }
  SPECS[`the lock of ${JSON.stringify(source)}`] = { name: 'x', lock: { ...entry, source } };
});
SPECS['what the source leaves open and the lock knows'] = {
  name: 'x', source: 's3://my-models/p', 
  lock: { ...entry, source: { s3: { bucket: 'my-models', prefix: 'p', endpoint: 'http://127.0.0.1:1', region: 'here' } } },
};
SPECS['a version that is the locked revision'] = { name: 'x', source: 'mlflow:m/3', lock: { ...entry, revision: '3', source: { mlflow: { modelName: 'm', modelStage: 'Production' } } } };
SPECS['objects with versions'] = {
  lock: { source: { gcs: { bucket: 'my-models' } }, contents: [{ path: 'a', size: 1, sha256: HEX, version: '17' }] },
};

const SECURITY: readonly unknown[] = [
  null, {}, true, [], { failOnScanError: null }, { failOnScanError: 'no' }, { enablePickelScan: false },
  { enablePickleScan: false, failOnScanError: false }, { enablePickleScan: 0 }, { policy: {} },
  { policy: [] },
  { enableModelScan: true }, { enableModelScan: true, modelScan: null },
  { enableModelScan: true, modelScan: '/m' },
  { enableModelScan: false, modelScan: '/m' }, { modelScan: 3 }, { enableModelScan: null },
  { customScanners: null }, { customScanners: [] }, { customScanners: {} }, { customScanners: ['x'] },
  { customScanners: [{ name: 'a', command: 'true' }, { name: 'ü "b"', command: 'x\ny' }] },
  { customScanners: [{ name: 'a' }] }, { customScanners: [{ name: '', command: 'x' }] },
  { customScanners: [{ name: 'a', command: '' }] }, { customScanners: [{ name: 'a', command: 1 }] },
  { customScanners: [{ name: 'a', command: 'b', c: 1 }] }, { customScanners: [null] },
  ...[
    { allowGlobals: ['a.B'], allowLibraryGlobals: true, allowRemoteCode: true, allowFormats: ['torch', 'text'] },
    { allowFormats: [] }, { allowFormats: null }, { allowFormats: 'torch' }, { allowFormats: [1] }, { allowFormats: [''] },
    { allowGlobals: ['a.*'] }, { allowGlobals: [''] }, { allowGlobals: null }, { allowLibraryGlobals: 'yes' },
    { allowRemoteCode: null }, { allowRemoteCode: 1 }, { failOn: [] }, { failOn: ['malicious'] }, { failOn: ['bad'] },
    { failOn: ['clean'] }, { failOn: 'malicious' }, { failOn: null }, { allow: [] },
  ].map((policy) => ({ policy })),
];
const NAMES = ['tiny', 'a+b-c.d_e?f=g', '.hidden', 'a b', '', 'x'.repeat(207), 'x'.repeat(212), 'ü'];
const PATHS = [
  'a/../b', './a', 'a//b', '/a', 'a/', 'C:/x', 'a\\b', 'a\nb', '.git/config', 'sub/.GIT', 'nul', 'a/COM1.txt',
  'com10', 'a.', 'a /b', 'x~nix~case~hack~1', 'a\u202eb', 'y'.repeat(256), Array(61).fill('d').join('/'),
  Array(60).fill('d').join('/'), `${'long/'.repeat(420)}x`, 'a\u0085b', 'aux.json', 'auxiliary.json', 'a:b', '...',
];
const PATTERNS = [
  '*.json', '*', '**', 'sub/*', 'sub/**', '**/a.json', '/a.json', '/*.json', 'sub/', '{a,b}.*', '{a,sub/a}.json',
  'w-0[0-9].st', 'w-0[!0-9].st', 'x+y.txt', 'x?y.txt', '?.bin', '\\[odd].md', '[[]odd].md', 'a.{json,bin}', '{', '[',
  'a\\', '**/*.bin', 's*/deep/*', 'sub/**/c.bin', 'sub**c.bin', '{{a,b},c}.{json,bin}', '', '?.md',
];

for (const security of SECURITY) SPECS[`security ${JSON.stringify(security)}`] = { ...named('x'), security };
for (const name of NAMES) SPECS[`the name ${label(name)}`] = named(name);
for (const path of PATHS) SPECS[`the path ${label(path)}`] = files(path, 'other');
for (const glob of PATTERNS) SPECS[`the pattern ${JSON.stringify(glob)}`] = patterns(glob);
SPECS['paths that differ in case'] = files('sub/A', 'Sub/a');
SPECS['folders that differ in case'] = files('sub/a', 'Sub/b');
SPECS['a file that is a folder'] = files('a', 'a/b');
SPECS['an excluding pattern'] = patterns('*.json', '!sub/**');
SPECS['patterns apart'] = { ...patterns(), files: { include: ['*.bin'], exclude: ['sub/**'] } };

function label(text: string): string {
  return text.length < 40 ? JSON.stringify(text) : `"${text.slice(0, 20)}…" of ${text.length}`;
}

/** What both sides say of a spec: the plan, or that it is refused. */
interface Reading {
  readonly name: string;
  readonly source: unknown;
  readonly patterns: unknown;
  readonly security: unknown;
  readonly storePath?: string;
  readonly totalSize?: number;
  readonly files?: unknown;
}

function readByCore(spec: object): Reading | string {
  try {
    const plan = planModel(spec, '/nix/store');
    if (plan.pin === null) return 'refused';
    const { spec: read, totalSize, files: planned } = plan;
    return {
      name: read.name,
      source: read.source,
      patterns: read.files,
      security: read.security ?? null,
      ...(plan.pin === 'hash' ? { storePath: plan.storePath } : { files: planned }),
      ...(totalSize === undefined ? {} : { totalSize }),
    } as Reading;
  } catch (error) {
    if (error instanceof ModelError && error.code !== 'INTERNAL') return 'refused';
    throw error;
  }
}

/** All of them in one evaluation. A refusal is a throw, which tryEval catches. */
async function readByLibrary(specs: Record<string, object>): Promise<Record<string, Reading | string>> {
  // Too long for an argument.
  const directory = mkdtempSync(join(tmpdir(), 'parity-'));
  const file = join(directory, 'specs.json');
  writeFileSync(file, JSON.stringify(specs));
  const expression = `
    builtins.mapAttrs (_: spec:
      let
        model = lib.fetchModel spec;
        reading = {
          inherit (model) name;
          inherit (model.spec) source;
          patterns = model.spec.files;
          security = model.spec.security or null;
        } // (if model ? files then { inherit (model) files; } else { storePath = model.outPath; })
          // (if model ? totalSize then { inherit (model) totalSize; } else { });
        tried = builtins.tryEval (builtins.deepSeq reading reading);
      in
      if tried.success then tried.value else "refused"
    ) (builtins.fromJSON (builtins.readFile ${file}))`;
  try {
    return (await evaluate(expression)) as Record<string, Reading | string>;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describe('the core and nix/lib', async () => {
  const library = await readByLibrary(SPECS);
  test.each(Object.keys(SPECS))('read %s alike', (name) => {
    expect(library[name]).toEqual(readByCore(SPECS[name] ?? {}));
  });
});
