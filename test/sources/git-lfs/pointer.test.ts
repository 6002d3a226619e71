import { describe, expect, it } from 'vitest';
import { parsePointer } from '../../../src/sources/git-lfs/pointer.ts';

const OID = '0123456789abcdef'.repeat(4);
const pointer = (version: string, rest: string): Buffer => Buffer.from(`version ${version}\n${rest}`);
const V1 = 'https://git-lfs.github.com/spec/v1';

describe('a pointer', () => {
  it.each([V1, 'https://hawser.github.com/spec/v1', 'http://git-media.io/v/2'])('of %s is read', (version) => {
    expect(parsePointer(pointer(version, `oid sha256:${OID}\nsize 12345\n`), 'a')).toEqual({ oid: OID, size: 12345 });
  });

  it.each([
    ['an ordinary file', Buffer.from('{}')],
    ['an empty file', Buffer.alloc(0)],
    ['a text about pointers', Buffer.from(`A pointer begins with version ${V1}`)],
    ['something longer than a pointer', pointer(V1, `oid sha256:${OID}\nsize 1\n${'x'.repeat(1024)}`)],
  ])('is not %s', (_, content) => {
    expect(parsePointer(content, 'a')).toBeUndefined();
  });

  it.each([
    `oid sha256:${OID}\nsize 1`, `oid sha256:${OID}\r\nsize 1\r\n`, `size 1\noid sha256:${OID}\n`,
    `oid sha256:${OID.toUpperCase()}\nsize 1\n`, `oid md5:${OID}\nsize 1\n`, `oid sha256:${OID}\nsize -1\n`,
    `oid sha256:${OID}\nsize 01\n`, `oid sha256:${OID}\nsize 9999999999999999\n`, `oid sha256:${OID}\nsize 1\nmore x\n`, '',
  ])('is broken when it goes on with %j', (rest) => {
    expect(() => parsePointer(pointer(V1, rest), 'a')).toThrow(/broken Git LFS pointer/);
  });

  it('of a later version is not guessed at', () => {
    const later = pointer('https://git-lfs.github.com/spec/v2', `oid sha256:${OID}\nsize 1\n`);
    expect(() => parsePointer(later, 'a')).toThrow(/Git LFS pointer/);
  });
});
