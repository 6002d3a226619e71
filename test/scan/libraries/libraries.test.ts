// Files that real libraries write, where they are installed: what is honest is clean, classes of a library
// are all that is said of an estimator, and a call of os.system is found in each kind of file.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileScanner, type ScanReport } from '../../../src/core/scan-file.ts';
import { pythonWith } from '../../python.ts';
import { spawnSync } from 'node:child_process';

/** Each has a program here that writes its files, at least so many. */
const LIBRARIES = { torch: 28, joblib: 80, sklearn: 70 };

const scanner = new FileScanner();

function scanAll(folder: string): [name: string, report: ScanReport][] {
  return readdirSync(folder).map((name) => [name, scanner.scanFile(join(folder, name))]);
}

/** What is wrong with a file, for the test's report; nothing if it is as its name says. */
function wrong([name, report]: [string, ScanReport]): string[] {
  const { verdict, findings } = report;
  const counted = findings.filter(({ severity }) => severity !== 'note');
  const others = counted.filter(({ rule }) => rule !== 'pickle-library-global');
  const expected = name.startsWith('evil') ? 'malicious' : name.startsWith('library') ? 'suspicious' : 'clean';
  if (verdict !== expected) return [`${name}: ${verdict} ${counted.map(({ explanation }) => explanation).join(' ')}`];
  if (!name.startsWith('library')) return [];
  return others.map(({ explanation }) => `${name}: ${explanation}`);
}

describe.each(Object.entries(LIBRARIES))('files that %s writes', (library, least) => {
  const python = pythonWith(library);

  it.skipIf(python === undefined)(`are what they are (skipped without python3-${library})`, () => {
    const folder = mkdtempSync(join(tmpdir(), `scan-${library}-`));
    try {
      const program = join(import.meta.dirname, `${library}-files.py`);
      const { status, stderr } = spawnSync(python ?? '', [program, folder], { encoding: 'utf8' });
      if (status !== 0) throw new Error(stderr);
      const files = scanAll(folder);
      expect(files.flatMap(wrong)).toEqual([]);
      expect(files.length).toBeGreaterThanOrEqual(least);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
