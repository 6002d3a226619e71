import { describe, expect, it } from 'vitest';
import { parseTreePage } from '../../../src/sources/huggingface/tree.ts';

const SHA1 = 'a'.repeat(40);
const SHA256 = 'b'.repeat(64);
const file = { type: 'file', path: 'config.json', size: 12, oid: SHA1 };
const weights = { type: 'file', path: 'w.safetensors', size: 5e9, oid: SHA1, lfs: { oid: SHA256, size: 5e9, pointerSize: 135 } };

describe('a page of the listing', () => {
  it('gives small files with their git id, large ones with their sha256, and no directories', () => {
    const page = [file, { type: 'directory', path: 'sub', size: 0, oid: SHA1 }, { ...weights, xetHash: 'x' }];
    expect(parseTreePage(page, 'huggingface:org/name@main')).toEqual([
      { path: 'config.json', size: 12, gitBlobSha1: SHA1 },
      { path: 'w.safetensors', size: 5e9, sha256: SHA256 },
    ]);
  });

  it.each([
    ['no list', { error: 'nope' }],
    ['null', null],
    ['an entry that is no object', ['config.json']],
    ['an entry without a path', [{ ...file, path: undefined }]],
    ['a path that is no text', [{ ...file, path: 7 }]],
    ['an unknown type', [{ ...file, type: 'symlink' }]],
    ['no type', [{ ...file, type: undefined }]],
    ['a negative size', [{ ...file, size: -1 }]],
    ['half a byte', [{ ...file, size: 1.5 }]],
    ['a size beyond what is exact', [{ ...file, size: 2 ** 53 }]],
    ['a size as text', [{ ...file, size: '12' }]],
    ['no size', [{ ...file, size: undefined }]],
    ['a git id of the wrong length', [{ ...file, oid: 'abc' }]],
    ['a git id that is not hexadecimal', [{ ...file, oid: 'z'.repeat(40) }]],
    ['an LFS id that is no sha256', [{ ...weights, lfs: { ...weights.lfs, oid: SHA1 } }]],
    ['two different sizes', [{ ...weights, lfs: { ...weights.lfs, size: 1 } }]],
    ['an LFS entry that is no object', [{ ...weights, lfs: 'yes' }]],
  ])('with %s is refused', (_, page) => {
    const malformed = expect.objectContaining({ code: 'PROTOCOL', retriable: false }) as Error;
    expect(() => parseTreePage(page, 'huggingface:org/name@main')).toThrow(malformed);
  });
});
