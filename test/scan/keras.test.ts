// Keras: .keras files and HDF5. What is bad is found, what is honest is clean, and what is cut or damaged
// is answered.

import { extname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileScanner } from '../../src/core/scan-file.ts';
import { SOAK_TIMEOUT_MS, soakRounds, tellSoak } from '../soak.ts';
import { bytes, u16, u32, u64 } from './assemble.ts';
import { attribute, collection, hardLink, hdf5, header, MAGIC, NOWHERE, ROOT, variable } from './hdf5-file.ts';
import { KERAS_CLEAN, KERAS_MALICIOUS } from './keras-cases.ts';
import { dense, kerasFile, sequential } from './keras-configs.ts';

const scanner = new FileScanner();
const verdict = (data: Buffer, name = 'model.h5'): string => scanner.scanBytes(data, name).verdict;

describe('a model of Keras is not accepted', () => {
  it.each(KERAS_MALICIOUS)('$what', ({ name, data, verdict: wanted, says }) => {
    const report = scanner.scanBytes(data, name);
    expect(report).toMatchObject({ verdict: wanted });
    const said = report.findings.map(({ explanation }) => explanation).join();
    if (says !== undefined) expect(said).toContain(says);
  });
});

const FORMATS: Readonly<Record<string, string>> = { '.json': 'text', '.keras': 'keras', '.h5': 'hdf5', '.pb': 'keras-metadata' };

describe('a model of Keras is accepted', () => {
  it.each(KERAS_CLEAN)('$what', ({ name, data }) => {
    const report = scanner.scanBytes(data, name);
    expect(report.findings).toEqual([]);
    const format = FORMATS[extname(name)];
    expect(report).toMatchObject({ verdict: 'clean', format });
  });
});

const TEXT = JSON.stringify(sequential(dense()));
const reference = (index: number, size: number): Buffer => hdf5([(behind) => {
  const message = variable('model_config', 'x'.repeat(size))(behind);
  message.data.writeUInt32LE(index, message.data.length - 4);
  return message;
}], { rest: [collection(TEXT)] });
const info = (type: number, heap: Buffer, tree: Buffer) => ({ type, data: bytes('\0\0', heap, tree) });

const BROKEN: readonly [what: string, data: Buffer][] = [
  ['the signature alone', bytes(MAGIC)],
  ['a superblock of version 9', bytes(MAGIC, '\x09\x08\x08\0', Buffer.alloc(100))],
  ['addresses of 3 bytes', bytes(MAGIC, '\x02\x03\x08\0', Buffer.alloc(100))],
  ['addresses of 16 bytes', bytes(MAGIC, '\x02\x10\x10\0', Buffer.alloc(100))],
  ['a root object that is not there', bytes(MAGIC, '\x02\x08\x08\0', u64(0), NOWHERE, u64(99), NOWHERE, u32(0), Buffer.alloc(40))],
  ['a root object behind the end', bytes(MAGIC, '\x02\x08\x08\0', u64(0), NOWHERE, u64(99), u64(1 << 30), u32(0), Buffer.alloc(40))],
  ['a root object at the largest address', bytes(MAGIC, '\x02\x08\x08\0', u64(0), NOWHERE, u64(99), u64(0xfffffffffffffffen), u32(0), Buffer.alloc(40))],
  ['a root object of zeros', bytes(hdf5([]).subarray(0, ROOT), Buffer.alloc(400))],
  ['an object header of version 3', bytes(hdf5([]).subarray(0, ROOT), 'OHDR\x03', Buffer.alloc(400))],
  ['an object longer than the file', bytes(hdf5([]).subarray(0, ROOT), 'OHDR\x02\x02', u32(0xffffffff), Buffer.alloc(400))],
  ['a message longer than its object', bytes(hdf5([]).subarray(0, ROOT), 'OHDR\x02\x02', u32(40), '\x0c', u16(65535), '\0', Buffer.alloc(400))],
  ['an attribute of version 7', hdf5([attribute('model_config', TEXT, { version: 7 })])],
  ['an attribute that is cut off', hdf5([{ type: 0x0c, data: attribute('model_config', TEXT).data.subarray(0, 30) }])],
  ['a text shorter than it says', hdf5([{ type: 0x0c, data: attribute('model_config', TEXT).data.subarray(0, 100) }])],
  ['a text that is no JSON', hdf5([attribute('model_config', 'layers: []')])],
  ['no text', hdf5([attribute('model_config', '')])],
  ['a text of 4 GiB', hdf5([attribute('model_config', TEXT, { type: bytes('\x13\0\0\0', u32(0xffffffff)) })])],
  ['a text that is not in the collection', reference(7, 4)],
  ['a text that is longer than in the collection', reference(1, TEXT.length + 1)],
  ['a collection that is none', hdf5([variable('model_config', TEXT)], { rest: [Buffer.alloc(400)] })],
  ['a collection longer than the file', hdf5([variable('model_config', TEXT)], { rest: [bytes('GCOL\x01\0\0\0', u64(1 << 30)), Buffer.alloc(99)] })],
  ['a collection that is not there', hdf5([variable('model_config', TEXT)])],
  ['a continuation behind the end', hdf5([{ type: 0x10, data: bytes(u64(1 << 20), u64(100)) }])],
  ['a continuation that is none', hdf5([{ type: 0x10, data: bytes(u64(ROOT), u64(50)) }])],
  ['a group without a tree', hdf5([{ type: 0x11, data: bytes(u64(ROOT), u64(ROOT)) }])],
  ['links in a heap that is none', hdf5([info(2, u64(ROOT), u64(ROOT))])],
  ['attributes in a heap without an index', hdf5([info(0x15, u64(ROOT), NOWHERE)])],
  ['a link that is cut off', hdf5([{ type: 6, data: bytes('\x01\0\xff') }])],
  ['a link of an unknown kind', hdf5([{ type: 6, data: bytes('\x01\x08\x63\x01a', u64(0)) }])],
];

