// Damaged model files of every format that the builtins read, the same ones for each seed.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ggufFile } from '../core/gguf-file.ts';
import { CLEAN } from '../scan/clean-cases.ts';
import { MALICIOUS } from '../scan/malicious-cases.ts';

export function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function safetensors(): Buffer {
  const header = Buffer.from(JSON.stringify({
    __metadata__: { format: 'pt' },
    a: { dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] },
    b: { dtype: 'BF16', shape: [8], data_offsets: [16, 32] },
  }));
  const length = Buffer.alloc(8);
  length.writeUInt32LE(header.length);
  return Buffer.concat([length, header, Buffer.alloc(32, 7)]);
}

/** Small files, by the end of their names. */
export function seeds(): { name: string; data: Buffer }[] {
  const gguf = ggufFile({
    metadata: [['general.architecture', { type: 'string', value: 'llama' }]],
    tensors: [{ name: 'w', type: 12, shape: [256, 4], bytes: 4 * 144 }],
  });
  const corpus = [...CLEAN, ...MALICIOUS].filter(({ data }) => data.length > 0 && data.length < 4000);
  // Each format as often as the pickles, which are many.
  const others = [{ name: 'm.safetensors', data: safetensors() }, { name: 'm.gguf', data: gguf }];
  return [...corpus, ...Array.from({ length: 40 }, () => others).flat()];
}

/** Writes `count` damaged files and returns their paths. */
export async function damagedFiles(folder: string, count: number, seed: number): Promise<string[]> {
  const next = random(seed);
  const all = seeds();
  await mkdir(folder, { recursive: true });
  const paths: string[] = [];
  for (let index = 0; index < count; index++) {
    const { name = '', data = Buffer.alloc(0) } = all[next(all.length)] ?? {};
    const bytes = Buffer.from(data);
    for (let times = next(4); times >= 0; times--) bytes[next(bytes.length)] = next(256);
    const path = join(folder, `${String(index)}-${name.replaceAll(/[^\w.]/g, '_')}`);
    await writeFile(path, next(5) === 0 ? bytes.subarray(0, next(bytes.length)) : bytes);
    paths.push(path);
  }
  return paths;
}
