// Tens of thousands of damaged files: the scanner answers every one, in bounded memory, without a trap,
// and reads no file for ever. NIX_AI_MODELS_SOAK=<rounds> runs as many as wanted.

import { describe, expect, it } from 'vitest';
import { FileScanner } from '../../src/core/scan-file.ts';
import { CLEAN } from './clean-cases.ts';
import { MALICIOUS } from './malicious-cases.ts';

const ROUNDS = Number(process.env['NIX_AI_MODELS_SOAK'] ?? 20_000);
const SEEDS = [...CLEAN, ...MALICIOUS].filter(({ data }) => data.length < 3000 && data.length > 0);
const VERDICTS = ['clean', 'suspicious', 'malicious', 'unscannable'];

function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Bytes changed, cut out, repeated, or taken from another file. */
function damage(data: Buffer, random: (below: number) => number): Buffer {
  let result = Buffer.from(data);
  for (let i = random(4); i >= 0; i--) {
    const at = random(result.length + 1);
    const other = SEEDS[random(SEEDS.length)]?.data ?? data;
    const from = random(other.length);
    const middle = [
      Buffer.from([random(256)]), Buffer.alloc(0), other.subarray(from, from + random(40)),
      Buffer.alloc(4, 255), result.subarray(at, at + random(40)), Buffer.alloc(8),
    ][random(6)] ?? Buffer.alloc(0);
    const rest = result.subarray(at + (random(2) === 0 ? middle.length : random(8)));
    result = Buffer.concat([result.subarray(0, at), middle, rest]);
  }
  return result;
}

describe('damaged files', () => {
  it('never stop the scanner', () => {
    const scanner = new FileScanner();
    const random = generator(20261120);
    const found = new Map<string, number>();
    for (let round = 0; round < ROUNDS; round++) {
      const seed = SEEDS[round % SEEDS.length];
      if (seed === undefined) break;
      const data = damage(seed.data, random);
      try {
        const { verdict } = scanner.scanBytes(data, seed.name);
        found.set(verdict, (found.get(verdict) ?? 0) + 1);
      } catch (cause) {
        throw new Error(`${seed.name}: ${data.toString('base64')}`, { cause });
      }
    }
    expect([...found.keys()].sort()).toEqual([...VERDICTS].sort());
    expect(scanner.memoryBytes).toBeLessThan(64 * 1024 * 1024);
  }, 600_000);
});
