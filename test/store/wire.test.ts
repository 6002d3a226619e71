import { describe, expect, test } from 'vitest';
import { ConnectionEnd, encode, encodeNumber, WireError, WireReader } from '../../src/store/wire.ts';

/** Delivers bytes in pieces of the given size. */
async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

describe('the wire format', () => {
  test('pads strings to eight bytes and counts lists', () => {
    expect(encode(['abc']).toString('hex')).toBe('0300000000000000' + '6162630000000000');
    expect(encode(['']).toString('hex')).toBe('0000000000000000');
    expect(encode([['12345678']]).toString('hex')).toBe('0100000000000000' + '0800000000000000' + '3132333435363738');
  });

  test('reads back what was written, wherever the stream is cut', async () => {
    const bytes = encode([7, 'grüße', ['a', '', 'ninechars'], Number.MAX_SAFE_INTEGER, '']);
    for (let size = 1; size <= bytes.length; size++) {
      const reader = new WireReader(pieces(bytes, size));
      expect(await reader.number()).toBe(7);
      expect(await reader.string()).toBe('grüße');
      expect(await reader.strings()).toEqual(['a', '', 'ninechars']);
      expect(await reader.number()).toBe(Number.MAX_SAFE_INTEGER);
      expect(await reader.string()).toBe('');
    }
  });

  test('keeps all 64 bits where a caller asks for them', async () => {
    const id = 0xfedc_ba98_7654_3210n;
    expect(await new WireReader(pieces(encodeNumber(id), 3)).bigint()).toBe(id);
  });

  test.each([
    ['a string longer than any message', encodeNumber(2 ** 40), (r: WireReader) => r.string()],
    ['a list longer than any reply', encodeNumber(2 ** 40), (r: WireReader) => r.strings()],
    ['a number that JavaScript cannot hold', encodeNumber(2n ** 60n), (r: WireReader) => r.number()],
    ['padding that is not zero', Buffer.concat([encodeNumber(1), Buffer.from('abbbbbbb')]), (r: WireReader) => r.string()],
  ])('refuses %s', async (_, bytes, read) => {
    await expect(read(new WireReader(pieces(bytes, 5)))).rejects.toThrow(WireError);
  });

  test('tells the end of the stream from garbage', async () => {
    const cut = new WireReader(pieces(encode(['abcdefgh']).subarray(0, 12), 5));
    await expect(cut.string()).rejects.toThrow(ConnectionEnd);
    await expect(new WireReader(pieces(Buffer.alloc(0), 1)).number()).rejects.toThrow(ConnectionEnd);
  });
});
