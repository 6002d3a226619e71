// Every example, as examples/README.md says to run it: the same model made, served and built.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeModel } from '../../scripts/make-model.mjs';
import { type RunningHub, serveHub } from '../../src/hub/serve.ts';
import { ROOT, runNix, succeeded } from './nix-commands.ts';

const EXAMPLES = join(ROOT, 'examples');
const built: string[] = [];
let folder: string;
let hub: RunningHub;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nix-examples-'));
  const { directory } = makeModel(join(folder, 'tiny'), { bytes: 1 << 20, shards: 2 });
  hub = await serveHub({ roots: [{ kind: 'models', id: 'examples/tiny', revision: 'main', directory }] });
});

afterAll(async () => {
  await hub.close();
  rmSync(folder, { recursive: true, force: true });
  for (const path of built) await runNix('nix-store', ['--delete', path]);
});

async function buildExample(...args: string[]): Promise<string> {
  const environment = { HF_ENDPOINT: hub.url };
  const result = await runNix('nix-build', ['--no-out-link', ...args], { environment });
  const path = succeeded(result).stdout.trim();
  built.push(path);
  return path;
}

const shards = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];

test('by-hash.nix and by-lock have the whole model', async () => {
  const byHash = await buildExample(join(EXAMPLES, 'by-hash.nix'));
  const byLock = await buildExample(join(EXAMPLES, 'by-lock'), '-A', 'tiny');
  const names = readdirSync(join(folder, 'tiny')).sort();
  expect(names).toEqual(expect.arrayContaining(shards));
  for (const path of [byHash, byLock]) {
    expect(readdirSync(path).sort()).toEqual(names);
    for (const name of names) {
      expect(readFileSync(join(path, name)).equals(readFileSync(join(folder, 'tiny', name))), name).toBe(true);
    }
  }
});

test('by-file.nix has the files that it names', async () => {
  const path = await buildExample(join(EXAMPLES, 'by-file.nix'));
  expect(readdirSync(path).sort()).toEqual(['tokenizer.json', 'tokenizer_config.json']);
});

test('from-mirrors.nix has the file, from the address that answers', async () => {
  const path = await buildExample(join(EXAMPLES, 'from-mirrors.nix'), '--argstr', 'hub', hub.url);
  expect(readdirSync(path)).toEqual([shards[0]]);
});

test('scanned.nix is let in with a warning, and reported', async () => {
  const report = await buildExample(join(EXAMPLES, 'scanned.nix'), '-A', 'report');
  const meta = JSON.parse(readFileSync(join(report, '.nix-ai-model-meta.json'), 'utf8')) as { scanners: object[] };
  expect(meta.scanners).toMatchObject([
    { verdict: 'clean', accepted: true },
    { name: 'has a licence', verdict: 'findings', findings: ['ended with status 1', 'tiny has none'] },
  ]);
});

test('the README names every example', () => {
  const readme = readFileSync(join(EXAMPLES, 'README.md'), 'utf8');
  for (const name of readdirSync(EXAMPLES)) if (name !== 'README.md') expect(readme).toContain(name);
});
