// The WASM core's and the plugin's twins of src/base/error-codes.json, so that one broken file
// reads the same from the command line and from `nix eval`.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { writeKerasNames } from './generate-keras-names.mjs';
import { writePickleNames } from './generate-pickle-names.mjs';
import { writeScanner } from './generate-scanner.mjs';
import { writeScanRules } from './generate-scan-rules.mjs';
import { writeTables } from './generate-tables.mjs';
import { writeTfOps } from './generate-tf-ops.mjs';

const NOTE = 'Made by scripts/generate.mjs from src/base/error-codes.json. Do not edit.';

export function writeGenerated() {
  const codes = Object.entries(JSON.parse(readFileSync('src/base/error-codes.json', 'utf8')));
  mkdirSync('build/generated', { recursive: true });
  writeTables();
  writePickleNames();
  writeKerasNames();
  writeScanRules();
  writeScanner();
  writeTfOps();
  const constants = codes.map(([name, { status }]) => `export const ${name}: u32 = ${status};`);
  writeFileSync('build/generated/status.ts', [`// ${NOTE}`, ...constants, ''].join('\n'));
  writeFileSync('build/generated/error-texts.ts', errorTexts(codes));
  const rows = codes.map(([name, { status, remedies }]) => {
    return `    {${status}, "${name}", ${JSON.stringify(remedyLines(remedies))}},`;
  });
  const header = [
    `// ${NOTE}`,
    '#pragma once',
    'struct ErrorRow { unsigned status; const char *code; const char *remedies; };',
    'inline constexpr ErrorRow errorRows[] = {',
    ...rows,
    '};',
    '',
  ];
  writeVersion();
  // Last: the build looks at this one.
  writeFileSync('build/generated/errors.h', header.join('\n'));
}

/** What reports say of who has made them, as src/base/version.ts has it. */
function writeVersion() {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  const text = `// Made by scripts/generate.mjs from package.json. Do not edit.\n#pragma once\ninline constexpr char SCANNER[] = "nix-ai-models ${version}";\n`;
  writeFileSync('build/generated/version.h', text);
}

function remedyLines(remedies) {
  return remedies.map((remedy) => `- ${remedy}`).join('\n');
}

/** Two functions from a status to the address of a text in UTF-8 that ends with a zero. */
function errorTexts(codes) {
  const lookup = (name, textOf) => [
    `export function ${name}(status: u32): usize {`,
    '  switch (status) {',
    ...codes.map(([code, row]) => `    case ${row.status}: return memory.data<u8>([${bytesOf(textOf(code, row))}]);`),
    '  }',
    '  return memory.data<u8>([0]);',
    '}',
  ];
  const lines = [
    ...lookup('errorCode', (code) => code),
    ...lookup('errorRemedies', (_, { remedies }) => remedyLines(remedies)),
  ];
  return [`// ${NOTE}`, ...lines, ''].join('\n');
}

function bytesOf(text) {
  return [...Buffer.from(text), 0].join(', ');
}
