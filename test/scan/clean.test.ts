// Nothing honest is rejected.

import { describe, expect, it } from 'vitest';
import { FileScanner } from '../../src/core/scan-file.ts';
import { CLEAN } from './clean-cases.ts';

const scanner = new FileScanner();

describe('the scanner accepts', () => {
  it.each(CLEAN)('$what', ({ name, data, format }) => {
    const report = scanner.scanBytes(data, name);
    expect(report.findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
    expect(report).toMatchObject({ verdict: 'clean', format, size: data.length });
  });
});
