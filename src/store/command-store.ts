// The store through `nix-store`, one process per question: for a Nix whose daemon protocol is too old
// or cannot be reached over a stream of ours. Slower (bytes are read three times more), same results.

import { link, copyFile, mkdtemp, readdir, mkdir, readlink, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { ModelError } from '../base/errors.ts';
import { convertHash } from '../core/core.ts';
import type { Added, Addition, PathInfo, StoreBackend } from './backend.ts';
import { runNix, type NixRunner } from './run-nix.ts';
import { verifiedDigest } from './verified-dump.ts';

export class CommandStore implements StoreBackend {
  readonly #runner: NixRunner;

  constructor(runner: NixRunner) {
    this.#runner = runner;
  }

  async isValidPath(path: string): Promise<boolean> {
    // Prints the invalid ones; without --print-invalid they are an error like any other.
    return (await this.#nixStore('--check-validity', '--print-invalid', path)) === '';
  }

  async queryPathInfo(path: string): Promise<PathInfo | undefined> {
    if (!(await this.isValidPath(path))) return undefined;
    const query = (what: string): Promise<string> => this.#nixStore('--query', what, path);
    const [hash, size, references] = [await query('--hash'), await query('--size'), await query('--references')];
    const narHash = convertHash(hash, 'hex');
    const list = references.split('\n').filter((line) => line !== '');
    return { path, narHash, narSize: Number(size), references: list, contentAddress: '' };
  }

  /** A command's roots end with the command: nothing to be had here. */
  async addTempRoot(): Promise<void> {
    return Promise.resolve();
  }

  async add(addition: Addition): Promise<Added> {
    const { content, name, algorithm } = addition;
    if (content.kind === 'nar') throw tooOldForReferences();
    const digest = await verifiedDigest(addition, this.#runner.signal);
    const original = resolve(content.kind === 'file' ? content.file : content.directory);
    const recursive = content.kind === 'tree' ? ['--recursive'] : [];
    const path = await withName(original, name, (named) =>
      this.#nixStore('--add-fixed', ...recursive, algorithm, named),
    );
    const info = await this.queryPathInfo(path);
    if (info === undefined) throw new ModelError('NIX_FAILED', 'Nix did not keep what it added', { subject: path });
    return { info, digest };
  }

  async close(): Promise<void> {
    return Promise.resolve();
  }

  #nixStore(...args: string[]): Promise<string> {
    return runNix('nix-store', args, this.#runner);
  }
}

/** Nix takes the store name from the file's name: gives it one by hard links, copies where it must. */
async function withName<T>(original: string, name: string, use: (path: string) => Promise<T>): Promise<T> {
  if (basename(original) === name) return use(original);
  const parent = await mkdtemp(join(dirname(original), '.nix-ai-models-'));
  try {
    const named = join(parent, name);
    await linkTree(original, named);
    return await use(named);
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}

async function linkTree(from: string, to: string): Promise<void> {
  const entries = await readdir(from, { withFileTypes: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (entries === undefined) {
    await link(from, to).catch(() => copyFile(from, to));
    return;
  }
  await mkdir(to);
  for (const entry of entries) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else await linkTree(source, target);
  }
}

function tooOldForReferences(): ModelError {
  return new ModelError('NIX_FAILED', 'This Nix cannot be given a tree of links over its commands', {
    remedies: ['Use Nix 2.4 or newer, and a store that `nix-daemon --stdio` can open.'],
  });
}
