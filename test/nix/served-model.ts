// A model that is new to every store, served by a hub of this process: what the build tests build.

import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeModel } from '../../scripts/make-model.mjs';
import { serveHub } from '../../src/hub/serve.ts';
import { runNix, succeeded } from './nix-commands.ts';

export interface ServedModel {
  /** Part of every name that a test gives, so that nothing in the store is from an earlier run. */
  readonly id: string;
  readonly directory: string;
  readonly repo: string;
  readonly url: string;
  /** sha256 of each file in hexadecimal, by path. */
  readonly digests: Readonly<Record<string, string>>;
  readonly sizes: Readonly<Record<string, number>>;
  /** Hash of the tree as Nix writes it. */
  readonly treeHash: string;
  /** The requests so far, `METHOD /path status`. */
  readonly requests: readonly string[];
  /** Deletes what the tests have built, then everything else. */
  close(storePaths: Iterable<string>): Promise<void>;
}

/** `extra` are more files of the model, by path. */
export async function serveModel(
  extra: Readonly<Record<string, string | Buffer>> = {},
): Promise<ServedModel> {
  const id = randomUUID().slice(0, 8);
  const folder = mkdtempSync(join(tmpdir(), 'nix-lib-'));
  const directory = join(folder, 'model');
  const repo = `org/model-${id}`;
  const made = makeModel(directory, { shards: 2, bytes: 1 << 18, seed: id });
  const more = { 'ü 1+1.txt': id, ...extra };
  for (const [path, content] of Object.entries(more)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
  const sizes = Object.entries(more).map(([path, content]) => ({ path, size: Buffer.byteLength(content) }));
  const files = [...made.files, ...sizes];
  const requests: string[] = [];
  const hub = await serveHub({
    roots: [{ kind: 'models', id: repo, revision: 'main', directory }],
    log: (line) => requests.push(line),
  });
  const hash = succeeded(await runNix('nix-hash', ['--type', 'sha256', '--base32', directory]));
  return {
    id,
    directory,
    repo,
    url: hub.url,
    digests: Object.fromEntries(files.map(({ path }) => [path, sha256(join(directory, path))])),
    sizes: Object.fromEntries(files.map(({ path, size }) => [path, size])),
    treeHash: `sha256:${hash.stdout.trim()}`,
    requests,
    async close(storePaths) {
      await hub.close();
      rmSync(folder, { recursive: true, force: true });
      for (const path of storePaths) await runNix('nix-store', ['--delete', path]);
    },
  };
}

function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
