// Cached calls in one evaluation: builtins.fetchModel beside builtins.fetchurl and
// builtins.storePath, each on store paths of its own that are valid already, so that nothing is
// fetched and nothing is remembered from one call to the next; inspectModel on a header of
// 100,000 tensors beside builtins.fromJSON of the same text; and what the plugin adds to every start of nix.
// bench/run.mjs calls run(); by itself it prints the rows.
//
// One call costs microseconds: it is the difference between a program with thousands of calls and
// one without, of processor time (which a busy machine disturbs little) and of elapsed time.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { privateStore, writePrograms } from './builtin/programs.mjs';
import { inTurn, median, row } from './measure.mjs';

const CALLS = 5000;
const ROUNDS = 9;
/** One start takes some 20 ms: many of them, to see the difference of a fraction. */
const STARTS = 20;
/** Tensors of the header that is inspected: more than any model has. */
const TENSORS = 100_000;
const plugin = fileURLToPath(new URL('../build/plugin/nix-ai-models.so', import.meta.url));
const withPlugin = ['--option', 'plugin-files', plugin];
const newCommand = ['nix', '--extra-experimental-features', 'nix-command'];

/** How people evaluate. */
const MODES = {
  'nix eval': (file) => [...newCommand, ...withPlugin, 'eval', '--impure', '--file', file],
  'nix-instantiate --eval': (file) => ['nix-instantiate', ...withPlugin, '--eval', file],
};

/** Programs of writePrograms, and what the report calls them. */
const CONTESTANTS = {
  fetchModel: 'ours',
  fetchurl: 'builtins.fetchurl',
  storePath: 'builtins.storePath',
};

export async function run() {
  if (!existsSync(plugin)) {
    console.error('bench: builtin: skipped, because the plugin is not built for the Nix that is installed');
    return [];
  }
  const folder = mkdtempSync(join(tmpdir(), 'nix-ai-models-bench-'));
  const environment = { ...process.env, ...privateStore(folder) };
  try {
    const programs = writePrograms(folder, environment, CALLS);
    const rows = [];
    for (const mode of Object.keys(MODES)) rows.push(...measureCalls(mode, programs, environment));
    return [...rows, await measureInspect(folder, environment), await measureStart(environment)];
  } finally {
    execFileSync('chmod', ['-R', 'u+w', folder]);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Two rows: processor time and elapsed time of one call, as the difference from a program without. */
function measureCalls(mode, programs, environment) {
  const samples = [];
  for (let round = 0; round < ROUNDS; round++) {
    const sample = {};
    for (const [name, file] of Object.entries(programs)) sample[name] = time(MODES[mode](file), environment);
    samples.push(sample);
  }
  return ['cpu', 'elapsed'].map((kind) => {
    const found = {};
    for (const [name, label] of Object.entries(CONTESTANTS)) {
      const differences = samples.map((sample) => sample[name][kind] - sample.baseline[kind]);
      found[label] = (median(differences) * 1e6) / CALLS;
    }
    if (Math.min(...Object.values(found)) <= 0) throw new Error('this machine is too busy to measure a call');
    const id = `builtin.cached-call.${mode.replaceAll(/[^a-z]+/g, '-')}.${kind}`;
    return row({ id, unit: `µs per call, ${kind} time, ${mode}`, better: 'less', ours: 'ours', found });
  });
}

/** The same header twice: in front of its (sparse) tensors, and as a file of its own. */
async function measureInspect(folder, environment) {
  const [model, json] = [join(folder, 'large.safetensors'), join(folder, 'header.json')];
  const bytes = 256;
  const tensor = (_, index) => {
    const data_offsets = [index * bytes, (index + 1) * bytes];
    return [`model.layers.${index}.mlp.weight`, { dtype: 'BF16', shape: [16, 8], data_offsets }];
  };
  const header = JSON.stringify(Object.fromEntries(Array.from({ length: TENSORS }, tensor)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  writeFileSync(json, header);
  writeFileSync(model, Buffer.concat([length, Buffer.from(header)]));
  truncateSync(model, 8 + header.length + TENSORS * bytes);
  const evaluated = (expression) => () =>
    time([...newCommand, ...withPlugin, 'eval', '--impure', '--expr', expression], environment).cpu * 1000;
  const contestants = {
    ours: evaluated(`(builtins.inspectModel ${model}).parameters`),
    'ours, each tensor listed': evaluated(`builtins.length (builtins.inspectModel ${model}).tensorList`),
    'builtins.fromJSON': evaluated(`builtins.length (builtins.attrNames (builtins.fromJSON (builtins.readFile ${json})))`),
  };
  const found = await inTurn(contestants, ROUNDS);
  return row({ id: 'builtin.inspect-100000-tensors', unit: 'ms cpu time per nix eval', better: 'less', ours: 'ours', found });
}

async function measureStart(environment) {
  const starts = (words) => () => {
    const command = [...newCommand, ...words, 'eval', '--expr', '1'];
    const times = Array.from({ length: STARTS }, () => time(command, environment).cpu);
    return (times.reduce((sum, each) => sum + each, 0) / STARTS) * 1000;
  };
  const found = await inTurn({ ours: starts(withPlugin), 'nix without plugin': starts([]) }, ROUNDS);
  return row({ id: 'builtin.plugin-start', unit: 'ms cpu time per nix start', better: 'less', ours: 'ours', found });
}

/** Seconds of a command: the processor's, in and out of the kernel, and the clock's. */
function time(words, env) {
  // bash's keyword counts in milliseconds, which no interface of Node.js does for a child.
  const script = 'TIMEFORMAT="%3U %3S %3R"; time "$@" >/dev/null';
  const { status, stderr } = spawnSync('bash', ['-c', script, 'bash', ...words], { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${words.join(' ')}: ${stderr}`);
  const [user, system, elapsed] = stderr.trim().split('\n').at(-1).split(' ').map(Number);
  return { cpu: user + system, elapsed };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await run());
