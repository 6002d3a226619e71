// safetensors inside a scan: good files pass, every broken rule of the format is a finding, and what
// looks like safetensors is still looked at as anything else.

import { describe, expect, it } from 'vitest';
import { FileScanner } from '../../src/core/scan-file.ts';
import { bytes, EVIL, pickle } from './assemble.ts';
import { safetensors, tensor } from './safetensors-file.ts';
import { zip } from './zips.ts';

const scanner = new FileScanner();
const GOOD = { a: tensor('F32', [2, 3], 0, 24), b: tensor('I64', [1], 24, 32), __metadata__: { format: 'pt' } };

/** Of so many tensors: larger than what the scanner reads at once. */
function large(count: number): Buffer {
  const rows = Array.from({ length: count }, (_, i) => [`model.layers.${i}.weight`, tensor('U8', [1], i, i + 1)] as const);
  return safetensors(Object.fromEntries(rows), count);
}

describe('a header larger than a window', () => {
  it('is read whole', () => {
    for (const count of [2_000, 20_000, 60_000]) {
      expect(scanner.scanBytes(large(count), 'm.safetensors')).toMatchObject({ format: 'safetensors', verdict: 'clean' });
    }
  });

  it('is judged to its last byte', () => {
    const file = large(20_000);
    const broken = Buffer.concat([file, Buffer.from('x')]);
    expect(scanner.scanBytes(broken, 'm.safetensors').findings).toMatchObject([{ rule: 'safetensors-ambiguous' }]);
    expect(scanner.scanBytes(file.subarray(0, file.length - 1), 'm.safetensors').findings).toMatchObject([{ rule: 'safetensors-header' }]);
  });

  it('is read in each member of an archive, one after the other', () => {
    const members = [large(20_000), safetensors(GOOD, 31), large(30_000), safetensors(GOOD, 32)].flatMap((data, i) => [
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
