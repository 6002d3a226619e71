// The commands of docs/inspect.md, run as they stand there, and its table, as it is printed.

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeModel } from '../../scripts/make-model.mjs';
import { writeCheckpoints } from '../core/checkpoint-files.ts';
import { serveHub, type RunningHub } from '../../src/hub/serve.ts';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = readFileSync(join(ROOT, 'docs/inspect.md'), 'utf8');
const blocks = (language: string): string[] =>
  [...PAGE.matchAll(new RegExp('```' + language + '\n([\\s\\S]*?)```', 'g'))].map(([, text]) => text ?? '');

let folder: string;
let hub: RunningHub;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'docs-inspect-'));
  makeModel(join(folder, 'model'), { shards: 2, bytes: 2 ** 20 });
  hub = await serveHub({ roots: [`org/tiny=${join(folder, 'model')}`] });
  writeCheckpoints(folder, `
weight, bias, moment = tensor(4, 4, kind='Float'), tensor(4, kind='Float'), tensor(4, 4, kind='Float')
model = collections.OrderedDict([('fc.weight', weight), ('fc.bias', bias)])
save('checkpoint.pt', {'model': model, 'optimizer': {'state': {0: {'step': 3, 'exp_avg': moment}}}})
`);
  await shell('nix-ai-model lock tiny=huggingface:org/tiny');
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
  };
  return (await promisify(execFile)('sh', ['-ec', script], { cwd: folder, env })).stdout;
}

describe('docs/inspect.md', () => {
  it('has commands that all work, and say the same wherever the model lies', async () => {
    const printed = await shell(blocks('sh')[0] ?? '');
    expect(printed.match(/^total +16 +522\.24 K/gm)).toHaveLength(3);
  });

  it('shows the table that is printed', async () => {
    expect(await shell('nix-ai-model inspect ./model')).toContain(blocks('text')[0]);
  });

  it('shows the tensors of a checkpoint as they are printed', async () => {
    expect(await shell('nix-ai-model inspect checkpoint.pt --tensors')).toBe(blocks('text')[1]);
  });

  it('names members that the JSON has', async () => {
    expect(await shell(blocks('sh')[1] ?? '')).toBe('522240\n"F16"\ntrue\n');
  });
});
