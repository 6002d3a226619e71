// TensorFlow's operators (wasm/scan/tf-ops*.txt) as static data of the core.

import { readFileSync, writeFileSync } from 'node:fs';
import { nameTable } from './name-table.mjs';

const NOTE = 'Made by scripts/generate-tf-ops.mjs from wasm/scan/tf-ops*.txt. Do not edit.';

/** A tier for each list, as wasm/scan/tf-ops.ts numbers them. A name on two lists keeps the worse one. */
const LISTS = { 'tf-ops': 1, 'tf-ops-suspicious': 2, 'tf-ops-dangerous': 3 };

export function writeTfOps() {
  const rows = new Map();
  for (const [list, tier] of Object.entries(LISTS)) {
    for (const name of namesOf(`wasm/scan/${list}.txt`)) rows.set(name, Buffer.from([tier]));
  }
  writeFileSync('build/generated/tf-ops.ts', `${[`// ${NOTE}`, ...nameTable('TF_OPS', rows)].join('\n')}\n`);
}

function namesOf(file) {
  const lines = readFileSync(file, 'utf8').split('\n').filter((line) => !line.startsWith('#'));
  return lines.flatMap((line) => line.split(/\s+/)).filter((name) => name !== '');
}
