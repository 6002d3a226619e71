// npm run bench [-- SUITE…]: runs the suites, prints each row with its ratios, and writes
// bench/results/<arch>.json. A suite is a module bench/<suite>.mjs whose run() returns rows of
// { id, unit, ours, peers: {name: value}, ratio: {name: value} }. With suites named, their rows
// replace those of the last run and the other suites' rows stay.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, machine as architecture, release, totalmem, type } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { formatRows } from './table.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
/** Modules of this folder that are no suites. */
const PARTS = ['run', 'measure', 'table'];

const suites = readdirSync(here)
  .filter((name) => name.endsWith('.mjs'))
  .map((name) => name.slice(0, -4))
  .filter((name) => !PARTS.includes(name));

const { positionals } = parseArgs({ allowPositionals: true });
const unknown = positionals.filter((name) => !suites.includes(name));
if (unknown.length > 0) {
  console.error(`bench: no suite ${unknown.join(', ')}; there are ${suites.join(', ')}`);
  process.exit(2);
}

const results = [];
for (const suite of positionals.length > 0 ? positionals : suites) {
  console.error(`bench: ${suite}`);
  const { run } = await import(`./${suite}.mjs`);
  const rows = (await run()).map((row) => ({ suite, ...row }));
  console.log(formatRows(rows));
  results.push({ suite, rows });
}
save(results);

function save(fresh) {
  const file = `${here}results/${architecture()}.json`;
  const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).rows : [];
  const replaced = new Set(fresh.map(({ suite }) => suite));
  const kept = before.filter(({ suite }) => !replaced.has(suite) && suites.includes(suite));
  const rows = [...kept, ...fresh.flatMap(({ rows }) => rows)].sort(bySuite);
  mkdirSync(`${here}results`, { recursive: true });
  writeFileSync(file, `${JSON.stringify({ machine: machine(), date: new Date().toISOString(), rows }, null, 2)}\n`);
  console.error(`bench: wrote bench/results/${architecture()}.json`);
}

/** The order of the suites, whichever of them ran last; a suite's rows stay in their order. */
function bySuite(a, b) {
  return suites.indexOf(a.suite) - suites.indexOf(b.suite);
}

function machine() {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    os: distribution(),
    node: process.version,
    openssl: process.versions.openssl,
    nix: version('nix'),
  };
}

function distribution() {
  const file = '/etc/os-release';
  const name = existsSync(file) ? /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync(file, 'utf8'))?.[1] : undefined;
  return `${name ?? type()}, ${type()} ${release()}`;
}

function version(command) {
  try {
    return execFileSync(command, ['--version'], { encoding: 'utf8' }).trim();
  } catch {
    return 'not installed';
  }
}
