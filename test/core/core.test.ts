import { describe, expect, it } from 'vitest';
import { convertHash, formatHash, parseHash, sha256, sha512 } from '../../src/core/core.ts';

/** The empty message: FIPS 180-4's own example values, and Nix's spelling of the first. */
const EMPTY = {
  hex: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  base64: '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
  nix32: '0mdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73',
  sri: 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
} as const;

describe('hashes', () => {
  it('take bytes as well as text', () => {
    expect(sha256('')).toEqual(sha256(new Uint8Array()));
    expect(sha512('ä')).toEqual(sha512(Buffer.from('ä')));
  });

  it.each(Object.keys(EMPTY) as (keyof typeof EMPTY)[])('are written in the format %s', (format) => {
    expect(formatHash(sha256(''), format)).toBe(EMPTY[format]);
  });

  it.each(Object.values(EMPTY))('are read from %s', (text) => {
    expect(parseHash(text)).toEqual({ algorithm: 'sha256', digest: sha256('') });
    expect(convertHash(text, 'sri')).toBe(EMPTY.sri);
  });

  it('are refused with the text that is none and a remedy', () => {
    expect(() => parseHash('sha256-oops')).toThrow(
      expect.objectContaining({
        code: 'ENCODING_INVALID',
        message: expect.stringContaining('sha256-oops') as string,
        remedies: expect.arrayContaining([expect.stringContaining('SRI')]) as string[],
      }) as Error,
    );
  });
});
