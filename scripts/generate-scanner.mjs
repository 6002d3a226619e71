// Which scanner this is, as a digest over the sources of everything that decides a verdict. It goes
// into the key of every accepted scan (wasm/spec/security.ts), so that a better scanner scans again.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NOTE = 'Made by scripts/generate-scanner.mjs. Do not edit.';

/** The core as a whole: readers of formats are shared, and a needless scan costs little. */
export const SCANNER_SOURCES = ['wasm', 'src/scan', 'src/core/scan-file.ts', 'src/core/scan-source.ts'];

export function writeScanner() {
  const hash = createHash('sha256');
  for (const path of SCANNER_SOURCES.flatMap(filesBelow)) {
    const content = readFileSync(path);
    hash.update(`${path}\n${content.length}\n`).update(content);
  }
  const text = `// ${NOTE}\nexport const SCANNER: string = '${hash.digest('hex')}';\n`;
  writeFileSync('build/generated/scanner.ts', text);
}

function filesBelow(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).sort().flatMap((name) => filesBelow(join(path, name)));
}
