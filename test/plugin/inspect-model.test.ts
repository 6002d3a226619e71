// builtins.inspectModel says what `nix-ai-model inspect` says, of files and directories, and reads no
// more than the evaluation may.

import { truncateSync } from 'node:fs';
import { copyFile, mkdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeModel as makeShards } from '../../scripts/make-model.mjs';
import { ggufFile } from '../core/gguf-file.ts';
import { npy } from '../scan/npy-file.ts';
import { zip } from '../scan/zips.ts';
import { remove, removeFromStore, scratch } from './models.ts';
import { impureEval, pureEval, run, WHY_NOT } from './nix-run.ts';

const COMMAND = fileURLToPath(new URL('../../bin/nix-ai-model', import.meta.url));
const SHARD = 'model-00001-of-00002.safetensors';
type Attributes = Record<string, unknown>;

describe.skipIf(WHY_NOT)(`builtins.inspectModel${WHY_NOT ? ` (${WHY_NOT})` : ''}`, () => {
  let folder: string;
  let model: string;

  beforeAll(async () => {
    folder = await scratch();
    model = join(folder, 'model');
    makeShards(model, { shards: 2, bytes: 1 << 20 });
    const gguf = ggufFile({
      metadata: [
        ['general.architecture', { type: 'string', value: 'llama' }],
        ['rope.base', { type: 'f32', value: 0.5 }],
        ['tokenizer.ggml.tokens', { of: 'string', values: Array.from({ length: 20_000 }, (_, i) => `token ${i}`) }],
      ],
      tensors: [{ name: 'w', type: 12, shape: [256, 4], bytes: 4 * 144 }],
    });
    await writeFile(join(folder, 'tiny.gguf'), gguf);
    const array = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", Buffer.alloc(24));
    await writeFile(join(folder, 'array.npy'), array);
    const members = ['a.npy', 'b.npy'].map((name) => ({ name, data: array, method: 8 }));
    await writeFile(join(folder, 'arrays.npz'), zip(members));
  });
  afterAll(() => remove(folder));

  async function evaluated(expression: string): Promise<Attributes> {
    const { status, stdout, stderr } = await impureEval(expression);
    expect(status, stderr).toBe(0);
    return JSON.parse(stdout) as Attributes;
  }
  const inspected = (path: string): Promise<Attributes> => evaluated(`builtins.inspectModel ${path}`);
  async function fromCommandLine(path: string): Promise<Attributes & { files: Attributes[] }> {
    const { stdout, stderr } = await run(COMMAND, ['inspect', '--json', '--tensors', path]);
    expect(stderr).toBe('');
    return JSON.parse(stdout) as Attributes & { files: Attributes[] };
  }
  /** What the builtin leaves to the reader: config.json is a file like any other in Nix. */
  const FACTS = ['architecture', 'contextLength', 'quantisation', 'path', 'size'];
  const without = (row: Attributes | undefined, names: readonly string[]): Attributes =>
    Object.fromEntries(Object.entries(row ?? {}).filter(([name]) => !names.includes(name)));

  const files = [
    ['a safetensors file', `model/${SHARD}`],
    ['a GGUF file', 'tiny.gguf'],
    ['an array of numpy', 'array.npy'],
    ['an archive of numpy', 'arrays.npz'],
  ] as const;
  it.each(files)('says of %s what the command line says', async (_, name) => {
    const path = join(folder, name);
    const { files } = await fromCommandLine(path);
    expect(await inspected(path)).toEqual(without(files[0], FACTS));
  });

  it('adds up the shards of a directory', async () => {
    const { files, tensors, parameters, bytes, dtypes } = await fromCommandLine(model);
    const found = (await inspected(model)) as { files: Attributes[] };
    expect(found).toMatchObject({ tensors, parameters, bytes, dtypes, missingShards: [] });
    const facts = FACTS.filter((name) => name !== 'path');
    expect(found.files).toEqual(files.map((row) => without(row, facts)));
  });

  it('names the shards that an index has and the directory has not', async () => {
    const part = join(folder, 'part');
    await mkdir(part);
    for (const name of ['model.safetensors.index.json', SHARD]) await copyFile(join(model, name), join(part, name));
    expect(await inspected(part)).toMatchObject({ missingShards: ['model-00002-of-00002.safetensors'] });
  });

  it('reads a header and nothing else of a file of 40 GB', async () => {
    const large = join(folder, 'large.safetensors');
    const size = 40_000_000_000;
    const header = JSON.stringify({ w: { dtype: 'U8', shape: [size], data_offsets: [0, size] } });
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    await writeFile(large, Buffer.concat([length, Buffer.from(header)]));
    truncateSync(large, 8 + header.length + size); // a hole: it takes no room
    expect(await inspected(large)).toMatchObject({ tensors: 1, parameters: size, bytes: size });
    await rm(large);
  });

  it('refuses broken headers with the words of the command line', async () => {
    const broken = join(folder, 'broken.safetensors');
    const cases = [
      async () => truncate(broken, 100),
      async () => writeFile(broken, 'short'),
      async () => writeFile(broken, Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('{]')])),
    ];
    for (const damage of cases) {
      await copyFile(join(model, SHARD), broken);
      await damage();
      const { stderr } = await run(COMMAND, ['inspect', broken]);
      const words = stderr.slice(0, stderr.indexOf('what to do:')).replace(/^error: /, '').trim();
      expect(words).toContain('[FORMAT_');
      const squeezed = (text: string): string => text.replaceAll(/\s+/g, ' ');
      const fromNix = await impureEval(`builtins.inspectModel ${broken}`);
      expect(squeezed(fromNix.stderr)).toContain(squeezed(words));
      expect(fromNix.stderr).toContain('at «string»:1:1');
    }
  });

  it('says which formats it knows', async () => {
    const { stderr } = await impureEval(`builtins.inspectModel ${join(model, 'config.json')}`);
    expect(stderr).toContain('[NO_FILES_MATCH]');
    expect(stderr).toContain('inspect reads safetensors, GGUF');
    const wrong = await impureEval('builtins.inspectModel { a = 1; }');
    expect(wrong.stderr).toContain('takes the path of a file or a directory');
    const missing = await impureEval('builtins.inspectModel /no/such/file');
    expect(missing.stderr).toContain('No such file or directory');
  });

  describe('in pure evaluation', () => {
    let storePath: string;
    beforeAll(async () => {
      await symlink(join(folder, 'tiny.gguf'), join(model, 'outside.gguf'));
      const added = await run('nix-store', ['--add-fixed', '--recursive', 'sha256', model]);
      storePath = added.stdout.trim();
    });
    afterAll(() => removeFromStore([storePath]));

    /** The model, which pure evaluation may read from then on. */
    async function pinned(): Promise<string> {
      const { stdout } = await run('nix-store', ['--query', '--hash', storePath]);
      return `(builtins.fetchModel { name = "model"; source = "hf:o/m"; hash = "${stdout.trim()}"; security.enablePickleScan = false; })`;
    }

    it('reads a model in the store', async () => {
      const { stdout, stderr } = await pureEval(`(builtins.inspectModel "\${${await pinned()}}/${SHARD}").format`);
      expect(stdout.trim(), stderr).toBe('"safetensors"');
    });

    it('follows no link out of it', async () => {
      for (const path of [`"\${${await pinned()}}/outside.gguf"`, await pinned()]) {
        const { status, stderr } = await pureEval(`(builtins.inspectModel ${path}).tensors`);
        expect(status).toBe(1);
        expect(stderr).toMatch(/forbidden in (pure|restricted)/);
      }
    });

    it('refuses a path of this machine', async () => {
      const { stderr } = await pureEval(`builtins.inspectModel ${join(folder, 'tiny.gguf')}`);
      expect(stderr).toMatch(/forbidden in (pure|restricted)/);
    });
  });

  it('computes lists only when somebody looks at them', async () => {
    const path = join(folder, 'vanishing.gguf');
    await writeFile(path, await readFile(join(folder, 'tiny.gguf')));
    const { metadata } = await evaluated(`{ inherit (builtins.inspectModel ${path}) metadata; }`);
    expect(metadata).toMatchObject({ 'general.architecture': 'llama', 'rope.base': 0.5 });
  });
});
