// `nix-ai-model inspect` as a user meets it: files, directories, the lock file, and models on a hub
// that cost kilobytes; complete and incomplete shards; servers that cannot, or do worse.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { makeModel } from '../scripts/make-model.mjs';
import { serveHub } from '../src/hub/serve.ts';
import type { RunningHub } from '../src/hub/serve.ts';
import { ggufFile } from './core/gguf-file.ts';
import { startFaultyServer } from './faults/server.ts';

const PROGRAM = join(import.meta.dirname, '../bin/nix-ai-model');
const MIB = 1024 * 1024;

let folder: string;
let model: string;
let hub: RunningHub;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'inspect-'));
  model = join(folder, 'model');
  makeModel(model, { shards: 4, bytes: 64 * MIB });
  hub = await serveHub({ roots: [`org/tiny=${model}`] });
});
afterAll(async () => {
  await hub.close();
  rmSync(folder, { recursive: true });
});

interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(args: string[], endpoint = hub.url): Promise<Result> {
  const env = { ...process.env, HF_ENDPOINT: endpoint, NIX_AI_MODELS_CACHE: join(folder, 'cache') };
  const child = spawn(process.execPath, [PROGRAM, 'inspect', ...args], { cwd: folder, env });
  child.stdin.end();
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { status: child.exitCode, stdout, stderr };
}

const json = ({ stdout }: Result): Record<string, unknown> => JSON.parse(stdout) as Record<string, unknown>;

const GGUF = ggufFile({
  metadata: [
    ['general.architecture', { type: 'string', value: 'llama' }],
    ['llama.context_length', { type: 'u32', value: 4096 }],
    ['tokenizer.ggml.tokens', { of: 'string', values: Array.from({ length: 40_000 }, (_, i) => `token ${i}`) }],
  ],
  tensors: [
    { name: 'w', type: 12, shape: [4096, 4096], bytes: (4096 * 4096 / 256) * 144 },
    { name: 'norm', type: 0, shape: [4096], bytes: 16_384 },
  ],
});

/** A directory of its own with a small sharded model, changed by the caller. */
function copy(change: (directory: string) => void): string {
  const directory = mkdtempSync(join(folder, 'copy-'));
  makeModel(directory, { shards: 2, bytes: MIB });
  change(directory);
  return directory;
}

const INDEX = 'model.safetensors.index.json';
interface IndexFile {
  weight_map: Record<string, string>;
  metadata: { total_size: number };
}
function changeIndex(directory: string, change: (index: IndexFile) => void): void {
  const index = JSON.parse(readFileSync(join(directory, INDEX), 'utf8')) as IndexFile;
  change(index);
  writeFileSync(join(directory, INDEX), JSON.stringify(index));
}

