// Broken files of every kind: an answer each, never a crash, and never "clean" where a model was cut.

import { describe, expect, it } from 'vitest';
import { FileScanner } from '../../src/core/scan-file.ts';
import { CLEAN } from './clean-cases.ts';
import { bytes, pickle, proto, u32, u64 } from './assemble.ts';
import { gzipped } from './packed.ts';
import { PROTOBUF_BROKEN } from './protobuf-cases.ts';
import { checkpoint, zip } from './zips.ts';

const scanner = new FileScanner();
const verdict = (data: Buffer, name = 'model.pkl'): string => scanner.scanBytes(data, name).verdict;

const BROKEN: readonly [what: string, data: Buffer, name?: string][] = [
  ['an empty file', Buffer.alloc(0)],
  ['a protocol and nothing else', proto(4)],
  ['a byte that is no opcode', bytes(proto(2), '\xff')],
  ['no STOP', bytes(proto(2), 'N')],
  ['a STOP without a value', bytes(proto(2), '.')],
  ['a tuple of nothing', pickle('\x86')],
  ['a list that is not there', pickle('K\x01a')],
  ['a mark that is not there', pickle('t')],
  ['a memo entry that is not there', pickle('h\x05')],
  ['an odd dict', pickle('(K\x01d')],
  ['odd items', pickle('}(K\x01u')],
  ['a string that goes on behind the end', pickle('X', u32(100), 'abc')],
  ['a string of 2^63 bytes', pickle('\x8d', u64(2n ** 63n), 'abc')],
  ['a string of 2^64 - 1 bytes', pickle('\x8d', u64(2n ** 64n - 1n), 'abc')],
  ['bytes of 2^64 - 5 bytes', pickle('\x8e', u64(2n ** 64n - 5n), 'abc')],
  ['a string of negative length', pickle('T\xff\xff\xff\xff')],
  ['a number of negative length', pickle('\x8b\xff\xff\xff\xff')],
  ['a number of no digits', bytes('Ix\n.')],
  ['a line without an end', bytes('I1')],
  ['a string without quotes', bytes('Sabc\n.')],
  ['a broken escape', bytes("S'\\x4'\n.")],
  ['a broken code point', bytes('V\\u12\n.')],
  ['a name that is no UTF-8', bytes('c\xff\xfe\nx\n.')],
  ['an empty name', bytes('c\n\n.')],
  ['protocol 6', bytes('\x80\x06N.')],
  ['a million marks', bytes(proto(2), '('.repeat(1_000_000), '.')],
  ['five million values', bytes(proto(2), 'N'.repeat(5_000_000), '.')],
  ['a text named like a pickle', bytes('version https://git-lfs.github.com/spec/v1\n'), 'pytorch_model.bin'],
  ['a zip of two bytes more', bytes('PK\x03\x04xx'), 'model.pt'],
  ['a zip without its directory', checkpoint(pickle('N')).subarray(0, 60), 'model.pt'],
  ['a zip whose member is too long', zip([{ name: 'a/data.pkl', data: pickle('N'), statedSize: 2 ** 31 }]), 'model.pt'],
  ['an npy without a header', bytes('\x93NUMPY\x01\x00\xff'), 'a.npy'],
  ['an npy whose header is no dictionary', bytes('\x93NUMPY\x01\x00\x05\x00hello'), 'a.npy'],
  ['an npy of a version of the future', bytes('\x93NUMPY\x09\x00\x05\x00\x00\x00hello'), 'a.npy'],
  ['a gzip that ends early', bytes('\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x4b'), 'model.pkl.gz'],
  ...PROTOBUF_BROKEN,
  ['a gzip of garbage', bytes('\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03', Buffer.alloc(50, 0xff)), 'model.pkl.gz'],
];

describe('a broken file is not accepted', () => {
  it.each(BROKEN.map(([what, data, name]) => ({ what, data, name })))('$what', ({ data, name }) => {
    expect(verdict(data, name)).not.toBe('clean');
  });
});

/** Formats whose every cut can be seen. */
const CUT = CLEAN.filter(({ format, data }) => ['pickle', 'torch', 'torch-legacy', 'npy', 'joblib', 'onnx', 'saved-model'].includes(format) && data.length < 4000);

describe('a model that is cut anywhere is not accepted', () => {
  it.each(CUT.filter(({ what }) => !/zeros|several|another name|properties|training|domains/.test(what)))('$what', ({ name, data }) => {
    for (let size = 0; size < data.length; size++) {
      const found = verdict(data.subarray(0, size), name);
      if (found === 'clean') throw new Error(`accepted after ${size} of ${data.length} bytes`);
    }
  });
});

describe('a bomb is bounded', () => {
  it('a gzip of a gigabyte of zeros inside a zip inside a zip', () => {
    const inner = gzipped(Buffer.alloc(64 * 1024 * 1024));
    const nested = zip([{ name: 'a.zip', data: zip(Array.from({ length: 8 }, (_, i) => ({ name: `${i}.gz`, data: inner })), {}), method: 8 }]);
    const before = process.memoryUsage().arrayBuffers;
    expect(verdict(nested, 'x.zip')).toBeTypeOf('string');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(400 * 1024 * 1024);
  });

  it('archives inside archives end somewhere', () => {
    let data = pickle('N');
    for (let depth = 0; depth < 30; depth++) data = zip([{ name: 'a.zip', data }]);
    expect(verdict(data, 'x.zip')).toBe('unscannable');
  });
});
