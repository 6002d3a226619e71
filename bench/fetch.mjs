// Fetch: a model of 1 GiB in four shards over loopback, from one server process that is the same for
// all. Ours is the command line from start to exit, as a Nix builder runs it: it lists the
// repository, downloads, checks every sha256 and syncs to the disk. curl and aria2c are told the
// addresses; curl's files are checked with sha256sum afterwards, aria2c checks them itself,
// snapshotDownload checks nothing, and none of the three syncs. The rows `.same-job` add what is
// missing: sha256sum and sync over the same files, right afterwards. bench/run.mjs calls run().

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeModel } from '../scripts/make-model.mjs';
import { inSequence, isInstalled, measureInSequence, measureProcess, startHub } from './fetch/process.mjs';
import { median, row } from './measure.mjs';

const GIB = 2 ** 30;
const ROUNDS = 3;
const REPO = 'bench/model';
const MEMORY_DISK = '/dev/shm';

const cli = fileURLToPath(new URL('../bin/nix-ai-model', import.meta.url));
const snapshot = fileURLToPath(new URL('fetch/snapshot.mjs', import.meta.url));

export async function run() {
  const folder = mkdtempSync(join(tmpdir(), 'nix-ai-models-bench-'));
  const model = join(folder, 'hub', REPO);
  makeModel(model, { bytes: GIB, shards: 4 });
  const hub = await startHub(join(folder, 'hub'));
  try {
    const disks = [['disk', folder], ...(hasSpace(MEMORY_DISK) ? [['memory', MEMORY_DISK]] : [])];
    const rows = [];
    for (const [name, disk] of disks) rows.push(...(await measureOn({ name, disk, hub: hub.url, model })));
    return rows;
  } finally {
    await hub.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A disk of memory takes the disk's speed out of the comparison. */
function hasSpace(directory) {
  if (!existsSync(directory)) return false;
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize > 4 * GIB;
}

async function measureOn({ name, disk, hub, model }) {
  const scratch = mkdtempSync(join(disk, 'nix-ai-models-bench-'));
  const found = {};
  try {
    const contestants = contestantsFor({ hub, files: filesOf(model) });
    // The first round is for warming up: it touches memory that the machine has never used before.
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [contestant, fetch] of Object.entries(contestants)) {
        const into = join(scratch, contestant.replace(/\W/g, ''));
        mkdirSync(into);
        const plain = await fetch(into);
        const steps = UNDONE[contestant] ?? [];
        const whole = inSequence([plain, await measureInSequence(steps.map((step) => stepIn(step, into)))]);
        rmSync(into, { recursive: true });
        const names = { plain: contestant, whole: [contestant, ...steps].join(' + ') };
        if (round > 0) (found[contestant] ??= { names, rounds: [] }).rounds.push({ plain, whole });
      }
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  const rowOf = (suffix, unit, which, make) => {
    const entries = Object.values(found).map(({ names, rounds }) => {
      return [names[which], make(rounds.map((round) => round[which]))];
    });
    const id = `fetch.1-gib-to-${name}${suffix}`;
    return row({ id, unit, better: 'less', ours: 'ours', found: Object.fromEntries(entries) });
  };
  const time = (list) => median(list.map(({ seconds }) => seconds));
  return [
    rowOf('', 's', 'plain', time),
    rowOf('.same-job', 's', 'whole', time),
    rowOf('.cpu', 'CPU s', 'plain', (list) => median(list.map(({ cpuSeconds }) => cpuSeconds))),
    rowOf('.peak-memory', 'MiB', 'plain', (list) => Math.max(...list.map(({ mebibytes }) => mebibytes))),
  ];
}

/** What of our job a contestant has not done when it ends. */
const UNDONE = {
  'curl -Z + sha256sum': ['sync'],
  snapshotDownload: ['sha256sum', 'sync'],
  aria2c: ['sync'],
};

/** Over every file, wherever the contestant has put it. */
function stepIn(step, into) {
  const command = step === 'sync' ? ['sync', '-d'] : [step];
  return { words: ['find', '.', '-type', 'f', '-exec', ...command, '{}', '+'], options: { cwd: into } };
}

function filesOf(model) {
  return readdirSync(model).map((path) => {
    const [sha256] = execFileSync('sha256sum', [join(model, path)], { encoding: 'utf8' }).split(' ');
    return { path, sha256 };
  });
}

/** Each fetches everything into an empty directory. */
function contestantsFor({ hub, files }) {
  const addressOf = (path) => `${hub}/${REPO}/resolve/main/${path}`;
  const contestants = {
    ours: (into) => measureProcess([process.execPath, cli, 'build'], { env: builderEnvironment(hub, into) }),
    'curl -Z + sha256sum': (into) => {
      const outputs = files.flatMap(({ path }) => ['-o', path, addressOf(path)]);
      const curl = ['curl', '--silent', '--show-error', '--fail', '-L', '-Z', ...outputs];
      const check = ['sha256sum', ...files.map(({ path }) => path)];
      return measureInSequence([curl, check].map((words) => ({ words, options: { cwd: into } })));
    },
    snapshotDownload: (into) => measureProcess([process.execPath, snapshot, hub, REPO, into]),
    aria2c: (into) => {
      const entry = ({ path, sha256 }) => `${addressOf(path)}\n  out=${path}\n  checksum=sha-256=${sha256}\n`;
      writeFileSync(`${into}.list`, files.map(entry).join(''));
      const speed = ['-x8', '-s8', '-j8', '--min-split-size=8M', '--file-allocation=none'];
      return measureProcess(['aria2c', '--quiet', ...speed, '--dir', into, '--input-file', `${into}.list`]);
    },
  };
  const missing = ['curl', 'aria2c'].filter((command) => !isInstalled(command));
  for (const command of missing) console.error(`bench: fetch: without ${command}, which is not installed`);
  const isHere = ([name]) => !missing.some((command) => name.startsWith(command));
  return Object.fromEntries(Object.entries(contestants).filter(isHere));
}

function builderEnvironment(hub, into) {
  const spec = JSON.stringify({ source: { huggingface: { repo: REPO } } });
  return { PATH: process.env.PATH, HF_ENDPOINT: hub, out: join(into, 'out'), spec, TMPDIR: into };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await run());