describe('a broken HDF5 file is unscannable', () => {
  it.each(BROKEN)('%s', (_, data) => {
    expect(verdict(data)).toBe('unscannable');
  });

  it('wherever a model is cut', () => {
    const whole = hdf5([variable('model_config', TEXT)], { rest: [collection(TEXT)] });
    const needed = whole.length - 16;
    expect(verdict(whole)).toBe('clean');
    for (let size = 0; size < needed; size++) {
      if (verdict(whole.subarray(0, size)) === 'clean') throw new Error(`accepted after ${size} of ${whole.length} bytes`);
    }
  });

  it('wherever a .keras file is cut', () => {
    const whole = kerasFile(sequential(dense()), { weights: hdf5([]) });
    for (let size = 0; size < whole.length; size++) {
      if (verdict(whole.subarray(0, size), 'model.keras') === 'clean') throw new Error(`accepted after ${size} of ${whole.length} bytes`);
    }
  });
});

describe('an HDF5 file that goes on for ever ends', () => {
  it('an object that contains itself', () => {
    expect(verdict(hdf5([hardLink('self', ROOT)]))).toBe('clean');
  });

  it('a header that goes on in itself', () => {
    const block = (behind: number): Buffer => bytes('OCHK\x10', u16(16), '\0', u64(behind), u64(28), u32(0));
    expect(verdict(hdf5([(behind) => ({ type: 0x10, data: bytes(u64(behind), u64(28)) })], { rest: [block(ROOT + 34)] }))).toBe('clean');
  });

  it('two hundred thousand objects', () => {
    const links = Array.from({ length: 2500 }, (_, i) => hardLink('a', 1_000_000 + i));
    expect(verdict(hdf5(links, { rest: [Buffer.alloc(2_000_000, header([]))] }))).toBe('unscannable');
  });
});

describe('damaged models of Keras', () => {
  const ROUNDS = soakRounds(20_000);
  const SEEDS = [...KERAS_CLEAN, ...KERAS_MALICIOUS].filter(({ data }) => data.length < 6000);

  it('never stop the scanner', () => {
    let state = 41;
    const random = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const fresh = new FileScanner();
    const found = new Set<string>(), since = performance.now();
    for (let round = 0; round < ROUNDS; round++) {
      const seed = SEEDS[round % SEEDS.length];
      if (seed === undefined) break;
      const data = Buffer.from(seed.data);
      for (let i = random(5); i >= 0; i--) {
        const at = random(data.length);
        const values = [random(256), 0, 255, data[random(data.length)] ?? 0, 1 << random(8)];
        data[at] = values[random(values.length)] ?? 0;
        if (random(8) === 0) data.fill(255, at, Math.min(at + 8, data.length));
      }
      try {
        found.add(fresh.scanBytes(data, seed.name).verdict);
      } catch (cause) {
        throw new Error(`${seed.name}: ${data.toString('base64')}`, { cause });
      }
    }
    tellSoak('Keras', ROUNDS, since);
    expect([...found].sort()).toEqual(['clean', 'malicious', 'suspicious', 'unscannable']);
    expect(fresh.memoryBytes).toBeLessThan(80 * 1024 * 1024);
  }, SOAK_TIMEOUT_MS);
});
