// The scalar build judges as the SIMD build does, whatever it is given.

import { describe, expect, it } from 'vitest';
import { loadModule } from '../../src/core/module.ts';
import { FileScanner } from '../../src/core/scan-file.ts';
import { CLEAN } from '../scan/clean-cases.ts';
import { MALICIOUS } from '../scan/malicious-cases.ts';

describe('both builds', () => {
  it('give the same report on every file of the corpus', () => {
    const [scalar, simd] = [new FileScanner(loadModule('scalar')), new FileScanner(loadModule('simd'))];
    for (const { what, name, data } of [...CLEAN, ...MALICIOUS]) {
      expect(simd.scanBytes(data, name), what).toEqual(scalar.scanBytes(data, name));
    }
  });

  it('keep their memory from one scan to the next', () => {
    const scanner = new FileScanner(loadModule('scalar'));
    const all = [...CLEAN, ...MALICIOUS];
    for (const { name, data } of all) scanner.scanBytes(data, name);
    const before = scanner.memoryBytes;
    for (const { name, data } of all) scanner.scanBytes(data, name);
    expect(scanner.memoryBytes).toBe(before);
  });
});
