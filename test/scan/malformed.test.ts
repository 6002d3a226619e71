// Broken files of every kind: an answer each, never a crash, and never "clean" where a model was cut.

import { describe, expect, it } from 'vitest';
import { FileScanner } from '../../src/core/scan-file.ts';
import { CLEAN } from './clean-cases.ts';
import { bytes, pickle, proto, u16, u32, u64 } from './assemble.ts';
import { joblibArray } from './joblib-file.ts';
import { npy } from './npy-file.ts';
import { gzipped, PACKED, zlibbed } from './packed.ts';
import { tar } from './tar-file.ts';
import { PROTOBUF_BROKEN } from './protobuf-cases.ts';
import { checkpoint, zip } from './zips.ts';

const scanner = new FileScanner();
const verdict = (data: Uint8Array, name = 'model.pkl'): string => scanner.scanBytes(data, name).verdict;

type Broken = [what: string, data: Uint8Array, name?: string];

/** A zip64 with one byte of its records changed, counted from the beginning of the first one's. */
function zip64(at: number, value: number): Buffer {
  const data = zip([{ name: 'a/data.pkl', data: pickle('N') }], { zip64: true });
  data[data.lastIndexOf('PK\x06\x06') + at] = value;
  return data;
}

/** A zip whose directory says that its member begins there. */
function offsetOf(offset: number): Buffer {
  const data = zip([{ name: 'a/data.pkl', data: pickle('N') }]);
  data.writeUInt32LE(offset, data.lastIndexOf('PK\x01\x02') + 42);
  return data;
}

function endRecord(entries: number, size: number, at: number): Buffer {
  return bytes('PK\x05\x06', u32(0), u16(entries), u16(entries), u32(size), u32(at), u16(0));
}

/** The beginning of a tar of one pickle, and something behind it; with a first byte of the size. */
function cutTar(size: number, behind = '', sizeByte?: number): Buffer {
  const data = tar([{ name: 'pickle', data: Buffer.alloc(400, 'N') }]);
  if (sizeByte !== undefined) data[124] = sizeByte;
  return bytes(data.subarray(0, size), behind);
}

const BROKEN: readonly Broken[] = [
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
  ['a zip64 without the locator of its record', zip64(57, 0xff)],
  ['a zip64 of more entries than bytes', zip64(32, 0x7f)],
  ['a zip64 whose directory is larger than the file', zip64(47, 0x7f)],
  ['a zip64 whose directory lies behind the file', zip64(55, 0x7f)],
  ['a zip whose member begins behind the end', offsetOf(0x7fffffff), 'model.pt'],
  ['a zip whose member begins inside another', offsetOf(7), 'model.pt'],
  ['a zip with a directory of one byte', bytes('PK\x03\x04', Buffer.alloc(30), 'x', endRecord(1, 1, 34)), 'model.pt'],
  ['a zip whose directory is no directory', bytes('PK\x03\x04', Buffer.alloc(80), endRecord(1, 46, 38)), 'model.pt'],
  ['a zip of deflated garbage', zip([{ name: 'a/data.pkl', data: pickle('N'), method: 8, packed: Buffer.alloc(9, 0xff) }]), 'model.pt'],
  ['a zip of deflate that ends early', zip([{ name: 'a/data.pkl', data: pickle('N'), method: 8, packed: Buffer.from([0x63]) }]), 'model.pt'],
  ['a tar whose member is longer than the tar', cutTar(700), 'model.tar'],
  ['a tar whose second header is broken', cutTar(1024, 'x'.repeat(512)), 'model.tar'],
  ['a tar that ends in a header', cutTar(1024, 'x'.repeat(100)), 'model.tar'],
  ['a tar of a negative size', cutTar(512, '', 0x80), 'model.tar'],
  ['an npy that is cut in its magic', bytes('\x93NUMPY'), 'a.npy'],
  ['an npy whose header ends early', bytes('\x93NUMPY\x01\x00\xff\x00{'), 'a.npy'],
  ['an npy whose header is a gigabyte', bytes('\x93NUMPY\x02\x00\xff\xff\xff\x3f{}'), 'a.npy'],
  ['an npy without a shape', npy("{'descr': '<f4', 'fortran_order': False, }", Buffer.alloc(4)), 'a.npy'],
  ['an npy of a negative shape', npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", Buffer.alloc(4)), 'a.npy'],
  ['an npy of 2^64 elements', npy("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", Buffer.alloc(4)), 'a.npy'],
  ['an npy of an unknown type', npy("{'descr': '<q9', 'fortran_order': False, 'shape': (1,), }", Buffer.alloc(4)), 'a.npy'],
  ['an npy whose header is code', npy("__import__('os').system('id')", Buffer.alloc(4)), 'a.npy'],
  ['an npy without its elements', npy("{'descr': '<f8', 'fortran_order': False, 'shape': (9,), }", Buffer.alloc(71)), 'a.npy'],
  ['an npy of objects without a pickle', npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", Buffer.alloc(0)), 'a.npy'],
  ['an npz with a broken array', zip([{ name: 'a.npy', data: bytes('\x93NUMPY\x01\x00') }]), 'a.npz'],
  ['an npz with an empty array', zip([{ name: 'a.npy', data: Buffer.alloc(0) }]), 'a.npz'],
  ['a joblib file whose array is cut', joblibArray(bytes()).subarray(0, -20), 'model.joblib'],
  ['a joblib file whose wrapper is cut', joblibArray(bytes()).subarray(0, 120), 'model.joblib'],
  ['a joblib file in zlib that is cut', zlibbed(joblibArray(bytes())).subarray(0, -12), 'model.joblib'],
  ["a joblib file of the old format that is cut", bytes('ZF', '0x18'.padEnd(19), zlibbed(pickle('N')).subarray(0, 4)), 'model.pkl'],
  ["a joblib file of the old format without anything", bytes('ZF', '0x18'.padEnd(19), '\x01'), 'model.pkl'],
  ...(['bzip2', 'xz', 'lzma', 'lz4'] as const).flatMap((method): Broken[] => [
    [`a ${method} that ends early`, PACKED[method].subarray(0, -30), 'model.joblib'],
    [`a ${method} with a wrong byte at its beginning`, PACKED[method].map((byte, i) => (i === 16 ? byte ^ 0xff : byte)), 'model.joblib'],
    [`a ${method} of nothing but its beginning`, PACKED[method].subarray(0, 13), 'model.joblib'],
    [`a ${method} of zeros`, bytes(PACKED[method].subarray(0, 14), Buffer.alloc(200)), 'model.joblib'],
  ]),
  ['an xz with a filter for machine code', PACKED.xz.map((byte, i) => (i === 14 ? 4 : byte)), 'model.joblib'],
  ['an xz of 4 GiB of dictionary', PACKED.xz.map((byte, i) => (i === 16 ? 40 : byte)), 'model.joblib'],
  ['an lzma of 4 GiB of dictionary', PACKED.lzma.map((byte, i) => (i > 0 && i < 5 ? 0xff : byte)), 'model.joblib'],
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
