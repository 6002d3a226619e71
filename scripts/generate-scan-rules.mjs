// The scanner's rules (src/scan/rules.json) for the WASM core: a number for each, its id, how bad it
// is and what to do about it. The number is the rule's place in the file and means nothing outside.

import { readFileSync, writeFileSync } from 'node:fs';

const NOTE = 'Made by scripts/generate-scan-rules.mjs from src/scan/rules.json. Do not edit.';
const SEVERITIES = ['note', 'unscannable', 'suspicious', 'malicious'];

export function writeScanRules() {
  const rules = Object.entries(JSON.parse(readFileSync('src/scan/rules.json', 'utf8')));
  const constant = (id) => id.replaceAll('-', '_').toUpperCase();
  const choose = (name, type, of) => [
    `export function ${name}(rule: u32): ${type} {`,
    '  switch (rule) {',
    ...rules.map(([id, rule], index) => `    case ${index}: return ${of(id, rule)};`),
    '  }',
    `  return ${type === 'u32' ? 0 : "''"};`,
    '}',
  ];
  const severity = (id, rule) => {
    const level = SEVERITIES.indexOf(rule.severity);
    if (level < 0) throw new Error(`rule ${id}: severity "${rule.severity}"`);
    return level;
  };
  const lines = [
    `// ${NOTE}`,
    ...SEVERITIES.map((name, level) => `export const ${name.toUpperCase()}: u32 = ${level};`),
    ...rules.map(([id], index) => `export const ${constant(id)}: u32 = ${index};`),
    ...choose('ruleId', 'string', (id) => `'${id}'`),
    ...choose('ruleSeverity', 'u32', severity),
    ...choose('ruleRemedy', 'string', (id, rule) => JSON.stringify(rule.remedy)),
  ];
  writeFileSync('build/generated/scan-rules.ts', `${lines.join('\n')}\n`);
}
