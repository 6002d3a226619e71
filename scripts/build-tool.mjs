// Makes build/tool: the builder that nix/lib uses where no nixpkgs is given. Two folders, named as
// in the store, so that a change of the program does not copy Node.js again:
//
//   build/tool/nix-ai-model-node   Node.js and its shared libraries: runs in any sandbox
//   build/tool/nix-ai-model        the bundled command line and the WASM core
//   build/tool.json                for nix/tool.nix: their hashes, and the words that start Node.js
//
// Both are added to the store here, once, so that an evaluation only looks their paths up.

import { execFileSync } from 'node:child_process';
import { constants, copyFileSync, mkdirSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const NODE = 'build/tool/nix-ai-model-node';
const PROGRAM = 'build/tool/nix-ai-model';

export function buildTool() {
  try {
    nixStore('--version');
  } catch {
    console.error('build: tool: skipped, because nix-store is not on PATH');
    return;
  }
  const start = copyNode(NODE);
  copyProgram(PROGRAM);
  const tool = { start, node: addToStore(NODE), program: addToStore(PROGRAM) };
  writeFileSync('build/tool.json', `${JSON.stringify(tool, null, 2)}\n`);
}

/**
 * Copies Node.js and every library that the dynamic loader says it needs, because a sandboxed build
 * sees nothing of /lib. Returns the words that start it; those with a slash are relative to the folder.
 */
function copyNode(directory) {
  emptyDirectory(join(directory, 'bin'), directory);
  copy(process.execPath, join(directory, 'bin/node'));

  const libraries = sharedLibraries(process.execPath);
  const loader = libraries.find((path) => /^ld[-.]/.test(basename(path)));
  if (loader === undefined) return ['/bin/node'];
  mkdirSync(join(directory, 'lib'));
  for (const path of libraries) copy(path, join(directory, 'lib', basename(path)));
  return [`/lib/${basename(loader)}`, '--library-path', '/lib', '/bin/node'];
}

/** Absolute paths of a program's shared libraries and its loader; none where it is static. */
function sharedLibraries(program) {
  if (process.platform !== 'linux') return [];
  let listing = '';
  try {
    listing = execFileSync('ldd', [program], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    // Static, or no ldd: then the build sandbox must offer what it needs.
  }
  return [...listing.matchAll(/(\/\S+) \(0x[0-9a-f]+\)/g)].map(([, path]) => path);
}

function copyProgram(directory) {
  emptyDirectory(directory, directory);
  for (const name of readdirSync('build/js')) {
    if (/\.(js|wasm)$/.test(name)) copy(join('build/js', name), join(directory, name));
  }
  // The bundle is ES modules; without this file Node.js would have to guess.
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }\n');
}

function emptyDirectory(directory, stale) {
  rmSync(stale, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
}

function copy(from, to) {
  copyFileSync(realpathSync(from), to, constants.COPYFILE_FICLONE);
}

/** Adds a folder under its own name as a fixed recursive sha256 path; returns the hash. */
function addToStore(directory) {
  const path = nixStore('--add-fixed', '--recursive', 'sha256', directory);
  return { name: basename(directory), sha256: nixStore('--query', '--hash', path) };
}

function nixStore(...args) {
  const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] };
  return execFileSync('nix-store', args, options).trim();
}
