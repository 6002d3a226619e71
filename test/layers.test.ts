// The layer rule of docs/architecture.md, checked by reading import statements.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = join(import.meta.dirname, '../src');
/** Each layer may import from those before it; the folders of one layer never from each other. */
const LAYERS = [['base'], ['core'], ['spec'], ['net'], ['sources', 'download', 'verify', 'scan', 'scanners', 'inspect', 'store', 'hub', 'lock'], ['.'], ['cli']];
/** Modules that only one place may use. */
const ONLY: Record<string, RegExp> = {
  undici: /^net\//,
  'node:child_process': /^(store\/|scanners\/|sources\/git-lfs)/,
};

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
const folderOf = (file: string): string => (file.includes('/') ? (file.split('/')[0] ?? '') : '.');
const layerOf = (folder: string): number => LAYERS.findIndex((layer) => layer.includes(folder));
const importsOf = (file: string): string[] =>
  [...readFileSync(join(SRC, file), 'utf8').matchAll(/(?:from|import\(?)\s*'([^']+)'/g)].map((match) => match[1] ?? '');

function breaches(file: string): string[] {
  const from = folderOf(file);
  return importsOf(file).flatMap((target) => {
    const allowed = ONLY[target];
    if (allowed !== undefined && !allowed.test(file)) return [`${file} imports ${target}`];
    if (!target.startsWith('.')) return [];
    const to = folderOf(relative(SRC, join(SRC, dirname(file), target)));
    if (to === from || layerOf(to) < layerOf(from)) return [];
    return [`${file} imports ${target}`];
  });
}

describe('the layers of src', () => {
  it('hold every file', () => {
    expect(files.length).toBeGreaterThan(10);
    expect(files.filter((file) => layerOf(folderOf(file)) < 0)).toEqual([]);
  });

  it('import only from the layers before them, and each outside module only where it belongs', () => {
    expect(files.flatMap(breaches)).toEqual([]);
  });

  it('read process.env in one file only', () => {
    const readers = files.filter((file) => readFileSync(join(SRC, file), 'utf8').includes('process.env'));
    expect(readers).toEqual(['base/env.ts']);
  });
});
