// Lengths beyond 32 bits, by presetting the counter instead of hashing gigabytes. With
// NIX_AI_MODELS_SOAK=1 the gigabytes are hashed as well.

import { randomBytes } from 'node:crypto';
import { createSHA256 } from 'hash-wasm';
import { describe, expect, it } from 'vitest';
import { processEnvironment } from '../../src/base/env.ts';
import type { CoreInstance } from '../../src/core/instance.ts';
import { BUILDS, hex, openCore } from './cores.ts';
import { LONG_MESSAGES } from './long-messages.ts';

/** Offsets of wasm/hash.ts. */
const LENGTH = 8;
const WORDS = 16;

const soak = processEnvironment()['NIX_AI_MODELS_SOAK'] === '1';

/** A state of the core that has already taken `length` bytes and stands at these words. */
function presetState(core: CoreInstance, algorithm: string, length: bigint, words: Uint8Array): number {
  const state = core.raw('hashopen', algorithm === 'sha512' ? 1 : 0);
  new DataView(core.memory.buffer).setBigUint64(state + LENGTH, length, true);
  core.bytes(state + WORDS, words.length).set(words);
  return state;
}

function update(core: CoreInstance, state: number, bytes: Uint8Array): void {
  const ptr = core.raw('cabi_realloc', 0, 0, 1, bytes.length);
  core.bytes(ptr, bytes.length).set(bytes);
  core.raw('hashupdate', state, ptr, bytes.length);
  core.raw('reset');
}

describe.each(BUILDS)('a long message in the %s build', (build) => {
  it.each(LONG_MESSAGES)('has the right $algorithm around 2^$power bytes', (message) => {
    const words = Buffer.from(message.state, 'base64');
    for (const [index, digest] of message.digests.entries()) {
      const core = openCore(build);
      const state = presetState(core, message.algorithm, BigInt(2 ** message.power - 128), words);
      update(core, state, new Uint8Array(127 + index));
      expect(hex(core.call('hashfinal', state))).toBe(digest);
    }
  });

  it.each(LONG_MESSAGES.filter(({ algorithm }) => algorithm === 'sha256'))(
    'has the right sha256 around 2^$power bytes in each lane',
    ({ power, state, digests }) => {
      const core = openCore(build);
      const words = new Uint32Array(new Uint8Array(Buffer.from(state, 'base64')).buffer);
      const table = core.raw('lanesopen');
      const buffer = core.raw('reserve', 4 * 256);
      // Lane 3 hashes the same message as lane 0, so that all four are at work.
      const ends = [0, 1, 2, 0].map((index, lane) => {
        const view = new DataView(core.memory.buffer, table);
        words.forEach((word, i) => {
          view.setUint32(16 * i + 4 * lane, word, true);
        });
        const total = BigInt(2 ** power - 1 + index);
        return core.raw('lanepad', buffer + lane * 256, 127 + index, total) / 64;
      });
      const at = (lane: number, block: number): number =>
        block < (ends[lane] ?? 0) ? buffer + lane * 256 + block * 64 : 0;
      for (let block = 0; block < Math.max(...ends); block++) {
        core.raw('lanesrun', table, at(0, block), at(1, block), at(2, block), at(3, block), 1);
        for (let lane = 0; lane < 4; lane++) {
          if (block + 1 !== ends[lane]) continue;
          expect(hex(core.call('lanedigest', table, lane))).toBe(digests[lane % 3]);
        }
      }
    },
  );

  // hash-wasm cannot be told a length either, but its saved state holds one: magic (4 bytes), block
  // (64), length (8), words (32).
  it.each([2n ** 32n - 64n, 2n ** 40n, 2n ** 53n + 64n])(
    'agrees with hash-wasm from byte %d on',
    async (length) => {
      const peer = await createSHA256();
      const saved = peer.init().save();
      new DataView(saved.buffer, saved.byteOffset).setBigUint64(68, length, true);
      const start = saved.slice(76, 108);
      const tail = randomBytes(1000);
      const core = openCore(build);
      const state = presetState(core, 'sha256', length, start);
      update(core, state, tail);
      expect(hex(core.call('hashfinal', state))).toBe(peer.load(saved).update(tail).digest());
    },
  );

  it.skipIf(!soak).each(LONG_MESSAGES)(
    'hashes all of 2^$power + 1 bytes with $algorithm (only with NIX_AI_MODELS_SOAK=1)',
    { timeout: 600_000 },
    ({ algorithm, power, digests }) => {
      const core = openCore(build);
      const state = core.raw('hashopen', algorithm === 'sha512' ? 1 : 0);
      const chunk = core.raw('reserve', 1024 * 1024);
      for (let i = 0; i < 2 ** (power - 20); i++) core.raw('hashupdate', state, chunk, 1024 * 1024);
      core.raw('hashupdate', state, chunk, 1);
      expect(hex(core.call('hashfinal', state))).toBe(digests[2]);
    },
  );
});
