// What a Keras configuration may name (wasm/scan/keras-names.txt) as static data of the core: each name
// with the kinds that it is listed under, one bit each.

import { readFileSync, writeFileSync } from 'node:fs';
import { nameTable } from './name-table.mjs';

const NOTE = 'Made by scripts/generate-keras-names.mjs from wasm/scan/keras-names.txt. Do not edit.';
const KINDS = { class: 1, function: 2, library: 4, symbol: 8, op: 16, spec: 32, dangerous: 64 };

export function writeKerasNames() {
  const rows = new Map();
  for (const line of readFileSync('wasm/scan/keras-names.txt', 'utf8').split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [kind, names] = line.split(': ');
    if (!(kind in KINDS)) throw new Error(`keras-names.txt: no kind "${kind}"`);
    for (const name of names.split(' ')) rows.set(name, Buffer.from([(rows.get(name)?.[0] ?? 0) | KINDS[kind]]));
  }
  const lines = [
    `// ${NOTE}`,
    ...Object.entries(KINDS).map(([kind, bit]) => `export const ${kind.toUpperCase()}: u32 = ${bit};`),
    ...nameTable('KERAS', rows),
  ];
  writeFileSync('build/generated/keras-names.ts', `${lines.join('\n')}\n`);
}
