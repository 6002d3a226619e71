// Hashing. In memory, one core: the WASM core beside node:crypto, with and without the processor's
// SHA instructions, and hash-wasm. Whole files from the page cache: hashFiles beside `sha256sum`.

import { execFile, execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createSHA256 } from 'hash-wasm';
import { hashFiles } from '../build/js/index.js';
import { inTurn, row, seconds } from './measure.mjs';

const MIB = 2 ** 20;
/** Small enough for a core's second-level cache: this is about computing, not about memory. */
const SAMPLE_BYTES = 256 * 1024;
const SAMPLE_MS = 300;
const FILE_BYTES = 96 * MIB;
const FILES_PER_CORE = 4;

/** Without the SHA instructions; everything else stays as OpenSSL finds it. */
const NO_SHA = { OPENSSL_ia32cap: ':~0x20000000', OPENSSL_armcap: '0x1' };

const execute = promisify(execFile);

export async function run() {
  return [...(await inMemory()), ...(await wholeFiles())];
}

async function inMemory() {
  const peer = await createSHA256();
  const data = randomBytes(SAMPLE_BYTES);
  const peers = {
    'hash-wasm': () => rate(() => peer.init().update(data).digest()),
    'node:crypto': nativeRate,
    ...(await withoutShaInstructions()),
  };
  const one = await inTurn({ ours: scalarRate(data), ...peers });
  const four = await inTurn({ ours: lanesRate(data), ...peers });
  const shape = { unit: 'MiB/s, one core, in memory', better: 'more', ours: 'ours' };
  return [
    row({ id: 'hash.simd-four-messages', ...shape, found: four }),
    row({ id: 'hash.scalar-one-message', ...shape, found: one }),
  ];
}

/** Mebibytes per second of a function that hashes SAMPLE_BYTES. */
function rate(hash) {
  const end = performance.now() + SAMPLE_MS;
  const start = performance.now();
  let count = 0;
  do {
    hash();
    count++;
  } while (performance.now() < end);
  return (count * SAMPLE_BYTES) / MIB / ((performance.now() - start) / 1000);
}

export function nativeRate() {
  const data = Buffer.alloc(SAMPLE_BYTES, 1);
  return rate(() => createHash('sha256').update(data).digest());
}

/** A child process, because OpenSSL looks at its environment once. Nothing where it has no effect. */
async function withoutShaInstructions() {
  const program = `import { nativeRate } from ${JSON.stringify(import.meta.url)}; console.log(nativeRate());`;
  const measure = async (environment) => {
    const words = ['--input-type=module', '--eval', program];
    const { stdout } = await execute(process.execPath, words, { env: { ...process.env, ...environment } });
    return Number(stdout);
  };
  const found = await inTurn({ with: () => measure({}), without: () => measure(NO_SHA) }, 3);
  if (found.without < found.with * 0.8) return { 'node:crypto without SHA instructions': () => measure(NO_SHA) };
  console.error('bench: hash: this processor has no SHA instructions, or OpenSSL cannot be told not to use them');
  return {};
}

function instantiate(build) {
  const file = fileURLToPath(new URL(`../build/js/core.${build}.wasm`, import.meta.url));
  return new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file))).exports;
}

function scalarRate(data) {
  const core = instantiate('scalar');
  const ptr = core.reserve(data.length);
  const state = core.hashopen(0);
  new Uint8Array(core.memory.buffer).set(data, ptr);
  return () => rate(() => core.hashupdate(state, ptr, data.length));
}

function lanesRate(data) {
  const core = instantiate('simd');
  const ptr = core.reserve(data.length);
  const table = core.lanesopen();
  new Uint8Array(core.memory.buffer).set(data, ptr);
  const step = data.length / 4;
  return () =>
    rate(() => core.lanesrun(table, ptr, ptr + step, ptr + 2 * step, ptr + 3 * step, step / 64));
}

async function wholeFiles() {
  const cores = availableParallelism();
  const directory = mkdtempSync(join(tmpdir(), 'nix-ai-models-bench-'));
  try {
    const content = randomBytes(FILE_BYTES);
    const files = Array.from({ length: FILES_PER_CORE * cores }, (_, index) => {
      const path = join(directory, `shard-${index}.bin`);
      writeFileSync(path, content);
      return { path, size: FILE_BYTES };
    });
    return [...(await fileRows(files.slice(0, FILES_PER_CORE), 1)), ...(await fileRows(files, cores))];
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The command gets as many processes as we get threads. */
async function fileRows(files, workers) {
  const paths = files.map(({ path }) => path).join('\n');
  const each = async (work) => (files.length * FILE_BYTES) / MIB / (await seconds(work));
  const { auto, wasm, ...peers } = await inTurn({
    auto: () => each(() => hashFiles(files, { engine: 'auto', workers })),
    wasm: () => each(() => hashFiles(files, { engine: 'wasm', workers })),
    'node:crypto in as many threads': () => each(() => hashFiles(files, { engine: 'native', workers })),
    [workers === 1 ? 'sha256sum' : 'sha256sum in as many processes']: () =>
      each(() => execFileSync('xargs', ['-P', String(workers), '-n', '1', 'sha256sum'], { input: paths })),
  });
  const cores = workers === 1 ? 'one-core' : 'all-cores';
  const unit = `MiB/s, ${files.length} files of ${FILE_BYTES / MIB} MiB, ${workers} ${workers === 1 ? 'core' : 'cores'}`;
  return [
    row({ id: `hash.files-auto-${cores}`, unit, better: 'more', ours: 'auto', found: { auto, ...peers } }),
    row({ id: `hash.files-wasm-${cores}`, unit, better: 'more', ours: 'wasm', found: { wasm, ...peers } }),
  ];
}
