// The name tables of the pickle scanner (wasm/pickle/names/*.txt) as static data of the core.

import { readFileSync, writeFileSync } from 'node:fs';
import { nameTable } from './name-table.mjs';

const NOTE = 'Made by scripts/generate-pickle-names.mjs from wasm/pickle/names. Do not edit.';
const FOLDER = 'wasm/pickle/names';

/** Bits of a name's flags; wasm/pickle/names.ts reads the constants made of them. */
const TIERS = { allowed: 1, suspicious: 2, dangerous: 4 };
const ROLES = {
  dict: 1 << 3, list: 1 << 4, set: 1 << 5, build: 1 << 6,
  // Who checks the arguments of a call: a number from bit 8 on.
  encode: 1 << 8, factory: 2 << 8, classes: 3 << 8, rebuild: 4 << 8,
  dtype: 5 << 8, wrapper: 6 << 8, sized: 7 << 8,
  // One more than log2 of a storage's element size: a number from bit 12 on.
  storage1: 1 << 12, storage2: 2 << 12, storage4: 3 << 12, storage8: 4 << 12, storage16: 5 << 12,
};

export function writePickleNames() {
  const lines = [
    `// ${NOTE}`,
    ...Object.entries({ ...TIERS, ...ROLES }).map(
      ([name, bits]) => `export const ${name.toUpperCase()}: u32 = ${bits};`,
    ),
    ...nameTable('KNOWN', knownRows()),
    ...nameTable('RENAMED', renamedRows()),
  ];
  writeFileSync('build/generated/pickle-names.ts', `${lines.join('\n')}\n`);
}

/** "module\nname" -> two bytes of flags. A name on two lists keeps the first list's tier. */
function knownRows() {
  const rows = new Map();
  for (const [tier, bit] of Object.entries(TIERS)) {
    for (const line of linesOf(tier)) {
      const [modules, names] = line.split(':');
      for (const module of modules.trim().split(/\s+/)) {
        for (const word of names.trim().split(/\s+/)) addKnown(rows, module, word, bit);
      }
    }
  }
  return rows;
}

function addKnown(rows, module, word, bit) {
  const [name, roles = ''] = word.split('=');
  const flags = roles.split(',').filter(Boolean).reduce((sum, role) => {
    if (!(role in ROLES)) throw new Error(`${module}.${name}: no role "${role}"`);
    return sum | ROLES[role];
  }, bit);
  const key = `${module}\n${name}`;
  if (!rows.has(key)) rows.set(key, Buffer.from([flags & 255, flags >> 8]));
}

/** "module\nname" -> the same in Python 3; "module\n" -> a module. */
function renamedRows() {
  return new Map(linesOf('python2').map((line) => {
    const [from, to] = line.split(' -> ').map((side) => side.trim().split(' '));
    return [from.length === 2 ? from.join('\n') : `${from[0]}\n`, Buffer.from(to.join('\n'))];
  }));
}

function linesOf(name) {
  const lines = readFileSync(`${FOLDER}/${name}.txt`, 'utf8').split('\n');
  return lines.filter((line) => line.trim() !== '' && !line.startsWith('#'));
}
