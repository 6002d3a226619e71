// The main job on real input, with commentary: make a model, serve it, lock it, fetch it into the
// Nix store by one expression, and see a flipped byte refused. `npm run quickstart` comes here
// after the set-up. Everything it makes lies in one temporary folder; it leaves nothing running.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readlinkSync, readSync, rmSync, statSync, writeSync, closeSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { makeModel } from './make-model.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const CLI = join(ROOT, 'bin/nix-ai-model');
const PLUGIN = join(ROOT, 'build/plugin/nix-ai-models.so');
const NIX = ['--extra-experimental-features', 'nix-command flakes', '--option', 'substituters', ''];
const MODEL_BYTES = 64 * 2 ** 20;
const folder = mkdtempSync(join(tmpdir(), 'quickstart-'));
const model = join(folder, 'model');
const summary = [];

const say = (text) => console.log(`\n\x1b[1m${text}\x1b[0m`);
const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

/** Runs a command as a user would, shows it, and returns what it printed with its time. */
function run(command, args, { environment = {}, show = true, expectFailure = false } = {}) {
  const assignments = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const words = [...assignments, ...[command, ...args].map(quote)];
  if (show) console.log(`$ ${words.join(' ').replaceAll(ROOT, '.')}`);
  const begin = performance.now();
  const env = { ...process.env, HF_ENDPOINT: hub.url, NIX_AI_MODELS_CACHE: join(folder, 'cache'), ...environment };
  const result = spawnSync(command, args, { cwd: folder, env, encoding: 'utf8' });
  const seconds = (performance.now() - begin) / 1000;
  if (result.error) throw result.error;
  const failed = result.status !== 0;
  if (failed !== expectFailure) {
    throw new Error(`${command} exited with ${result.status}:\n${result.stdout}${result.stderr}`);
  }
  return { stdout: result.stdout.trim(), stderr: result.stderr.trim(), seconds };
}

const quote = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
const remember = (what, { seconds }, note) => summary.push({ what, time: `${seconds.toFixed(2)} s`, note });
const isValid = (path) => spawnSync('nix-store', ['--check-validity', path]).status === 0;

/** Starts `nix-ai-model serve`; counts what it sends, from its access log. */
async function startHub() {
  const child = spawn(CLI, ['serve', `demo/tiny-llama=${model}`, '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const served = { weightBytes: 0, requests: 0 };
  createInterface(child.stderr).on('line', (line) => {
    const entry = /^(GET|HEAD|POST) (\S+) \d+ (\d+)/.exec(line);
    if (!entry) return;
    served.requests += 1;
    if (/\.safetensors(\?|$)/.test(entry[2])) served.weightBytes += Number(entry[3]);
  });
  const lines = createInterface(child.stdout);
  const [line] = await Promise.race([once(lines, 'line'), once(child, 'exit').then(() => ['{}'])]);
  return { url: JSON.parse(line).url, child, served };
}

/** Waits until the hub's log lines of the finished requests have arrived. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 200));

function flipOneByte(file) {
  const descriptor = openSync(file, 'r+');
  const byte = Buffer.alloc(1);
  const position = Math.floor(statSync(file).size / 2);
  readSync(descriptor, byte, 0, 1, position);
  byte[0] ^= 1;
  writeSync(descriptor, byte, 0, 1, position);
  closeSync(descriptor);
}

let hub;
try {
  say('1. A model: a small Llama in four safetensors shards, made here, the same bytes every time');
  const made = makeModel(model, { shards: 4, bytes: MODEL_BYTES });
  console.log(`${made.files.length} files, ${mib(made.totalSize)}`);

  say('2. A hub: nix-ai-model serves it as huggingface.co would; HF_ENDPOINT points there');
  hub = await startHub();
  console.log(`serving demo/tiny-llama at ${hub.url}`);

  say('3. Lock: every file is pinned by its sha256, and no weight is downloaded for it');
  const lock = run(CLI, ['lock', 'tiny-llama=huggingface:demo/tiny-llama']);
  await settle();
  if (hub.served.weightBytes !== 0) throw new Error(`${hub.served.weightBytes} weight bytes were fetched`);
  console.log(`models.lock.json written; ${hub.served.requests} requests, 0 bytes of weights`);
  remember('lock', lock, 'no weight byte fetched');

  // The hash that a publisher would give: Nix's own, of the files as they are on the disk.
  const hash = run('nix', [...NIX, 'hash', 'path', model], { show: false }).stdout;
  const spec = `{ name = "tiny-llama"; source = "huggingface:demo/tiny-llama"; hash = "${hash}"; }`;
  const evaluate = ['--option', 'plugin-files', PLUGIN, 'eval', '--raw', '--expr', `builtins.fetchModel ${spec}`];
  const known = run(CLI, ['path', 'huggingface:demo/tiny-llama', '--name', 'tiny-llama', '--hash', hash], { show: false });
  const storePath = known.stdout;
  // An earlier quickstart leaves the same path: away with it, or there would be nothing to fetch.
  if (isValid(storePath)) run('nix-store', ['--delete', storePath], { show: false });

  say('4. Fetch: one expression, evaluated by Nix with the plugin, puts the model into the store');
  const fetched = run('nix', [...NIX, ...evaluate]);
  console.log(fetched.stdout);
  if (fetched.stdout !== storePath) throw new Error(`wanted ${storePath}`);
  remember('builtins.fetchModel', fetched, `${mib(made.totalSize)} into the store`);

  say('5. Again: the path is valid, so the evaluator answers alone. No process, no network:');
  const dead = { HF_ENDPOINT: 'http://127.0.0.1:1', NIX_AI_MODELS_HELPER: '/nowhere' };
  const again = run('nix', [...NIX, ...evaluate], { environment: dead });
  console.log(again.stdout);
  remember('the same call again', again, 'hub unreachable, helper missing');

  say('6. Without the plugin: lib.fetchModel as an ordinary build, scanned, is a link to the same store path');
  run('nix-store', ['--delete', storePath], { show: false });
  const expression = `(import ${ROOT}/nix { }).lib.fetchModel ${spec}`;
  const built = run('nix-build', ['--option', 'substituters', '', '--no-out-link', '-E', expression]);
  console.log(`${built.stdout} -> ${readlinkSync(built.stdout)}`);
  if (readlinkSync(built.stdout) !== storePath) throw new Error(`wanted ${storePath}`);
  remember('nix-build of lib.fetchModel', built, 'the same store path');

  say('7. One flipped byte on the hub: refused, and nothing enters the store');
  run('nix-store', ['--delete', built.stdout, storePath], { show: false });
  flipOneByte(join(model, made.files.find(({ path }) => path.includes('00002-of')).path));
  const refused = run('nix', [...NIX, ...evaluate], { expectFailure: true });
  console.log(refused.stderr);
  if (!refused.stderr.includes('HASH_MISMATCH') || isValid(storePath) || existsSync(storePath)) {
    throw new Error('the changed model was not refused');
  }
  remember('a flipped byte', refused, 'refused, the store is unchanged');

  say('What happened');
  for (const { what, time, note } of summary) console.log(`  ${what.padEnd(28)} ${time.padStart(8)}   ${note}`);
  console.log(`  ${'store path'.padEnd(28)} ${''.padStart(8)}   ${storePath}`);
  console.log('\nNext: README.md shows the same with a model of your own.');
} finally {
  if (hub) {
    hub.child.kill('SIGTERM');
    await once(hub.child, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
}
