// safetensors inside a scan: good files pass, every broken rule of the format is a finding, and what
// looks like safetensors is still looked at as anything else.

import { describe, expect, it } from 'vitest';
import { FileScanner } from '../../src/core/scan-file.ts';
import { bytes, EVIL, pickle } from './assemble.ts';
import { BROKEN_HEADERS, GOOD_HEADERS, type Header, tensor } from '../core/safetensors-cases.ts';
import { safetensors } from './safetensors-file.ts';
import { zip } from './zips.ts';

const scanner = new FileScanner();
const GOOD = { a: tensor('F32', [2, 3], 0, 24), b: tensor('I64', [1], 24, 32), __metadata__: { format: 'pt' } };

/** Of so many tensors: larger than what the scanner reads at once. */
function large(count: number): Buffer {
  const rows = Array.from({ length: count }, (_, i) => [`model.layers.${i}.weight`, tensor('U8', [1], i, i + 1)]);
  return safetensors(Object.fromEntries(rows) as Header, count);
}

describe('a safetensors file', () => {
  it.each(GOOD_HEADERS)('is clean with $what', ({ header, dataSize }) => {
    const report = scanner.scanBytes(safetensors(header, dataSize), 'model.safetensors');
    expect(report).toMatchObject({ format: 'safetensors', verdict: 'clean', findings: [] });
  });

  it.each(BROKEN_HEADERS)('is not accepted with $what', ({ header, dataSize }) => {
    const { verdict, findings } = scanner.scanBytes(safetensors(header, dataSize), 'model.safetensors');
    expect(['unscannable', 'suspicious']).toContain(verdict);
    expect(findings[0]?.rule).toMatch(/^safetensors-/);
  });

  it('is suspicious where two readers see two things', () => {
    const verdict = (header: Header, size: number): string => scanner.scanBytes(safetensors(header, size), 'x').verdict;
    const one = tensor('U8', [2], 0, 2);
    expect(verdict({ a: one }, 3)).toBe('suspicious');
    expect(verdict({ a: tensor('U8', [2], 1, 3) }, 3)).toBe('suspicious');
    expect(verdict({ a: one, b: one }, 2)).toBe('suspicious');
    expect(verdict(`{"a":${JSON.stringify(one)},"a":${JSON.stringify(one)}}`, 2)).toBe('suspicious');
    expect(verdict({ a: one }, 1)).toBe('unscannable');
  });

  it('is judged in bounded memory, and refused where there is no end of entries', () => {
    const one = new FileScanner();
    const rows = Array.from({ length: 200_000 }, (_, i) => [i.toString(36), tensor('U8', [0], 0, 0)]);
    expect(one.scanBytes(safetensors(Object.fromEntries(rows) as Header), 'm.safetensors').verdict).toBe('clean');
    expect(one.memoryBytes).toBeLessThan(120 * 1024 * 1024);
    const metadata = Object.fromEntries(Array.from({ length: 100_001 }, (_, i) => [i.toString(36), '']));
    const { findings } = one.scanBytes(safetensors({ __metadata__: metadata }), 'm.safetensors');
    expect(findings).toMatchObject([{ rule: 'safetensors-limit' }]);
  });
});

describe('a header larger than a window', () => {
  it('is read whole', () => {
    for (const count of [2_000, 20_000]) {
      expect(scanner.scanBytes(large(count), 'm.safetensors')).toMatchObject({ format: 'safetensors', verdict: 'clean' });
    }
  });

  it('is judged to its last byte', () => {
    const file = large(20_000);
    const broken = Buffer.concat([file, Buffer.from('x')]);
    expect(scanner.scanBytes(broken, 'm.safetensors').findings).toMatchObject([{ rule: 'safetensors-ambiguous' }]);
    const cut = scanner.scanBytes(file.subarray(0, file.length - 1), 'm.safetensors');
    expect(cut.findings).toMatchObject([{ rule: 'safetensors-header' }]);
  });

  it('is read in each member of an archive, one after the other', () => {
    const files = [large(20_000), safetensors(GOOD, 31), large(10_000), safetensors(GOOD, 32)];
    const members = files.flatMap((data, i) => [
      { name: `${i}.safetensors`, data }, { name: `packed/${i}.safetensors`, data, method: 8 as const },
    ]);
    const report = scanner.scanBytes(zip(members), 'models.zip');
    expect(report.findings.map(({ member, rule }) => `${member ?? ''} ${rule}`)).toEqual([
      '1.safetensors safetensors-header', 'packed/1.safetensors safetensors-header',
    ]);
  });
});

describe('what is no safetensors', () => {
  it('is not clean under its name', () => {
    for (const data of ['version https://git-lfs.github.com/spec/v1\n', '{}', 'x', '\x00'.repeat(64)]) {
      expect(scanner.scanBytes(bytes(data), 'model.safetensors').verdict).toBe('unscannable');
    }
  });

  it('is judged as what it is as well', () => {
    expect(scanner.scanBytes(pickle(EVIL), 'model.safetensors').verdict).toBe('malicious');
  });
});
