import { describe, expect, it } from 'vitest';
import { checkConditions, mayHaveRange, parseRange } from '../../src/hub/range.ts';

describe('a Range header', () => {
  it.each([
    ['bytes=0-0', 10, { start: 0, length: 1 }],
    ['bytes=2-5', 10, { start: 2, length: 4 }],
    ['bytes=5-', 10, { start: 5, length: 5 }],
    ['bytes=5-99', 10, { start: 5, length: 5 }],
    ['bytes=-3', 10, { start: 7, length: 3 }],
    ['bytes=-99', 10, { start: 0, length: 10 }],
    ['BYTES=9-9', 10, { start: 9, length: 1 }],
    ['bytes=4294967296-', 4294967299, { start: 4294967296, length: 3 }],
  ])('%s of %d bytes names a part', (header, size, part) => {
    expect(parseRange(header, size)).toEqual(part);
  });

  it.each(['bytes=10-', 'bytes=10-20', 'bytes=-0', 'bytes=99999999999999999999-'])(
    '%s of 10 bytes cannot be satisfied',
    (header) => {
      expect(parseRange(header, 10)).toBe('unsatisfiable');
    },
  );

  it.each([undefined, '', 'bytes=', 'bytes=-', 'bytes=5-2', 'bytes=a-b', 'items=0-1', 'bytes=0-1,3-4', 'bytes=0-1 x'])(
    '%s is ignored',
    (header) => {
      expect(parseRange(header, 10)).toBe('whole');
    },
  );

  it('of an empty file is ignored: there is no byte that it could name', () => {
    expect(parseRange('bytes=0-0', 0)).toBe('whole');
  });
});

describe('a conditional request', () => {
  it.each([
    [{}, 200],
    [{ ifNoneMatch: '"a"' }, 304],
    [{ ifNoneMatch: '"b", W/"a"' }, 304],
    [{ ifNoneMatch: '*' }, 304],
    [{ ifNoneMatch: '"b"' }, 200],
    [{ ifMatch: '"b", "a"' }, 200],
    [{ ifMatch: '*' }, 200],
    [{ ifMatch: '"b"' }, 412],
    [{ ifMatch: 'W/"a"' }, 412],
    [{ ifMatch: '"b"', ifNoneMatch: '"a"' }, 412],
  ])('%j of "a" comes to %d', (conditions, status) => {
    expect(checkConditions(conditions, '"a"')).toBe(status);
  });

  it('may have its range with the same strong tag only', () => {
    const tags = [undefined, '"a"', '"b"', 'W/"a"', 'Fri, 20 Nov 2026 11:25:19 GMT'];
    expect(tags.map((tag) => mayHaveRange(tag, '"a"'))).toEqual([true, true, false, false, false]);
  });
});
