// The four lanes, driven as a host drives them: messages of unequal length, lanes that are idle.

import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { CoreInstance } from '../../src/core/instance.ts';
import { BUILDS, hex, openCore } from './cores.ts';

const STRIDE = 4096;

/** Hashes up to four messages side by side, a few blocks per call. */
function hashLanes(
  core: CoreInstance,
  messages: readonly (Uint8Array | undefined)[],
): (string | undefined)[] {
  const table = core.raw('lanesopen');
  const buffer = core.raw('reserve', 4 * STRIDE);
  const lanes = messages.map((message, lane) => {
    const at = buffer + lane * STRIDE;
    core.raw('lanestart', table, lane);
    core.bytes(at, message?.length ?? 0).set(message ?? []);
    const length = message === undefined ? 0 : core.raw('lanepad', at, message.length, BigInt(message.length));
    return { at, end: at + length };
  });
  const digests: (string | undefined)[] = [];
  for (;;) {
    const left = lanes.map(({ at, end }) => (end - at) / 64);
    const busy = left.filter((blocks) => blocks > 0);
    if (busy.length === 0) return digests;
    const blocks = Math.min(3, ...busy);
    const [p0 = 0, p1 = 0, p2 = 0, p3 = 0] = lanes.map(({ at, end }) => (at < end ? at : 0));
    core.raw('lanesrun', table, p0, p1, p2, p3, blocks);
    for (const [lane, one] of lanes.entries()) {
      if (one.at === one.end) continue;
      one.at += blocks * 64;
      // At once: an idle lane's words are overwritten by the next call.
      if (one.at === one.end) digests[lane] = hex(core.call('lanedigest', table, lane));
    }
  }
}

function wanted(message: Uint8Array | undefined): string | undefined {
  return message && createHash('sha256').update(message).digest('hex');
}

describe.each(BUILDS)('the lanes of the %s build', (build) => {
  it('give every message of four its own digest, for all lengths from 0 to 300', () => {
    const core = openCore(build);
    for (let length = 0; length <= 300; length += 4) {
      const messages = [0, 1, 2, 3].map((more) => randomBytes(length + more));
      expect(hashLanes(core, messages), `length ${length}`).toEqual(messages.map(wanted));
    }
  });

  it('do not disturb each other when their messages end at different times', () => {
    const core = openCore(build);
    for (let round = 0; round < 50; round++) {
      const messages = [0, 1, 2, 3].map(() => randomBytes(Math.floor(Math.random() * 3000)));
      expect(hashLanes(core, messages)).toEqual(messages.map(wanted));
    }
  });

  it.each([1, 2, 4, 8, 3, 6, 12, 5, 10, 9, 7, 11, 13, 14])('work with the busy lanes of mask %i', (mask) => {
    const core = openCore(build);
    const messages = [0, 1, 2, 3].map((lane) => (mask & (1 << lane) ? randomBytes(500 + lane) : undefined));
    const found = hashLanes(core, messages);
    expect([0, 1, 2, 3].map((lane) => found[lane])).toEqual(messages.map(wanted));
  });

  it('agree with the kernel for one message on a long one', () => {
    const core = openCore(build);
    const message = randomBytes(STRIDE - 100);
    const [first] = hashLanes(core, [message, message, message, message]);
    expect(first).toBe(hex(core.call('sha256', message)));
  });
});
