// The scanner beside pickletools.genops, which is what Python's own tools read a pickle with: a long
// stream of opcodes, and a checkpoint of 200 MB, whose tensors nobody needs to read. And a directory of
// a thousand pickles of 130 kB with one thread and with as many as there are processors. With
// NIX_AI_MODELS_PICKLESCAN and NIX_AI_MODELS_MODELSCAN, the paths of those programs, they take part. Skips
// Python's rows where there is no python3. bench/run.mjs calls run().

import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scanPaths } from '../build/js/index.js';
import { inTurn, row, seconds } from './measure.mjs';

const MILLION = 1e6;
const FILES = 1000;

const cli = fileURLToPath(new URL('../bin/nix-ai-model', import.meta.url));
/** Programs that take a file behind `-p`, and the variables that name them. */
const OTHERS = { picklescan: 'NIX_AI_MODELS_PICKLESCAN', modelscan: 'NIX_AI_MODELS_MODELSCAN' };

/** Writes ops.pkl (a million small objects) and model.pt (200 tensors of 1 MB). */
const MAKE = `
import pickle, struct, sys, zipfile
folder = sys.argv[1]
rows = [{'a': i, 'b': [i, i + 1, (i, 2.5)], 'c': None} for i in range(500000)]
pickle.dump(rows, open(folder + '/ops.pkl', 'wb'), protocol=4)
pickle.dump(rows[:3000], open(folder + '/small.pkl', 'wb'), protocol=4)
text = lambda s: b'X' + struct.pack('<I', len(s)) + s.encode()
tensor = lambda i: (b'ctorch._utils\\n_rebuild_tensor_v2\\n((' + text('storage') + b'ctorch\\nFloatStorage\\n' + text(str(i))
  + text('cpu') + b'J\\x90\\xd0\\x03\\0tQK\\0J\\x90\\xd0\\x03\\0\\x85K\\x01\\x85\\x89ccollections\\nOrderedDict\\n)RtR')
with zipfile.ZipFile(folder + '/model.pt', 'w') as model:
  model.writestr('archive/data.pkl', b'\\x80\\x02}(' + b''.join(text('w%d' % i) + tensor(i) for i in range(200)) + b'u.')
  for i in range(200): model.writestr('archive/data/%d' % i, bytes(1000000))
`;

const GENOPS = 'import pickletools, sys; print(sum(1 for _ in pickletools.genops(open(sys.argv[1], "rb"))))';

export async function run() {
  if (spawnSync('python3', ['--version']).status !== 0) {
    console.error('bench: scan: skipped, there is no python3 to write the files with');
    return [];
  }
  const folder = mkdtempSync(join(tmpdir(), 'nix-ai-models-bench-'));
  try {
    python(MAKE, folder);
    return [await opcodes(folder), await checkpoint(folder), await directory(folder), await memory(folder)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function python(program, ...words) {
  const { status, stdout, stderr } = spawnSync('python3', ['-c', program, ...words], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

/** Both count the same opcodes; ours also emulates them. Inside a process that runs already. */
async function opcodes(folder) {
  const path = join(folder, 'ops.pkl');
  const [file] = (await scanPaths([path])).files;
  const count = Number(python(GENOPS, path));
  if (file.opcodes !== count) throw new Error(`${file.opcodes} opcodes here, ${count} in Python`);
  const rate = async (work) => count / MILLION / (await seconds(work));
  const found = await inTurn({
    ours: () => rate(() => scanPaths([path])),
    'pickletools.genops': () => rate(() => python(GENOPS, path)),
  }, 3);
  return row({ id: 'scan.opcodes', unit: 'million opcodes/s, one core', better: 'more', ours: 'ours', found });
}

/** Whole processes, from the command to its verdict. */
async function checkpoint(folder) {
  const path = join(folder, 'model.pt');
  const contestants = { ours: () => seconds(() => command(process.execPath, [cli, 'scan', path])) };
  contestants['node, doing nothing'] = () => seconds(() => command(process.execPath, ['-e', '0']));
  for (const [name, variable] of Object.entries(OTHERS)) {
    const program = process.env[variable];
    if (program !== undefined) contestants[name] = () => seconds(() => command(program, ['-p', path]));
  }
  const found = await inTurn(contestants);
  return row({ id: 'scan.checkpoint-200-MB', unit: 's, whole process', better: 'less', ours: 'ours', found });
}

function command(program, words) {
  const { error, status } = spawnSync(program, words, { stdio: 'ignore' });
  if (error !== undefined || status !== 0) throw new Error(`${program} ${words.join(' ')}: ${error ?? status}`);
}

async function directory(folder) {
  const many = join(folder, 'many');
  mkdirSync(many);
  for (let i = 0; i < FILES; i++) copyFileSync(join(folder, 'small.pkl'), join(many, `${i}.pkl`));
  const found = await inTurn({
    threads: () => seconds(() => scanPaths([many], { workers: availableParallelism() })),
    'one thread': () => seconds(() => scanPaths([many], { workers: 1 })),
  });
  return row({ id: 'scan.1000-files', unit: 's', better: 'less', ours: 'threads', found });
}

/** A pickle, and one with a hundred and sixty times as many opcodes. */
async function memory(folder) {
  const peak = (name) => {
    const scan = `import(process.argv[1]).then((lib) => lib.scanPaths([process.argv[2]]))
      .then(() => console.log(process.resourceUsage().maxRSS / 1024))`;
    const library = fileURLToPath(new URL('../build/js/index.js', import.meta.url));
    return Number(spawnSync(process.execPath, ['-e', scan, library, join(folder, name)], { encoding: 'utf8' }).stdout);
  };
  const found = await inTurn({ ours: () => peak('ops.pkl'), 'ours, a pickle of a 160th': () => peak('small.pkl') }, 3);
  return row({ id: 'scan.memory', unit: 'MiB, peak of the process', better: 'less', ours: 'ours', found });
}
