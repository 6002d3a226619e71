// One model with a past, a side branch and large files that nobody asked for, pushed once by the real
// clients and then served to every test of the process that wants it.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Contents, createRepository, type GitServer, startGitServer } from './git-server.ts';
import { noise, WorkTree } from './work-tree.ts';

export const CONFIG = '{"model_type":"tiny"}\n';
export const TOKENIZER = noise(40_000, 'tokenizer').toString('hex');
export const WEIGHTS = noise(300_000, 'weights');
export const EXTRA = noise(200_000, 'extra');

interface Fixture {
  readonly folder: string;
  readonly contents: Contents;
  /** Of the branch main, and of the tag v0, its past. */
  readonly commits: Readonly<Record<'main' | 'v0' | 'side', string>>;
}

let made: Promise<Fixture> | undefined;

/** A server of the test's own over the model; its address is `<url>/model.git`. */
export async function serveModel(): Promise<{ server: GitServer; url: string; commits: Fixture['commits'] }> {
  const { contents, commits } = await (made ??= makeFixture());
  const server = await startGitServer(contents);
  return { server, url: `${server.url}/model.git`, commits };
}

/** To be called when all tests of a file are done. */
export async function removeModel(): Promise<void> {
  const { folder } = (await made) ?? {};
  made = undefined;
  if (folder !== undefined) rmSync(folder, { recursive: true });
}

async function makeFixture(): Promise<Fixture> {
  const folder = mkdtempSync(join(tmpdir(), 'git-lfs-model-'));
  const root = join(folder, 'remotes');
  mkdirSync(root);
  createRepository(root, 'model.git');
  const server = await startGitServer({ root, objects: new Map() });
  const tree = new WorkTree(join(folder, 'work'), join(folder, 'home'));
  const v0 = tree.commit({ 'old.bin': noise(2_000_000, 'old'), 'weights/a.safetensors': noise(100_000, 'old weights') });
  tree.git('tag', 'v0');
  tree.git('rm', '--quiet', 'old.bin');
  const main = tree.commit({
    'config.json': CONFIG,
    'empty': '',
    'tokenizer.json': TOKENIZER,
    'training/log.bin': noise(1_500_000, 'log'),
    'weights/a.safetensors': WEIGHTS,
    'weights/b.safetensors': EXTRA,
  });
  tree.git('tag', '--annotate', 'v1', '--message=one');
  tree.git('checkout', '--quiet', '-b', 'feature/side');
  const side = tree.commit({ 'side.bin': noise(1_000_000, 'side') });
  await tree.push(`${server.url}/model.git`, 'main', 'feature/side', 'v0', 'v1');
  return { folder, contents: { root, objects: server.objects }, commits: { main, v0, side } };
}
