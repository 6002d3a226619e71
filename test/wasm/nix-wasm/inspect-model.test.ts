// `inspectModel` says what the command line says, in its words where a file is broken.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeModel } from '../../../scripts/make-model.mjs';
import { ModelError, renderError } from '../../../src/base/errors.ts';
import { inspectModelFile } from '../../../src/core/inspect.ts';
import { countDtypes } from '../../../src/inspect/facts.ts';
import { ggufFile } from '../../core/gguf-file.ts';
import { CLEAN } from '../../scan/clean-cases.ts';
import { NixError } from './host.ts';
import { errorOf, evaluate } from './module.ts';
import { NixPath } from './nix-values.ts';

const folder = mkdtempSync(join(tmpdir(), 'nix-ai-models-wasm-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function readerOf(bytes: Uint8Array): (offset: number, length: number) => Promise<Uint8Array> {
  return (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length));
}

/** What `nix-ai-model inspect --json --tensors` prints of the file. */
async function fromCommandLine(bytes: Uint8Array, name: string): Promise<unknown> {
  const found = await inspectModelFile(readerOf(bytes), bytes.length, name);
  const { tensors, ...rest } = found;
  const row = { ...rest, tensors: tensors.length, dtypes: countDtypes([found]), tensorList: tensors };
  return JSON.parse(JSON.stringify(row)) as unknown;
}

function inspected(bytes: Uint8Array, name: string): unknown {
  return evaluate('inspectModel', new NixPath(name), { readFile: () => bytes });
}

/** Undefined for what would have to be unpacked. */
function inspectedOrPacked(data: Uint8Array, name: string): { format: string } | undefined {
  try {
    return inspected(data, name) as { format: string };
  } catch (error) {
    if (error instanceof NixError && error.message.includes('compress')) return undefined;
    throw error;
  }
}

function safetensors(header: unknown, data: number): Buffer {
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.alloc(data)]);
}

const FILES: readonly (readonly [what: string, name: string, bytes: Buffer])[] = [
  ['no tensors', '/m/a.safetensors', safetensors({}, 0)],
  [
    'several types, metadata and a name in Japanese',
    '/m/b',
    safetensors(
      {
        __metadata__: { format: 'pt', title: '模型 "quoted" \u0007' },
        重み: { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] },
        b: { dtype: 'BF16', shape: [5], data_offsets: [24, 34] },
        c: { dtype: 'F32', shape: [], data_offsets: [34, 38] },
        d: { dtype: 'U8', shape: [0, 7], data_offsets: [38, 38] },
      },
      38,
    ),
  ],
  [
    'GGUF',
    '/m/c.gguf',
    ggufFile({
      metadata: [
        ['general.architecture', { type: 'string', value: 'llama' }],
        ['a.float', { type: 'f32', value: 1e-5 }],
        ['a.double', { type: 'f64', value: 0.1 }],
        ['a.negative', { type: 'i32', value: -7 }],
        ['a.truth', { type: 'bool', value: true }],
        ['tokenizer.ggml.tokens', { of: 'string', values: Array.from({ length: 20_000 }, (_, i) => `token ${i}`) }],
      ],
      tensors: [{ name: 'w', type: 12, shape: [256, 4], bytes: 4 * 144 }],
    }),
  ],
];

