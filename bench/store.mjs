// Into the store: 1 GiB as four flat files, and as one tree. Ours streams to the daemon's protocol
// and verifies against the wanted hash on the way; Nix's own commands take what they are given. Each
// run gets a fresh store on the same disk. bench/run.mjs calls run().

import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../build/js/index.js';
import { inTurn, row, seconds } from './measure.mjs';

const FILES = 4;
const FILE_BYTES = 256 * 2 ** 20;
const ROUNDS = 3;

export async function run() {
  const folder = mkdtempSync(join(tmpdir(), 'nix-ai-models-bench-'));
  try {
    const { directory, files } = writeModel(folder);
    const sri = `sha256:${nix(freshStore(folder), 'nix-hash', '--type', 'sha256', directory)}`;
    const newNix = ['nix', '--extra-experimental-features', 'nix-command', 'store'];
    const command = (...words) => () => timed(folder, (environment) => nix(environment, ...words));
    const each = (...words) => () =>
      timed(folder, (environment) => files.forEach(({ file }) => nix(environment, ...words, file)));
    const flat = await inTurn(
      {
        ours: () => timedOurs(folder, (store) => addFiles(store, files)),
        'nix-store --add-fixed': command('nix-store', '--add-fixed', 'sha256', ...files.map(({ file }) => file)),
        'nix store add-file': each(...newNix, 'add-file'),
      },
      ROUNDS,
    );
    const tree = await inTurn(
      {
        ours: () => timedOurs(folder, (store) => store.addTree({ name: 'model', directory, narHash: sri })),
        'nix-store --add-fixed --recursive': command('nix-store', '--add-fixed', '--recursive', 'sha256', directory),
        'nix-store --add': command('nix-store', '--add', directory),
        'nix store add-path': command(...newNix, 'add-path', directory),
      },
      ROUNDS,
    );
    const shape = { unit: 's for 1 GiB', better: 'less', ours: 'ours' };
    return [
      row({ id: 'store.four-flat-files', ...shape, found: flat }),
      row({ id: 'store.one-tree', ...shape, found: tree }),
    ];
  } finally {
    removeTree(folder);
  }
}

function writeModel(folder) {
  const directory = join(folder, 'model');
  mkdirSync(directory);
  const files = Array.from({ length: FILES }, (_, index) => {
    const file = join(directory, `shard-${index}.bin`);
    const content = randomBytes(FILE_BYTES);
    writeFileSync(file, content);
    return { name: `shard-${index}.bin`, file, sha256: createHash('sha256').update(content).digest('hex') };
  });
  return { directory, files };
}

async function addFiles(store, files) {
  for (const file of files) await store.addFile(file);
}

async function timedOurs(folder, work) {
  return timed(folder, async (environment) => {
    const store = await openStore({ environment });
    await work(store);
    await store.close();
  });
}

async function timed(folder, work) {
  const environment = freshStore(folder);
  // What the last contestant left to be written must not be this one's load.
  execFileSync('sync');
  return seconds(() => work(environment));
}

function freshStore(folder) {
  const at = (name) => join(folder, 'private', name);
  removeTree(at(''));
  const environment = {
    ...process.env,
    NIX_STORE_DIR: at('store'),
    NIX_STATE_DIR: at('state'),
    NIX_LOG_DIR: at('log'),
    NIX_REMOTE: 'local',
  };
  mkdirSync(at('store'), { recursive: true });
  nix(environment, 'nix-store', '--init');
  return environment;
}

function nix(environment, command, ...words) {
  const stdio = ['ignore', 'pipe', 'ignore'];
  return execFileSync(command, words, { env: environment, encoding: 'utf8', stdio }).trim();
}

/** A store's directories are read-only. */
function removeTree(folder) {
  execFileSync('sh', ['-c', 'test ! -e "$1" || { chmod -R u+w "$1" && rm -rf "$1"; }', 'sh', folder]);
}
