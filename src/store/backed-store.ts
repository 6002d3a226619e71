// What every store does, whichever way leads into it: ask first, add what is missing, check the path
// that comes back. Every addition is idempotent: what is valid already costs a few questions and no
// bytes, and nothing that differs from what was wanted enters.

import { resolve } from 'node:path';
import { ModelError } from '../base/errors.ts';
import { convertHash, formatHash, parseHash, sha256 } from '../core/core.ts';
import { narOfLinks } from '../core/nar.ts';
import { fixedOutputPath } from '../core/store-path.ts';
import type { Addition, Content, PathInfo, StoreBackend } from './backend.ts';
import { checkFreeSpace } from './free-space.ts';
import type { AddedTree, AddFileOptions, AddLinksOptions, AddTreeOptions, NixStore } from './nix-store.ts';
import { runNix, type NixRunner } from './run-nix.ts';
import { OTHER_STORE_DIR } from './store-errors.ts';
import { sri } from './verified-dump.ts';

export class BackedStore implements NixStore {
  readonly storeDir: string;
  readonly #backend: StoreBackend;
  readonly #runner: NixRunner;

  constructor(storeDir: string, backend: StoreBackend, runner: NixRunner) {
    this.storeDir = storeDir;
    this.#backend = backend;
    this.#runner = runner;
  }

  async isValidPath(path: string): Promise<boolean> {
    // In this order: the other way round the path could go away between the two.
    await this.#backend.addTempRoot(path);
    return this.#backend.isValidPath(path);
  }

  queryPathInfo(path: string): Promise<PathInfo | undefined> {
    return this.#backend.queryPathInfo(path);
  }

  async addFile({ name, file, sha256: hash }: AddFileOptions): Promise<string> {
    const wanted = convertHash(hash, 'hex');
    return (await this.#add({ name, content: { kind: 'file', file }, algorithm: 'sha256', wanted })).path;
  }

  async addTree({ name, directory, narHash }: AddTreeOptions): Promise<AddedTree> {
    const algorithm = narHash === undefined ? 'sha256' : parseHash(narHash).algorithm;
    const wanted = narHash === undefined ? undefined : convertHash(narHash, 'hex');
    const info = await this.#add({ name, content: { kind: 'tree', directory }, algorithm, wanted });
    return { path: info.path, narHash: sri('sha256', info.narHash), narSize: info.narSize };
  }

  async addLinks({ name, links }: AddLinksOptions): Promise<string> {
    const references = [...new Set(links.map(({ target }) => target))];
    const nar = narOfLinks(links);
    const content: Content = { kind: 'nar', nar, references };
    const wanted = formatHash(sha256(nar), 'hex');
    return (await this.#add({ name, content, algorithm: 'sha256', wanted })).path;
  }

  async addRoot(link: string, path: string): Promise<void> {
    await runNix('nix-store', ['--realise', path, '--add-root', resolve(link), '--indirect'], this.#runner);
  }

  close(): Promise<void> {
    return this.#backend.close();
  }

  async #add(addition: Addition): Promise<PathInfo> {
    const { wanted } = addition;
    if (wanted !== undefined) {
      const path = this.#pathOf(addition, wanted);
      const info = (await this.isValidPath(path)) ? await this.queryPathInfo(path) : undefined;
      if (info !== undefined) return info;
    }
    await checkFreeSpace(this.storeDir, addition.content);
    const { info, digest } = await this.#backend.add(addition);
    const path = this.#pathOf(addition, digest);
    if (info.path !== path) throw wrongPath(addition.name, path, info.path);
    return info;
  }

  #pathOf({ name, content, algorithm }: Addition, digest: string): string {
    const method = content.kind === 'file' ? 'flat' : 'recursive';
    const references = content.kind === 'nar' ? content.references : [];
    const hash = sri(algorithm, digest);
    return fixedOutputPath({ storeDir: this.storeDir, name, method, hash, references });
  }
}

function wrongPath(name: string, wanted: string, found: string): ModelError {
  return new ModelError('NIX_FAILED', 'Nix has put the content under another path than expected', {
    subject: name,
    wanted,
    found,
    remedies: [OTHER_STORE_DIR],
  });
}
