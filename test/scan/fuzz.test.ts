// Tens of thousands of damaged files: the scanner answers every one, in bounded memory, without a trap,
// and reads no file for ever. NIX_AI_MODELS_SOAK=<rounds> runs as many as wanted.

import { describe, expect, it } from 'vitest';
import { FileScanner } from '../../src/core/scan-file.ts';
import { CLEAN } from './clean-cases.ts';
import { damage, generator } from './damage.ts';
import { MALICIOUS } from './malicious-cases.ts';

const ROUNDS = Number(process.env['NIX_AI_MODELS_SOAK'] ?? 20_000);
const SEEDS = [...CLEAN, ...MALICIOUS].filter(({ data }) => data.length < 3000 && data.length > 0);
const PARTS = SEEDS.map(({ data }) => data);
const VERDICTS = ['clean', 'suspicious', 'malicious', 'unscannable'];

describe('damaged files', () => {
  it('never stop the scanner', () => {
    const scanner = new FileScanner();
    const random = generator(20261120);
    const found = new Map<string, number>();
    for (let round = 0; round < ROUNDS; round++) {
      const seed = SEEDS[round % SEEDS.length];
      if (seed === undefined) break;
      const data = damage(seed.data, PARTS, random);
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
