// Tens of thousands of damaged files, of every format that the cases have: the scanner answers each one, in
// bounded memory, without a trap, and reads no file for ever. A new format joins by its cases.

import { describe, expect, it } from 'vitest';
import { FileScanner } from '../../src/core/scan-file.ts';
import { SOAK_TIMEOUT_MS, soakRounds, tellSoak } from '../soak.ts';
import { CLEAN } from './clean-cases.ts';
import { damage, generator } from './damage.ts';
import { MALICIOUS } from './malicious-cases.ts';

interface Seed {
  readonly name: string;
  readonly data: Buffer;
}

const MAX_SEED_BYTES = 4000;
const MAX_MEMORY_BYTES = 64 * 1024 * 1024;
const VERDICTS = ['clean', 'suspicious', 'malicious', 'unscannable'];

const scanner = new FileScanner();
const isSeed = ({ data }: Seed): boolean => data.length < MAX_SEED_BYTES && data.length > 0;
const SEEDS: Seed[] = [...CLEAN, ...MALICIOUS].filter(isSeed);
const PARTS = SEEDS.map(({ data }) => data);
const FORMATS = Object.entries(byFormat(SEEDS)).sort();

function byFormat(seeds: readonly Seed[]): Record<string, Seed[]> {
  const groups: Record<string, Seed[]> = {};
  for (const seed of seeds) (groups[scanner.scanBytes(seed.data, seed.name).format] ??= []).push(seed);
  return groups;
}

/** The verdicts that were given. */
function fuzz(seeds: readonly Seed[], rounds: number): Set<string> {
  const random = generator(seeds.length);
  const found = new Set<string>();
  for (let round = 0; round < rounds; round++) {
    const { name, data } = seeds[round % seeds.length] ?? { name: '', data: Buffer.alloc(0) };
    const damaged = damage(data, PARTS, random);
    try {
      found.add(scanner.scanBytes(damaged, name).verdict);
    } catch (cause) {
      throw new Error(`${name}: ${damaged.toString('base64')}`, { cause });
    }
  }
  return found;
}

describe('damaged files never stop the scanner', () => {
  const found = new Set<string>();

  it.each(FORMATS)('%s', (format, seeds) => {
    const rounds = soakRounds(Math.ceil(30_000 / FORMATS.length)), since = performance.now();
    for (const verdict of fuzz(seeds, rounds)) found.add(verdict);
    expect(scanner.memoryBytes).toBeLessThan(MAX_MEMORY_BYTES);
    tellSoak(`scan of ${format}`, rounds, since);
  }, SOAK_TIMEOUT_MS);

  it('of many formats, with every verdict', () => {
    expect([...found].sort()).toEqual([...VERDICTS].sort());
    expect(FORMATS.length).toBeGreaterThan(12);
  });
});