describe('inspect of a directory', () => {
  it('shows each shard, the totals and that nothing is missing', async () => {
    const { status, stdout } = await run([model]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^total +32 +33\.55 M +64\.0 MiB +28 F16, 4 F32$/m);
    expect(stdout).toMatch(/^architecture +LlamaForCausalLM$/m);
    expect(stdout).toMatch(/^shards +4 of model\.safetensors\.index\.json: complete$/m);
  });

  it('gives the same as JSON, with every tensor where they are asked for', async () => {
    const result = json(await run([model, '--json', '--tensors']));
    expect(result).toMatchObject({ tensors: 32, parameters: 33_550_336, broken: [] });
    expect(result).toMatchObject({ shardings: [{ shards: 4, complete: true }] });
    const [file] = result['files'] as { tensorList: unknown[]; tensors: number }[];
    expect(file?.tensorList).toHaveLength(8);
    expect(file?.tensorList[0]).toEqual({
      name: 'model.layers.0.input_layernorm.weight', dtype: 'F32', shape: [1024], offset: 0, bytes: 4096,
    });
    expect(json(await run([model, '--json']))['files']).not.toHaveProperty('0.tensorList');
  });

  it.each<[string, (directory: string) => void, object, RegExp]>([
    ['a shard', (directory) => { rmSync(join(directory, 'model-00002-of-00002.safetensors')); },
      { missingShards: ['model-00002-of-00002.safetensors'] }, /missing: +1 shard: model-00002/],
    ['a tensor', (directory) => { changeIndex(directory, ({ weight_map: map }) => { map['lm_head.weight'] = 'model-00001-of-00002.safetensors'; }); },
      { missingTensors: ['lm_head.weight'] }, /missing: +1 tensor: lm_head\.weight/],
    ['a tensor where the index has it', (directory) => {
      changeIndex(directory, ({ weight_map: map }) => { map['model.layers.0.input_layernorm.weight'] = 'model-00002-of-00002.safetensors'; });
    }, { missingTensors: ['model.layers.0.input_layernorm.weight'], unlistedTensors: ['model.layers.0.input_layernorm.weight'] }, /unlisted: 1 tensor/],
  ])('says that %s is missing, and ends with status 3', async (_, change, sharding, line) => {
    const directory = copy(change);
    const result = await run([directory]);
    expect(result).toMatchObject({ status: 3, stdout: expect.stringMatching(/INCOMPLETE/) as string });
    expect(result.stdout).toMatch(line);
    expect(json(await run([directory, '--json']))).toMatchObject({ shardings: [{ complete: false, ...sharding }] });
  });

  it('tells of a wrong total in the index, which honest models have', async () => {
    const directory = copy((path) => { changeIndex(path, (index) => { index.metadata.total_size += 1; }); });
    const { status, stdout } = await run([directory]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/stated: +\d+ bytes, found \d+/);
  });

  it('shows the good files beside a broken one, and ends with status 3', async () => {
    const directory = copy((path) => { writeFileSync(join(path, 'model-00001-of-00002.safetensors'), 'x'.repeat(100)); });
    const { status, stdout, stderr } = await run([directory]);
    expect(status).toBe(3);
    expect(stdout).toMatch(/^model-00001\S+ +broken$/m);
    expect(stdout).toMatch(/^model-00002\S+ +safetensors/m);
    expect(stderr).toMatch(/\[FORMAT_LIMIT\]\n +on: +model-00001/);
  });

  it('counts the parts of a split GGUF model', async () => {
    const directory = join(folder, 'split');
    mkdirSync(directory);
    const part = (name: string): Buffer => ggufFile({
      metadata: [['split.tensors.count', { type: 'i32', value: 2 }]],
      tensors: [{ name, type: 0, shape: [8], bytes: 32 }],
    });
    writeFileSync(join(directory, 'm-00001-of-00002.gguf'), part('a'));
    expect(await run([directory])).toMatchObject({ status: 3, stdout: expect.stringMatching(/missing: +1 shard: m-00002-of-00002\.gguf/) as string });
    writeFileSync(join(directory, 'm-00002-of-00002.gguf'), part('b'));
    expect(await run([directory])).toMatchObject({ status: 0, stdout: expect.stringMatching(/m-\?{5}-of-00002\.gguf: complete/) as string });
  });
});

describe('inspect of a file', () => {
  it('goes by the content, not by the name', async () => {
    writeFileSync(join(folder, 'blob'), GGUF);
    const { status, stdout } = await run(['blob']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^blob +gguf v3 +2 +16\.78 M +9\.0 MiB +1 Q4_K, 1 F32$/m);
    expect(stdout).toMatch(/^architecture +llama\ncontext length +4096\nquantisation +mostly Q4_K$/m);
  });

  it.each<[string, string | Buffer, number, RegExp]>([
    ['of another format', 'just some words', 5, /inspect does not read[\s\S]*NO_FILES_MATCH[\s\S]*a text[\s\S]*nix-ai-model scan/],
    ['that begins as a zip and is none', 'PK\x03\x04 and so on', 3, /no directory[\s\S]*FORMAT_INVALID/],
    ['that is cut short', GGUF.subarray(0, GGUF.length - 20_000), 3, /past the end[\s\S]*FORMAT_INVALID/],
    ['that is cut within its header', GGUF.subarray(0, 100_000), 3, /too early/],
  ])('%s is refused in plain words', async (_, content, status, message) => {
    writeFileSync(join(folder, 'file'), content);
    const result = await run(['file']);
    expect(result.status).toBe(status);
    expect(result.stderr).toMatch(message);
  });

  it('that is not there is said not to be there', async () => {
    expect(await run(['./nothing.gguf'])).toMatchObject({ status: 7, stderr: expect.stringMatching(/no such file/) as string });
  });
});

