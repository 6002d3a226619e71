// SHA-256 and SHA-512 of the core against two independent implementations.

import { createHash, randomBytes, randomInt } from 'node:crypto';
import { sha256, sha512 } from 'hash-wasm';
import { describe, expect, it } from 'vitest';
import { wasmHasher } from '../../src/core/hasher.ts';
import { loadModule } from '../../src/core/module.ts';
import { BUILDS, hex, openCore } from './cores.ts';

const PEERS = { sha256, sha512 };
const ALGORITHMS = ['sha256', 'sha512'] as const;

describe.each(BUILDS.flatMap((build) => ALGORITHMS.map((algorithm) => ({ build, algorithm }))))(
  '$algorithm of the $build build',
  ({ build, algorithm }) => {
    const wanted = (data: Uint8Array): string => createHash(algorithm).update(data).digest('hex');

    it('agrees with node:crypto and hash-wasm on every length from 0 to 300', async () => {
      const core = openCore(build);
      for (let length = 0; length <= 300; length++) {
        const data = randomBytes(length);
        const found = hex(core.call(algorithm, data));
        expect(found, `length ${length}`).toBe(wanted(data));
        expect(found).toBe(await PEERS[algorithm](data));
      }
    });

    it('gives the same digest however the bytes are cut into chunks', () => {
      for (let round = 0; round < 40; round++) {
        const data = randomBytes(randomInt(3000));
        const hasher = wasmHasher(algorithm, loadModule(build));
        for (let at = 0; at < data.length; ) {
          const count = randomInt(400);
          hasher.update(data.subarray(at, at + count));
          at += count;
        }
        expect(hasher.digest()).toBe(wanted(data));
      }
    });

    it('takes a chunk that is larger than its window', () => {
      const data = randomBytes(1_000_003);
      const hasher = wasmHasher(algorithm, loadModule(build));
      hasher.update(data);
      expect(hasher.digest()).toBe(wanted(data));
    });
  },
);
