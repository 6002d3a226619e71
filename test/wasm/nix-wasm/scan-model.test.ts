// `scanModel` judges as the command line does; what is compressed it cannot read, and says so.

import { describe, expect, it } from 'vitest';
import { FileScanner, type ScanReport } from '../../../src/core/scan-file.ts';
import { CLEAN } from '../../scan/clean-cases.ts';
import { MALICIOUS } from '../../scan/malicious-cases.ts';
import { errorOf, evaluate } from './module.ts';
import { NixPath } from './nix-values.ts';

const scanner = new FileScanner();

function scanned(data: Uint8Array, name: string): ScanReport {
  return evaluate('scanModel', new NixPath(`/m/${name}`), { readFile: () => data }) as ScanReport;
}

/** Rules of what could not be unpacked. */
function isPacked({ findings }: ScanReport): boolean {
  return findings.some(({ rule }) => rule === 'archive-unreadable');
}

describe('scanModel in nix-wasm.wasm', () => {
  it('reports malicious files as the command line does, and accepts none', () => {
    // A fourth of them: each call makes an instance of its own.
    const some = MALICIOUS.filter((_, index) => index % 4 === 0);
    const differing = some.filter(({ name, data }) => {
      const report = scanned(data, name);
      if (report.verdict === 'clean') return true;
      const same = JSON.stringify(report) === JSON.stringify(scanner.scanBytes(data, `/m/${name}`));
      return !same && !isPacked(report);
    });
    expect(differing.map(({ what }) => what)).toEqual([]);
  });

  it('calls every clean case clean, or unscannable where it is compressed', () => {
    const reports = CLEAN.map(({ name, data }) => scanned(data, name));
    const other = reports.filter((report) => report.verdict !== 'clean' && !isPacked(report));
    expect(other).toEqual([]);
    expect(reports.filter(({ verdict }) => verdict === 'clean').length).toBeGreaterThan(CLEAN.length / 2);
    expect(reports.filter(isPacked).every(({ verdict }) => verdict === 'unscannable')).toBe(true);
  });

  it('takes a path only', () => {
    expect(errorOf('scanModel', new Map())).toContain('scanModel takes the path of a file');
  });
});
