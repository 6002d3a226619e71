// What bench/builtin.mjs evaluates: a private store full of small models and files, and for each
// builtin a Nix file that calls it on every one of them.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A store of the bench's own: thousands of paths have no business in the machine's. */
export function privateStore(folder) {
  const at = (name) => join(folder, name);
  return {
    NIX_STORE_DIR: at('store'),
    NIX_STATE_DIR: at('state'),
    NIX_LOG_DIR: at('log'),
    NIX_REMOTE: 'local',
    // The first round fills it: each model is scanned once.
    NIX_AI_MODELS_CACHE: at('cache'),
    NIX_AI_MODELS_HELPER: '/no-helper-in-this-bench',
  };
}

/** Fills the store and writes one Nix file for each way of calling: each calls `calls` times. */
export function writePrograms(folder, environment, calls) {
  const models = Array.from({ length: calls }, (_, index) => writeModel(folder, index));
  const add = (words, paths) => ask(['nix-store', ...words], paths, environment);
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
  for (const [name, texts] of Object.entries(lines)) {
    programs[name] = join(folder, `${name}.nix`);
    const sum = `builtins.foldl' (sum: x: sum + builtins.stringLength "\${x}") 0`;
    writeFileSync(programs[name], `${sum} [\n${texts.join('\n')}\n]\n`);
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

/** In the SRI form, in which a spec is usually written. */
function narHashes(paths, environment) {
  const found = ask(['nix-store', '--query', '--hash'], paths, environment);
  return ask(['nix', '--extra-experimental-features', 'nix-command', 'hash', 'to-sri'], found, environment);
}

/** The lines that a command prints about so many paths; in portions, since a command line has an end. */
function ask([command, ...words], paths, env) {
  const lines = [];
  for (let from = 0; from < paths.length; from += 1000) {
    const portion = paths.slice(from, from + 1000);
    const output = execFileSync(command, [...words, ...portion], { env, encoding: 'utf8' });
    lines.push(...output.trim().split('\n'));
  }
  return lines;
}
