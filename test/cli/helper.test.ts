// `nix-ai-model helper` as the plugin speaks with it: requests and answers are lines, one process for all.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeModel } from '../../scripts/make-model.mjs';
import { serveHub, type RunningHub } from '../../src/hub/serve.ts';
import { privateStore, type PrivateStore } from '../store/private-store.ts';

const PROGRAM = join(import.meta.dirname, '../../bin/nix-ai-model');

let folder: string;
let hub: RunningHub;
let store: PrivateStore;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'helper-'));
  makeModel(join(folder, 'model'), { shards: 1, bytes: 2 ** 20 });
  hub = await serveHub({ roots: [`org/tiny=${join(folder, 'model')}`] });
  store = await privateStore();
});
afterAll(async () => {
  await hub.close();
  await store.remove();
  await rm(folder, { recursive: true });
});

/** Sends the lines one by one, each after the answer to the one before. Returns what came for each. */
async function converse(lines: readonly string[]): Promise<{ answers: string[][]; status: number | null }> {
  const env = { ...store.environment, HF_ENDPOINT: hub.url, NIX_AI_MODELS_CACHE: join(folder, 'cache') };
  const child = spawn(process.execPath, [PROGRAM, 'helper'], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  const output = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answers: string[][] = [];
  for (const line of lines) {
    child.stdin.write(`${line}\n`);
    const answer: string[] = [];
    do answer.push(((await output.next()) as { value: string }).value);
    while (answer.at(-1)?.startsWith('@nix ') === true);
    answers.push(answer);
  }
  child.stdin.end();
  await once(child, 'close');
  return { answers, status: child.exitCode };
}

describe('the helper', () => {
  it('answers each request, goes on after errors, and ends where its input ends', async () => {
    const spec = { source: 'huggingface:org/tiny', fileHashes: {} };
    const { answers, status } = await converse(['no json', '{}', JSON.stringify({ spec }), JSON.stringify({ spec: 3 })]);
    const errors = answers.map((answer) => JSON.parse(answer.at(-1) ?? '') as { error: { code: string } });
    const codes = errors.map(({ error }) => error.code);
    expect(codes).toEqual(['USAGE', 'USAGE', expect.stringMatching(/^(SPEC|NO_FILES)_/), 'SPEC_INVALID']);
    expect(status).toBe(0);
  });

  it('prints the progress of a download as lines for Nix, and a path', async () => {
    const hash = 'sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=';
    const spec = { source: 'huggingface:org/tiny', hash };
    const { answers } = await converse([JSON.stringify({ spec, progress: 'nix' })]);
    const lines = (answers[0] ?? []).slice(0, -1).map((line) => line.slice('@nix '.length));
    const events = lines.map((line) => JSON.parse(line) as { action: string });
    const actions = events.map(({ action }) => action);
    expect(actions).toEqual(expect.arrayContaining(['setPhase', 'start', 'result', 'stop']));
    const { error } = JSON.parse(answers[0]?.at(-1) ?? '') as { error: { code: string; found: string } };
    expect(error.code).toBe('HASH_MISMATCH');
    // And now with the right hash: what was downloaded is there already.
    const again = await converse([JSON.stringify({ spec: { ...spec, hash: error.found } })]);
    expect(again.answers[0]?.[0]).toContain('"storePath":"');
  });
});
