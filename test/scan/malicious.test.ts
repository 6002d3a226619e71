// Nothing of what must not be loaded is called clean.

import { describe, expect, it } from 'vitest';
import { FileScanner } from '../../src/core/scan-file.ts';
import { MALICIOUS } from './malicious-cases.ts';

const scanner = new FileScanner();

describe('the scanner does not accept', () => {
  it.each(MALICIOUS)('$what', ({ name, data, verdict }) => {
    const report = scanner.scanBytes(data, name);
    if (verdict === undefined) expect(report.verdict).not.toBe('clean');
    else expect(report.verdict).toBe(verdict);
    expect(report.findings.length).toBeGreaterThan(0);
  });
});
