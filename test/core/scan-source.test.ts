// The decoders of the scanner against Python's own modules, and against damage.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CoreDecoder } from '../../src/core/core-decoder.ts';
import { DecodeFailure, type FailureReason } from '../../src/core/decoder.ts';
import { bytesSource, DecodedSource, decodeWhole } from '../../src/core/scan-source.ts';
import { pythonWith, runPython } from '../python.ts';
import { PACKED, PACKED_EVIL } from '../scan/packed.ts';
import { SOAK_TIMEOUT_MS, soakRounds, tellSoak } from '../soak.ts';

const BZIP2 = 4;
const XZ = 5;
const LZMA = 6;
const LZ4 = 7;
const ZIP_LZMA = 9;

const LIMIT = 1 << 28;

function unpack(data: Uint8Array, method: number): { bytes: Uint8Array; failure: FailureReason | undefined } {
  return decodeWhole({ source: bytesSource(data), offset: 0, length: data.length, method }, LIMIT);
}

/** Every row: a method, packed, unpacked, and whether something that is not packed follows. */
const PACK = `
import bz2, gzip, json, lzma, random, struct, sys, zlib
folder, random = sys.argv[1], random.Random(20261120)
try:
    import lz4.frame
except ImportError:
    lz4 = None
rows = []
def row(method, packed, plain, trailing=False):
    open(f'{folder}/{len(rows)}.packed', 'wb').write(packed)
    open(f'{folder}/{len(rows)}.plain', 'wb').write(plain)
    rows.append([method, trailing])
def plain(size, kind):
    if kind == 0: return random.randbytes(size)
    if kind == 1: return bytes(size)
    return b''.join(random.choice([b'hello ', b'world', b'zzzzzzzzzzz', bytes(40)]) for _ in range(size // 5 + 1))[:size]
raw = [{'id': lzma.FILTER_LZMA1, 'dict_size': 1 << 20}]
for size in [0, 1, 5, 255, 256, 1000, 65536, 65537, 400000]:
    for kind in range(3):
        x = plain(size, kind)
        for level in (1, 9): row(4, bz2.compress(x, level), x)
        row(4, bz2.compress(b'') + bz2.compress(x) + bz2.compress(x[:9]), x + x[:9])
        row(4, bz2.compress(x) + b'junk', x, True)
        for check in (lzma.CHECK_NONE, lzma.CHECK_CRC32, lzma.CHECK_CRC64, lzma.CHECK_SHA256): row(5, lzma.compress(x, check=check, preset=check % 7), x)
        row(5, lzma.compress(x) + b'junk', x, True)
        alone = lzma.compress(x, format=lzma.FORMAT_ALONE, preset=1)
        row(5, lzma.compress(x) + alone + lzma.compress(b'third'), x + x + b'third')
        row(6, alone, x)
        row(6, alone[:5] + struct.pack('<Q', size) + alone[13:], x)
        row(6, alone + alone + lzma.compress(b'third'), x + x + b'third')
        for lc, lp, pb in ((0, 0, 0), (4, 0, 4), (0, 4, 2), (2, 2, 1)):
            row(6, lzma.compress(x, format=lzma.FORMAT_ALONE, filters=[{'id': lzma.FILTER_LZMA1, 'lc': lc, 'lp': lp, 'pb': pb, 'dict_size': 4096 * 3}]), x)
        row(9, b'\\x09\\x04\\x05\\0' + lzma._encode_filter_properties(raw[0]) + lzma.compress(x, format=lzma.FORMAT_RAW, filters=raw), x)
        row(2, zlib.compress(x), x)
        row(3, gzip.compress(x) + gzip.compress(b'') + gzip.compress(x[:9]), x + x[:9])
        row(3, b''.join(gzip.compress(b'abc') for _ in range(300)) + gzip.compress(x), b'abc' * 300 + x)
        if lz4 is None: continue
        for block in (0, 4, 7):
            for alone in (True, False):
                row(7, lz4.frame.compress(x, block_size=block, block_linked=not alone, content_checksum=alone, store_size=alone, compression_level=block), x)
        row(7, lz4.frame.compress(x) + lz4.frame.compress(b'abc') + b'\\x50\\x2a\\x4d\\x18\\x03\\0\\0\\0abc', x + b'abc')
        row(7, lz4.frame.compress(x) + b'junk', x, True)
print(json.dumps(rows))
`;

const python = pythonWith('bz2', 'lzma', 'lz4.frame') ?? pythonWith('bz2', 'lzma');

