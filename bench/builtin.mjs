// Cached calls in one evaluation: builtins.fetchModel beside builtins.fetchurl and
// builtins.storePath, each on store paths of its own that are valid already, so that nothing is
// fetched and nothing is remembered from one call to the next. And what the plugin adds to every
// start of nix. bench/run.mjs calls run(); by itself it prints the rows.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CALLS = 1000;
const ROUNDS = 7;
const plugin = fileURLToPath(new URL('../build/plugin/nix-ai-models.so', import.meta.url));

export async function run() {
  if (!existsSync(plugin)) {
    console.error('bench: builtin: skipped, because the plugin is not built for the Nix that is installed');
    return [];
  }
  const folder = mkdtempSync(join(tmpdir(), 'nix-ai-models-bench-'));
  // A store of the bench's own: thousands of paths have no business in the machine's.
  const environment = { ...process.env, ...privateStore(folder) };
  try {
    const programs = writePrograms(folder, environment);
    return measure(programs, environment);
  } finally {
    execFileSync('chmod', ['-R', 'u+w', folder]);
    rmSync(folder, { recursive: true, force: true });
  }
}

function privateStore(folder) {
  const at = (name) => join(folder, name);
  return {
    NIX_STORE_DIR: at('store'),
    NIX_STATE_DIR: at('state'),
    NIX_LOG_DIR: at('log'),
    NIX_REMOTE: 'local',
    NIX_AI_MODELS_HELPER: '/no-helper-in-this-bench',
  };
}

/** Fills the store and writes one Nix file for each way of calling. */
function writePrograms(folder, environment) {
  const models = Array.from({ length: CALLS }, (_, index) => writeModel(folder, index));
  const add = (words, paths) =>
    execFileSync('nix-store', [...words, ...paths], { env: environment, encoding: 'utf8' }).trim().split('\n');
  const trees = add(['--add-fixed', '--recursive', 'sha256'], models.map(({ directory }) => directory));
  add(['--add-fixed', 'sha256'], models.map(({ file }) => file));
  const hashes = narHashes(trees, environment);

  const lines = {
    baseline: models.map(({ name }) => `"${name}"`),
    fetchModel: models.map(
      ({ name }, index) =>
        `(builtins.fetchModel { source.huggingface = { repo = "org/${name}"; revision = "v1"; }; hash = "${hashes[index]}"; })`,
    ),
    fetchurl: models.map(
      ({ file, name, sha256 }) =>
        `(builtins.fetchurl { url = "https://example.org/${name}"; sha256 = "${sha256}"; name = "${file.split('/').pop()}"; })`,
    ),
    storePath: trees.map((path) => `(builtins.storePath ${path})`),
  };
  const programs = {};
  for (const [name, calls] of Object.entries(lines)) {
    programs[name] = join(folder, `${name}.nix`);
    const sum = `builtins.foldl' (sum: x: sum + builtins.stringLength "\${x}") 0`;
    writeFileSync(programs[name], `${sum} [\n${calls.join('\n')}\n]\n`);
  }
  return programs;
}

function writeModel(folder, index) {
  const name = `bench-model-${index}`;
  const directory = join(folder, 'trees', name);
  const content = `{"model":${index}}`;
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'config.json'), content);
  const file = join(folder, 'trees', `bench-file-${index}`);
  writeFileSync(file, content);
  return { name, directory, file, sha256: createHash('sha256').update(content).digest('hex') };
}

function narHashes(paths, environment) {
  const command = ['--query', '--hash', ...paths];
  const found = execFileSync('nix-store', command, { env: environment, encoding: 'utf8' });
  // "sha256:" and base-32, where a spec is usually written with the SRI form.
  const toSri = ['--extra-experimental-features', 'nix-command', 'hash', 'to-sri'];
  const sri = execFileSync('nix', [...toSri, ...found.trim().split('\n')], { encoding: 'utf8' });
  return sri.trim().split('\n');
}

/** The best of several runs of each program, taken in turn so that a busy moment hits all alike. */
function measure(programs, environment) {
  const best = {};
  const time = (name, words) => {
    const start = process.hrtime.bigint();
    execFileSync('nix-instantiate', words, { env: environment, stdio: ['ignore', 'ignore', 'inherit'] });
    const microseconds = Number(process.hrtime.bigint() - start) / 1000;
    best[name] = Math.min(best[name] ?? Infinity, microseconds);
  };
  const withPlugin = ['--option', 'plugin-files', plugin];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, file] of Object.entries(programs)) time(name, [...withPlugin, '--eval', file]);
    time('start', ['--eval', '-E', '1']);
    time('startWithPlugin', [...withPlugin, '--eval', '-E', '1']);
  }
  const perCall = (name) => (best[name] - best.baseline) / CALLS;
  return [
    row('builtin-cached-call', 'µs per call', perCall('fetchModel'), {
      'builtins.fetchurl': perCall('fetchurl'),
      'builtins.storePath': perCall('storePath'),
    }),
    row('plugin-start', 'ms per nix start', best.startWithPlugin / 1000, { 'nix without plugin': best.start / 1000 }),
  ];
}

/** Less is better here: a ratio above 1 says that ours takes less. */
function row(id, unit, ours, peers) {
  const round = (value) => Math.round(value * 1000) / 1000;
  const each = (make) =>
    Object.fromEntries(Object.entries(peers).map(([name, value]) => [name, round(make(value))]));
  return { id, unit, ours: round(ours), peers: each((value) => value), ratio: each((value) => value / ours) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await run());
