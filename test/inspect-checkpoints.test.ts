// `nix-ai-model inspect` on PyTorch checkpoints and numpy arrays as a user meets them: a directory with
// an index, a gigabyte on a server that costs kilobytes and few requests, formats that it does not read.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { writeCheckpoints } from './core/checkpoint-files.ts';
import { npy } from './scan/npy-file.ts';
import { node, onnx, tensor } from './scan/protobuf-file.ts';
import { zip } from './scan/zips.ts';
import { startFaultyServer } from './faults/server.ts';

const PROGRAM = join(import.meta.dirname, '../bin/nix-ai-model');
const INDEX = 'pytorch_model.bin.index.json';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'inspect-checkpoints-'));
  mkdirSync(join(folder, 'model'));
  writeCheckpoints(folder, `
part = lambda i: f'pytorch_model-0000{i}-of-00002.bin'
names = [[f'layers.{i}.{j}.weight' for j in range(3)] for i in (1, 2)]
for i in (1, 2): save(f'model/{part(i)}', {name: tensor(256, 256, kind='Half') for name in names[i - 1]})
json.dump({'metadata': {'total_size': 6 * 256 * 256 * 2}, 'weight_map': {name: part(i) for i in (1, 2) for name in names[i - 1]}},
  open(f'{folder}/model/${INDEX}', 'w'))
save('large.pt', {f'layers.{i}.weight': tensor(2048, 1024, kind='Float') for i in range(12)})
`);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(...args: string[]): Promise<Result> {
  const env = { ...process.env, NIX_AI_MODELS_CACHE: join(folder, 'cache') };
  const child = spawn(process.execPath, [PROGRAM, 'inspect', ...args], { cwd: folder, env });
  child.stdin.end();
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { status: child.exitCode, stdout, stderr };
}

describe('inspect of other formats', () => {
  it('reads arrays and graphs among the files of a directory, and says what it has not read', async () => {
    const mixed = join(folder, 'mixed');
    mkdirSync(mixed);
    const array = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", new Uint8Array(24));
    writeFileSync(join(mixed, 'a.npy'), array);
    writeFileSync(join(mixed, 'b.npz'), zip([{ name: 'x.npy', data: array, method: 8 }]));
    writeFileSync(join(mixed, 'c.onnx'), onnx([node('Conv'), node('Relu'), node('Conv'), tensor(5, 'w')]));
    writeFileSync(join(mixed, 'd.bin'), Buffer.from('80047d942e', 'hex'));
    const { status, stdout } = await run('mixed');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^a\.npy +npy +1 +6 +24 B +1 F32$/m);
    expect(stdout).toMatch(/^b\.npz +npz +1 +6 +24 B +1 F32$/m);
    expect(stdout).toMatch(/^c\.onnx +onnx v8 +1 +2 +8 B +1 F32$/m);
    expect(stdout).toMatch(/^graph +opset 18, by pytorch 2\.5\.0, 2 Conv, 1 Relu of c\.onnx$/m);
    expect(stdout).toMatch(/^other files +1 file: d\.bin$/m);
  });
});

describe('inspect of a PyTorch model', () => {
  it('in shards shows each of them, the totals and that nothing is missing', async () => {
    const { status, stdout } = await run('model');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^pytorch_model-00001-of-00002\.bin +torch +3 +196\.61 K +384\.0 KiB +3 F16$/m);
    expect(stdout).toMatch(/^total +6 +393\.22 K +768\.0 KiB +6 F16$/m);
    expect(stdout).toMatch(/^shards +2 of pytorch_model\.bin\.index\.json: complete$/m);
  });

  it('without one of its shards says which, and ends with status 3', async () => {
    const part = 'pytorch_model-00001-of-00002.bin';
    mkdirSync(join(folder, 'partial'));
    for (const name of [part, INDEX]) writeFileSync(join(folder, 'partial', name), readFileSync(join(folder, 'model', name)));
    const { status, stdout } = await run('partial');
    expect(status).toBe(3);
    expect(stdout).toMatch(/missing: +1 shard: pytorch_model-00002-of-00002\.bin/);
  });

  it('lists its tensors with their names and shapes', async () => {
    const { stdout } = await run('model', '--tensors');
    expect(stdout).toMatch(/^ {2}layers\.2\.0\.weight {2}F16 {2}\[256, 256\] {2}128\.0 KiB$/m);
  });

  it('of 100 MB on a server costs kilobytes and few requests, whatever breaks on the way', async () => {
    const server = await startFaultyServer({ 'large.pt': readFileSync(join(folder, 'large.pt')) });
    onTestFinished(() => server.close());
    server.fault('large.pt', ({ count }) => (count === 3 ? { dropAfter: 1000 } : count === 4 ? { status: 503 } : undefined));
    const { status, stdout } = await run(`${server.url}/large.pt`, '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ tensors: 12, parameters: 12 * 2 ** 21, files: [{ format: 'torch' }] });
    // One HEAD, the beginning, the end; and the two that failed.
    expect(server.requests.length).toBeLessThanOrEqual(6);
    expect(server.requests.slice(1).reduce((sum, request) => sum + request.sent, 0)).toBeLessThan(300_000);
  });

  it('of the old format is left to scan', async () => {
    writeFileSync(join(folder, 'old.pt'), Buffer.from('80028a0a6cfc9c46f9206aa850192e', 'hex'));
    const { status, stderr } = await run('old.pt');
    expect(status).toBe(5);
    expect(stderr).toMatch(/old\.pt[\s\S]*a PyTorch checkpoint of the old format[\s\S]*`nix-ai-model scan` judges/);
  });
});
