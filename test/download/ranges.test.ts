import { describe, expect, it } from 'vitest';
import { MAX_PART_BYTES, MIN_PART_BYTES, partSize } from '../../src/download/part-size.ts';
import { addRange, countBytes, frontier, missingRanges, type RangeSet, takeFirst } from '../../src/download/ranges.ts';

function contains(set: RangeSet, at: number): boolean {
  return set.some(({ start, end }) => at >= start && at < end);
}

describe('a set of ranges', () => {
  it('agrees with a plain list of bytes, whatever is added in whatever order', () => {
    const size = 60;
    for (let round = 0; round < 300; round++) {
      const bytes = new Array<boolean>(size).fill(false);
      let set: RangeSet = [];
      for (let step = 0; step < 8; step++) {
        const start = Math.floor(Math.random() * size);
        const end = Math.min(size, start + Math.floor(Math.random() * 12));
        set = addRange(set, { start, end });
        bytes.fill(true, start, end);
        const missing = missingRanges(set, size);
        expect(bytes.map((_, at) => contains(set, at))).toEqual(bytes);
        expect(bytes.map((_, at) => contains(missing, at))).toEqual(bytes.map((there) => !there));
        expect(countBytes(set)).toBe(bytes.filter(Boolean).length);
        expect(frontier(set)).toBe([...bytes, false].indexOf(false));
        // Sorted, and never touching: the smallest number of ranges.
        expect(set.slice(1).every(({ start }, index) => start > (set[index]?.end ?? size))).toBe(true);
      }
    }
  });

  it('gives pieces from its front', () => {
    const set = [{ start: 10, end: 20 }, { start: 30, end: 35 }];
    const rest = [{ start: 14, end: 20 }, set[1]];
    expect(takeFirst(set, 4)).toEqual({ taken: { start: 10, end: 14 }, rest });
    expect(takeFirst(set, 10)).toEqual({ taken: set[0], rest: [set[1]] });
    expect(takeFirst([], 10)).toEqual({ taken: undefined, rest: [] });
  });
});

describe('the size of the next part', () => {
  it('is large while much is left, and shrinks to keep all connections busy to the end', () => {
    const sizes = [];
    for (let left = 4 * 1024 ** 3; left > 0; ) {
      const size = Math.min(left, partSize(left, 8));
      sizes.push(size);
      left -= size;
    }
    expect(sizes[0]).toBe(MAX_PART_BYTES);
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    expect(sizes.at(-2)).toBe(MIN_PART_BYTES);
  });
});
