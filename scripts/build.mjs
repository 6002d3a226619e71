// The build: a list of steps, each skipped while its output is newer than all of its inputs.
//
//   node scripts/build.mjs            everything that this machine can build
//   node scripts/build.mjs js wasm    only these steps (and nothing they depend on)

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildBundle } from './build-bundle.mjs';
import { buildTool } from './build-tool.mjs';
import { writeGenerated } from './generate.mjs';
import { SCANNER_SOURCES } from './generate-scanner.mjs';

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));

const bin = (name) => join('node_modules', '.bin', name);
const run = (command, ...args) =>
  execFileSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
const compileWasm = (entry, target) => run(bin('asc'), entry, '--config', 'asconfig.json', '--target', target);

/** Steps in dependency order. `inputs` may be folders: every file below them counts. */
const STEPS = [
  {
    name: 'generated',
    inputs: [
      'package.json',
      'src/base/error-codes.json',
      'src/spec/schema.json',
      'scripts/generate.mjs',
      'scripts/generate-tables.mjs',
      'scripts/generate-keras-names.mjs',
      'scripts/generate-pickle-names.mjs',
      'scripts/name-table.mjs',
      'scripts/generate-scan-rules.mjs',
      'scripts/generate-scanner.mjs',
      'scripts/generate-tf-ops.mjs',
      ...SCANNER_SOURCES,
      'wasm/pickle/names',
      'wasm/scan/keras-names.txt',
      'src/scan/rules.json',
    ],
    output: 'build/generated/errors.h',
    make: writeGenerated,
  },
  {
    name: 'wasm-scalar',
    inputs: ['wasm', 'asconfig.json', 'build/generated'],
    output: 'build/js/core.scalar.wasm',
    make: () => compileWasm('wasm/index.ts', 'scalar'),
  },
  {
    name: 'wasm-simd',
    inputs: ['wasm', 'asconfig.json', 'build/generated'],
    output: 'build/js/core.simd.wasm',
    make: () => compileWasm('wasm/index.ts', 'simd'),
  },
  {
    name: 'nix-wasm',
    inputs: ['wasm', 'asconfig.json', 'build/generated'],
    output: 'build/nix-wasm.wasm',
    make: () => compileWasm('wasm/nix/index.ts', 'nix-wasm'),
  },
  {
    name: 'component',
    inputs: ['wasm/wit', 'build/js/core.scalar.wasm', 'scripts/build-component.mjs'],
    output: 'build/component/core.js',
    // jco takes a while to load: only when it has something to do.
    make: async () => (await import('./build-component.mjs')).buildComponent(),
  },
  {
    name: 'js',
    inputs: ['src', 'scripts/build-bundle.mjs', 'scripts/undici-parts.mjs', 'package-lock.json'],
    output: 'build/js/cli.js',
    make: buildBundle,
  },
  {
    name: 'tool',
    inputs: ['build/js', 'scripts/build-tool.mjs', process.execPath],
    output: 'build/tool.json',
    make: buildTool,
  },
  {
    name: 'plugin',
    inputs: [
      'nix/plugin',
      'scripts/build-plugin.sh',
      'scripts/nix-headers.sh',
      'build/js/core.scalar.wasm',
      'build/generated/errors.h',
    ],
    // Another Nix needs another backend: its release is part of the name.
    output: `build/plugin/${nixRelease()}/backend.so`,
    make: () => run('sh', 'scripts/build-plugin.sh'),
  },
];

// The other Nix that the plugin is tested with, where its chroot was made.
if (existsSync('build/matrix/trixie/.complete')) {
  STEPS.push({
    name: 'plugin-matrix',
    inputs: [...(STEPS.at(-1)?.inputs ?? []), 'scripts/plugin-matrix.sh'],
    output: 'build/plugin/2.26/backend.so',
    make: () => run('sh', 'scripts/plugin-matrix.sh', 'prepare'),
  });
}

/** "2.8" of the Nix that is installed. */
function nixRelease() {
  try {
    const version = execFileSync('nix-instantiate', ['--version'], { encoding: 'utf8' });
    return /(\d+\.\d+)/.exec(version)?.[1] ?? 'unknown';
  } catch {
    return 'unknown';
  }
}

/** The newest modification time below a path, in milliseconds; 0 where there is nothing. */
function newest(path) {
  if (!existsSync(path)) return 0;
  const status = statSync(path);
  if (!status.isDirectory()) return status.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}

const chosen = process.argv.slice(2);
for (const step of STEPS) {
  if (chosen.length > 0 && !chosen.some((name) => step.name.startsWith(name))) continue;
  const built = existsSync(step.output) ? statSync(step.output).mtimeMs : -1;
  if (built >= Math.max(...step.inputs.map(newest))) continue;
  mkdirSync(dirname(step.output), { recursive: true });
  console.error(`build: ${step.name}`);
  await step.make();
}
