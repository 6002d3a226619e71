// The README's commands and expressions, run as they stand there: a hub serves a small model under
// the names that they use.

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeModel } from '../../scripts/make-model.mjs';
import { serveHub, type RunningHub } from '../../src/hub/serve.ts';

const ROOT = join(import.meta.dirname, '../..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const NAMES = ['microsoft/phi-2', 'org/tiny', 'meta-llama/Llama-2-7b-hf'];

let folder: string;
let hub: RunningHub;
let hash: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'readme-'));
  const model = join(folder, 'model');
  makeModel(model, { shards: 1, bytes: 2 ** 16, seed: 'readme' });
  hub = await serveHub({ roots: NAMES.map((name) => `${name}=${model}`) });
  symlinkSync(ROOT, join(folder, 'nix-ai-models'));
  hash = (await shell(`nix --extra-experimental-features nix-command hash path ${model}`)).trim();
});
afterAll(async () => {
  await hub.close();
  rmSync(folder, { recursive: true });
});

async function shell(script: string): Promise<string> {
  const env = {
    ...process.env,
    PATH: `${join(ROOT, 'bin')}:${process.env['PATH'] ?? ''}`,
    HF_ENDPOINT: hub.url,
    NIX_AI_MODELS_CACHE: join(folder, 'cache'),
    NIX_CONFIG: 'extra-experimental-features = nix-command flakes\nsubstituters =',
  };
  const { stdout } = await promisify(execFile)('sh', ['-ec', script], { cwd: folder, env });
  return stdout;
}

/** The first code block after a heading or bold phrase, with the placeholders filled in. */
function block(after: string): string {
  const start = README.indexOf('```', README.indexOf(after));
  const text = README.slice(README.indexOf('\n', start) + 1, README.indexOf('```', start + 3));
  expect(text).not.toBe('');
  return text.replaceAll('sha256-…', hash).replaceAll('$PWD/build', `${ROOT}/build`).replace('HF_TOKEN=… ', '');
}

describe('the README', () => {
  it('starts with commands that lock, fetch and verify a model', async () => {
    const printed = await shell(block('**Command line.**'));
    expect(printed).toMatch(/locked phi at [0-9a-f]{12}[\s\S]*-phi\n[\s\S]*ok +phi/);
  });

  it('shows an expression that builds both models', async () => {
    writeFileSync(join(folder, 'models.nix'), block('**Nix, no plugin.**'));
    const paths = (await shell('nix-build --no-out-link models.nix')).trim().split('\n');
    expect(paths.map((path) => path.slice(path.indexOf('-') + 1))).toEqual(['phi', 'tiny']);
  });

  it('shows a call of the plugin that gives a store path', async () => {
    expect(await shell(block('**Plugin.**'))).toMatch(/^\/nix\/store\/[0-9a-z]{32}-Llama-2-7b-hf$/);
  });

  it('names only pages that exist', () => {
    const links = [...README.matchAll(/\]\(([^)#]+)\)/g)].map(([, target]) => target ?? '');
    expect(links.length).toBeGreaterThan(5);
    for (const link of links) expect(() => readFileSync(join(ROOT, link), 'utf8')).not.toThrow(/ENOENT/);
  });
});
