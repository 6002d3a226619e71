// Tables that the WASM core is compiled with: how letters fold, and the attribute names of the spec,
// which come from its schema so that the two cannot disagree.

import { readFileSync, writeFileSync } from 'node:fs';

const NOTE = 'Made by scripts/generate-tables.mjs. Do not edit.';

export function writeTables() {
  writeFileSync('build/generated/case-fold.ts', caseFold());
  writeFileSync('build/generated/spec-attributes.ts', specAttributes());
}

/** Letters below U+2000 that become others when case and composition are taken out. */
function caseFold() {
  const rows = [];
  for (let code = 0x80; code < 0x2000; code++) {
    const letter = String.fromCodePoint(code);
    const folded = letter.toLowerCase().toUpperCase().toLowerCase().normalize('NFD');
    if (folded === letter) continue;
    const units = [...folded].map((part) => part.codePointAt(0));
    if (units.length > 4) throw new Error(`U+${code.toString(16)} folds to ${units.length} characters`);
    rows.push([code, units.length, ...units, 0, 0, 0, 0].slice(0, 6).join(', '));
  }
  return [
    `// ${NOTE}`,
    `export const CASE_FOLD_ROWS: usize = ${rows.length};`,
    `export const CASE_FOLD: usize = memory.data<u16>([\n  ${rows.join(',\n  ')},\n]);`,
    '',
  ].join('\n');
}

/** For each object of the schema the names of its attributes, between blanks. */
function specAttributes() {
  const schema = JSON.parse(readFileSync('src/spec/schema.json', 'utf8'));
  const objects = { spec: schema, ...schema.$defs };
  const lines = Object.entries(objects).flatMap(([name, { properties = {} }]) => {
    const constant = name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
    const all = Object.entries(properties);
    const later = all.filter(([, property]) => property['x-supported'] === false);
    const table = (suffix, entries) =>
      entries.length === 0
        ? []
        : [`export const ${constant}_${suffix}: string = ' ${entries.map(([key]) => key).join(' ')} ';`];
    return [...table('ATTRIBUTES', all), ...table('LATER', later)];
  });
  return [`// ${NOTE}`, ...lines, ''].join('\n');
}