describe.skipIf(python === undefined)('what Python packs (skipped without python3)', () => {
  it('is unpacked to what it was', () => {
    const folder = mkdtempSync(join(tmpdir(), 'decoders-'));
    try {
      const rows = JSON.parse(runPython(python ?? '', PACK, folder)) as [method: number, trailing: boolean][];
      const wrong = rows.flatMap(([method, trailing], i) => {
        const { bytes, failure } = unpack(readFileSync(join(folder, `${i}.packed`)), method);
        const same = Buffer.compare(bytes, readFileSync(join(folder, `${i}.plain`))) === 0;
        return same && failure === (trailing ? 'trailing' : undefined) ? [] : [{ i, method, size: bytes.length, failure }];
      });
      expect(wrong).toEqual([]);
      expect(rows.length).toBeGreaterThan(400);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

type Seed = [method: number, data: Buffer];

const SEEDS = [PACKED, PACKED_EVIL].flatMap(({ bzip2, xz, lzma, lz4, zipLzma }): Seed[] => [
  [BZIP2, bzip2], [XZ, xz], [LZMA, lzma], [LZ4, lz4], [ZIP_LZMA, zipLzma],
]);

describe('packed data', () => {
  it('unpacks to what it was', () => {
    for (const [i, [method, data]] of SEEDS.entries()) {
      const { plain } = i < SEEDS.length / 2 ? PACKED : PACKED_EVIL;
      expect(unpack(data, method)).toEqual({ bytes: plain, failure: undefined });
    }
  });

  it('is broken wherever it is cut', () => {
    for (const [method, data] of SEEDS) {
      // The zip's lzma may end without a mark, and a frame of LZ4 without a checksum.
      if (method === ZIP_LZMA) continue;
      for (let size = 0; size < data.length; size++) expect(unpack(data.subarray(0, size), method).failure).toBe('broken');
    }
  });

  it('ends in an answer when it is damaged, and never in a trap', () => {
    let state = 1;
    const random = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const rounds = soakRounds(4_000), since = performance.now();
    const found = new Map<string, number>();
    for (let round = 0; round < rounds; round++) {
      const [method, seed] = SEEDS[round % SEEDS.length] ?? [BZIP2, PACKED.bzip2];
      const data = Buffer.from(seed);
      for (let i = random(4); i >= 0; i--) data[random(data.length)] = random(3) === 0 ? 255 : random(256);
      const answer = drain(data, method);
      found.set(answer, (found.get(answer) ?? 0) + 1);
    }
    expect([...found.keys()].sort()).toEqual(['broken', 'cannot', 'end', 'trailing']);
    tellSoak('decoders', rounds, since);
  }, SOAK_TIMEOUT_MS);

  it('may ask for a dictionary of 64 MiB and no more', () => {
    const alone = (dictionary: number): Buffer => {
      const data = Buffer.from(PACKED.lzma);
      data.writeUInt32LE(dictionary, 1);
      return data;
    };
    expect(unpack(alone(64 * 1024 * 1024), LZMA).failure).toBeUndefined();
    expect(unpack(alone(64 * 1024 * 1024 + 1), LZMA).failure).toBe('cannot');
    expect(unpack(alone(0xffffffff), LZMA).failure).toBe('cannot');
  });

  it('is read from any place on, and again from the beginning', () => {
    const { xz } = PACKED;
    const source = new DecodedSource({ source: bytesSource(xz), offset: 0, length: xz.length, method: XZ });
    for (const offset of [100, 3, 0, 150]) {
      const target = Buffer.alloc(20);
      expect(source.read(offset, target)).toBe(20);
      expect(target).toEqual(PACKED.plain.subarray(offset, offset + 20));
    }
    source.close();
  });
});

/** Unpacks at most 8 MiB. Anything but a DecodeFailure is a mistake of ours. */
function drain(data: Buffer, method: number): string {
  let at = 0;
  const decoder = new CoreDecoder(method, (target) => {
    const count = data.copy(target, 0, at);
    at += count;
    return count;
  });
  try {
    for (let size = 0; size < 8 * 1024 * 1024;) {
      const chunk = decoder.next();
      if (chunk === undefined) return 'end';
      size += chunk.length;
    }
    return 'end';
  } catch (error) {
    if (error instanceof DecodeFailure) return error.reason;
    throw new Error(`${method}: ${data.toString('hex')}`, { cause: error });
  } finally {
    decoder.close();
  }
}