describe('inspectModel in nix-wasm.wasm', () => {
  it.each(FILES)('says what the command line says: %s', async (_, name, bytes) => {
    expect(inspected(bytes, name)).toEqual(await fromCommandLine(bytes, name));
  });

  it('describes arrays, checkpoints and ONNX as the command line does, unless they are compressed', async () => {
    const formats = new Set<string>();
    for (const { name, data } of CLEAN) {
      const expected = await fromCommandLine(data, `/m/${name}`).catch(() => undefined);
      if (expected === undefined) continue;
      const found = inspectedOrPacked(data, `/m/${name}`);
      if (found !== undefined) expect(found).toEqual(expected);
      formats.add(found?.format ?? 'packed');
    }
    expect([...formats].sort()).toEqual(expect.arrayContaining(['npy', 'onnx', 'packed', 'torch', 'torchscript']));
  });

  it('reads a real file by its path, and by a string that names it', () => {
    makeModel(folder, { shards: 2, bytes: 1 << 20 });
    const path = join(folder, 'model-00001-of-00002.safetensors');
    const found = evaluate('inspectModel', new NixPath(path));
    expect(found).toMatchObject({ format: 'safetensors', trailing: 0 });
    expect(evaluate('inspectModel', path)).toEqual(found);
    writeFileSync(join(folder, 'short.gguf'), 'GGUF');
    expect(errorOf('inspectModel', new NixPath(join(folder, 'short.gguf')))).toContain('[FORMAT_INVALID]');
  });

  it('takes 10,000 tensors', async () => {
    const rows = Array.from({ length: 10_000 }, (_, i): [string, unknown] => {
      const dtype = i % 3 === 0 ? 'I32' : 'F32';
      return [`layer.${i}`, { dtype, shape: [1], data_offsets: [4 * i, 4 * i + 4] }];
    });
    const bytes = safetensors(Object.fromEntries(rows), 40_000);
    expect(inspected(bytes, '/m/many')).toEqual(await fromCommandLine(bytes, '/m/many'));
  });

  it('writes floats to the last digit', () => {
    const random = Array.from({ length: 2000 }, () => {
      return (Math.random() - 0.5) * 10 ** Math.floor(Math.random() * 632 - 323);
    });
    const limits = [5e-324, 1.7976931348623157e308, 2.2250738585072014e-308, 0.1, 1e21, 1234567890123456800];
    const values = [...random, ...limits];
    const bytes = ggufFile({
      metadata: values.map((value, index) => [`v.${index}`, { type: 'f64', value }]),
      tensors: [],
    });
    const { metadata } = inspected(bytes, '/m/floats.gguf') as { metadata: Record<string, number> };
    const wrong = values.filter((value, index) => metadata[`v.${index}`] !== value);
    expect(wrong).toEqual([]);
  });

  const broken: readonly (readonly [string, Buffer])[] = [
    ['/m/x.safetensors', Buffer.from('short')],
    ['/m/x.safetensors', safetensors({ a: { dtype: 'F32', shape: [9], data_offsets: [0, 4] } }, 4)],
    ['/m/x.safetensors', Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('{]')])],
    ['/m/x.gguf', Buffer.from('GGUF\x09\0\0\0')],
    ['/m/x.gguf', Buffer.alloc(0)],
  ];
  it.each(broken)('refuses a broken file in the words of the command line: %s', async (name, bytes) => {
    const answer = inspectModelFile(readerOf(bytes), bytes.length, name);
    const error: unknown = await answer.catch((caught: unknown) => caught);
    if (!(error instanceof ModelError)) throw new Error('the command line accepts it');
    const { code, message, wanted, found, remedies } = error;
    const named = new ModelError(code, message, { subject: name, wanted, found, remedies });
    expect(errorOf('inspectModel', new NixPath(name), { readFile: () => bytes })).toBe(renderError(named));
  });

  it('says which formats it knows, and what it takes', () => {
    const readFile = (): Uint8Array => Buffer.from('just text');
    const text = errorOf('inspectModel', new NixPath('/m/notes.txt'), { readFile });
    expect(text).toContain('[NO_FILES_MATCH]');
    expect(text).toContain('on:     /m/notes.txt');
    expect(errorOf('inspectModel', 5n)).toContain('inspectModel takes the path of a file');
  });

  it('refuses a file that needs more memory than there is, and says the limit', () => {
    const huge = { length: 0xf800_0000 } as unknown as Uint8Array;
    const text = errorOf('inspectModel', new NixPath('/m/huge.safetensors'), { readFile: () => huge });
    expect(text).toContain('[FORMAT_LIMIT]');
    expect(text).toContain('wanted: at most 4026531840 bytes');
    expect(text).toContain('on:     /m/huge.safetensors');
  });
});
