import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { chooseEngine, measureEngines } from '../../src/core/engine.ts';
import { createHasher } from '../../src/core/hasher.ts';

describe.each(['native', 'wasm', 'auto'] as const)('a hasher with engine %s', (engine) => {
  it.each(['sha256', 'sha512'] as const)('gives the %s of everything it was fed', (algorithm) => {
    const chunks = [0, 1, 63, 64, 65, 200_000].map((size) => randomBytes(size));
    const hasher = createHasher({ algorithm, engine });
    for (const chunk of chunks) hasher.update(chunk);
    expect(hasher.digest()).toBe(createHash(algorithm).update(Buffer.concat(chunks)).digest('hex'));
  });

  it('does not mix with another one that is at work at the same time', () => {
    const [first, second] = [createHasher({ engine }), createHasher({ engine })];
    for (let i = 0; i < 10; i++) {
      first.update(Buffer.from('a'.repeat(i)));
      second.update(Buffer.from('b'.repeat(i)));
    }
    const sum = (text: string): string => createHash('sha256').update(text).digest('hex');
    expect(first.digest()).toBe(sum('a'.repeat(45)));
    expect(second.digest()).toBe(sum('b'.repeat(45)));
  });
});

describe('the choice of an engine', () => {
  it('is the caller’s where the caller makes it', () => {
    expect(chooseEngine('native', 4)).toBe('native');
    expect(chooseEngine('wasm', 1)).toBe('wasm');
  });

  it('measures something of each engine', () => {
    for (const speed of Object.values(measureEngines())) expect(speed).toBeGreaterThan(0);
  });

  it('stays the same within a process', () => {
    expect(chooseEngine('auto', 4)).toBe(chooseEngine('auto', 4));
  });
});
