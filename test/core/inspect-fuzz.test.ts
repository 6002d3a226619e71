// Thousands of damaged checkpoints, arrays and graphs: inspect answers every one, with a description or
// with an error about the file, and reads no file for ever. `npm run soak` runs a million.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ModelError } from '../../src/base/errors.ts';
import { CLEAN } from '../scan/clean-cases.ts';
import { damage, generator } from '../scan/damage.ts';
import { MALICIOUS } from '../scan/malicious-cases.ts';
import { message, node, onnx, tensor, text } from '../scan/protobuf-file.ts';
import { SOAK_TIMEOUT_MS, soakRounds, tellSoak } from '../soak.ts';
import { writeCheckpoints } from './checkpoint-files.ts';
import { inspectBytes } from './counted-parts.ts';

const ROUNDS = soakRounds(10_000);
/** Each seed has a few kilobytes. */
const MAX_REQUESTS = 200;

const ONNX = onnx([node('Relu', 'a', message(5, message(6, node('Add')))), tensor(5, 'w'), tensor(5, 'v', text(9, Buffer.alloc(8)))],
  message(14, text(1, 'key'), text(2, 'value')));

let folder: string;
let seeds: Buffer[];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'inspect-fuzz-'));
  writeCheckpoints(folder, `
a, b = tensor(2, 3), tensor(4)
for protocol in (1, 2, 5): save(f'{protocol}.pt', {'a': a, 'b': [b, (a, b)], 'c': collections.OrderedDict(a=Parameter(a))}, protocol=protocol)
save('packed.pt', {'a': a, 0: {1: b}}, method=zipfile.ZIP_DEFLATED)
`);
  const files = [...readdirSync(folder).map((name) => readFileSync(join(folder, name))), ONNX];
  const isRead = (data: Buffer): boolean => /^(PK|\x93NUMPY)/.test(data.subarray(0, 6).toString('latin1'));
  const all = [...CLEAN, ...MALICIOUS].map(({ data }) => data);
  const others = all.filter((data) => data.length < 3000 && isRead(data));
  // The checkpoints have most to say: they come in for half of the rounds.
  seeds = others.flatMap((data, i) => [data, files[i % files.length] ?? data]);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('damaged files', () => {
  it('are described or refused', async () => {
    const random = generator(20261120);
    const found = new Set<string>(), since = performance.now();
    for (let round = 0; round < ROUNDS; round++) {
      const data = damage(seeds[round % seeds.length] ?? Buffer.alloc(0), seeds, random);
      try {
        const { file, requests } = await inspectBytes(data);
        found.add(file.format);
        expect(requests).toBeLessThan(MAX_REQUESTS);
      } catch (error) {
        if (!(error instanceof ModelError) || !/^(FORMAT_.*|NO_FILES_MATCH)$/.test(error.code)) {
          throw new Error(data.toString('base64'), { cause: error });
        }
        found.add(error.code);
      }
    }
    for (const kind of ['torch', 'npy', 'npz', 'onnx', 'FORMAT_INVALID', 'NO_FILES_MATCH']) expect(found).toContain(kind);
    tellSoak('inspect', ROUNDS, since);
  }, SOAK_TIMEOUT_MS);
});