describe('inspect of a model that lies elsewhere', () => {
  it('reads kilobytes of 64 MiB from a hub', async () => {
    const { url, received } = await countBytes(hub.port);
    const result = await run(['huggingface:org/tiny', '--json'], url);
    expect(json(result)).toMatchObject({
      model: 'huggingface:org/tiny@main', tensors: 32, parameters: 33_550_336, architecture: 'LlamaForCausalLM', shardings: [{ complete: true }],
    });
    expect(received()).toBeLessThan(400 * 1024);
  });

  it('follows a lock file to the hub where the model is not in the store', async () => {
    const lock = spawn(process.execPath, [PROGRAM, 'lock', 'locked=huggingface:org/tiny'], {
      cwd: folder, env: { ...process.env, HF_ENDPOINT: hub.url },
    });
    await once(lock, 'close');
    expect(json(await run(['locked', '--json']))).toMatchObject({ tensors: 32 });
  });

  it('reads a GGUF from a web server, as far as its header goes, whatever breaks on the way', async () => {
    const server = await startFaultyServer({ 'model.gguf': GGUF });
    onTestFinished(() => server.close());
    server.fault('model.gguf', ({ count }) => (count === 3 ? { dropAfter: 1000 } : count === 4 ? { status: 503 } : undefined));
    const result = await run([`${server.url}/model.gguf`, '--json']);
    expect(json(result)).toMatchObject({ tensors: 2, files: [{ format: 'gguf', architecture: 'llama' }] });
    // The first question is a HEAD; every other one is for a part.
    const parts = server.requests.slice(1);
    expect(parts.every(({ headers }) => headers.range !== undefined)).toBe(true);
    expect(parts.reduce((sum, request) => sum + request.sent, 0)).toBeLessThan(GGUF.length / 4);
  });

  it('says what to do where a server sends whole files only', async () => {
    const server = await startFaultyServer({ 'model.gguf': GGUF });
    onTestFinished(() => server.close());
    server.fault('model.gguf', () => ({ ignoreRange: true }));
    const result = await run([`${server.url}/model.gguf`]);
    expect(result).toMatchObject({ status: 6, stderr: expect.stringMatching(/whole files only[\s\S]*Fetch the model first/) as string });
  });

  it('asks a mirror where the first server fails for good', async () => {
    const server = await startFaultyServer({ 'a.gguf': GGUF, 'b.gguf': GGUF });
    onTestFinished(() => server.close());
    server.fault('a.gguf', ({ range }) => (range === undefined ? undefined : { status: 403 }));
    const spec = { source: { url: { urls: [{ urls: [`${server.url}/a.gguf`, `${server.url}/b.gguf`] }] } } };
    writeFileSync(join(folder, 'spec.json'), JSON.stringify(spec));
    expect(json(await run(['--spec-json', 'spec.json', '--json']))).toMatchObject({ tensors: 2 });
  });
});

/** A way to the hub that counts what comes back, all answers and their headers. */
async function countBytes(port: number): Promise<{ url: string; received: () => number }> {
  let count = 0;
  const proxy = createServer((client) => {
    const server = connect(port, '127.0.0.1');
    server.on('data', (chunk) => (count += chunk.length));
    for (const [from, to] of [[client, server], [server, client]] as const) from.on('error', () => to.destroy());
    client.pipe(server).pipe(client);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => { proxy.close(() => { resolve(); }); }));
  return { url: `http://127.0.0.1:${(proxy.address() as { port: number }).port}`, received: () => count };
}
