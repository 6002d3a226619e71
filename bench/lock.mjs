// Lock: a repository of 1,000 small files over loopback. The hub publishes no sha256 for such files,
// so whoever pins them has to fetch them: ours lists, fetches, checks the git blob ids, hashes and
// writes the lock file. No peer makes such a file; they do the part of the work that they can:
// snapshotDownload lists and fetches, curl fetches from a list it is given and sha256sum hashes.
// bench/run.mjs calls run().

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeRepository } from '../scripts/make-model.mjs';
import { isInstalled, measureInSequence, measureProcess, startHub } from './fetch/process.mjs';
import { inTurn, row } from './measure.mjs';

const FILES = 1000;
const ROUNDS = 3;
const REPO = 'bench/many-files';

const cli = fileURLToPath(new URL('../bin/nix-ai-model', import.meta.url));
const snapshot = fileURLToPath(new URL('fetch/snapshot.mjs', import.meta.url));

export async function run() {
  const folder = mkdtempSync(join(tmpdir(), 'nix-ai-models-bench-'));
  const { files } = makeRepository(join(folder, 'hub', REPO), { files: FILES });
  const hub = await startHub(join(folder, 'hub'));
  try {
    const found = await inTurn(contestantsFor({ hub: hub.url, files, folder }), ROUNDS);
    return [row({ id: 'lock.1000-small-files', unit: 's', better: 'less', ours: 'ours', found })];
  } finally {
    await hub.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function contestantsFor({ hub, files, folder }) {
  const inEmptyDirectory = async (fetch) => {
    const into = mkdtempSync(join(folder, 'into-'));
    const { seconds } = await fetch(into);
    rmSync(into, { recursive: true });
    return seconds;
  };
  const contestants = {
    ours: (into) => {
      const env = { PATH: process.env.PATH, HF_ENDPOINT: hub, HOME: into, NIX_AI_MODELS_CACHE: join(into, 'cache') };
      const words = ['lock', `huggingface:${REPO}`, '--lock', join(into, 'models.lock.json'), '--quiet'];
      return measureProcess([process.execPath, cli, ...words], { env });
    },
    snapshotDownload: (into) => measureProcess([process.execPath, snapshot, hub, REPO, into]),
  };
  if (isInstalled('curl')) contestants['curl -Z + sha256sum'] = (into) => curlAndSum({ hub, files, into });
  return Object.fromEntries(
    Object.entries(contestants).map(([name, fetch]) => [name, () => inEmptyDirectory(fetch)]),
  );
}

function curlAndSum({ hub, files, into }) {
  const list = files.map(({ path }) => `url = "${hub}/${REPO}/resolve/main/${path}"\noutput = "${path}"\n`);
  mkdirSync(into, { recursive: true });
  writeFileSync(join(into, '.list'), list.join(''));
  const curl = ['curl', '--silent', '--show-error', '--fail', '-Z', '--create-dirs', '--config', '.list'];
  const check = ['sha256sum', ...files.map(({ path }) => path)];
  return measureInSequence([curl, check].map((words) => ({ words, options: { cwd: into } })));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await run());
