import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Manifest } from '../../src/base/manifest.ts';
import type { FilePatterns, GitLfsSource } from '../../src/base/spec.ts';
import { downloadManifest } from '../../src/download/download-manifest.ts';
import { gitLfs } from '../../src/sources/git-lfs.ts';
import type { SourceContext } from '../../src/sources/source.ts';
import { fakeClock } from '../net/fake-clock.ts';
import { openHttp } from '../net/open-http.ts';
import { createRepository, type GitServer, startGitServer } from './git-lfs/git-server.ts';
import { blobId, gitEnvironment, hasGitLfs, noise, sha256, WorkTree } from './git-lfs/work-tree.ts';

const EVERYTHING: FilePatterns = { include: [], exclude: [] };
const WEIGHTS = noise(300_000, 'weights');
const EXTRA = noise(200_000, 'extra');
const TOKENIZER = noise(40_000, 'tokenizer').toString('hex');

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'git-lfs-'))));
afterEach(() => { rmSync(folder, { recursive: true }); });

const context = (): SourceContext => ({
  http: openHttp(),
  environment: gitEnvironment(join(folder, 'home')),
  clock: fakeClock(),
  scratchDirectory: join(folder, 'scratch'),
});

/** A model with a past, a side branch and large files that nobody asked for. */
function modelTree(): WorkTree {
  const tree = new WorkTree(join(folder, 'work'), join(folder, 'home'));
  tree.commit({ 'old.bin': noise(2_000_000, 'old'), 'weights/a.safetensors': noise(100_000, 'old weights') });
  tree.git('tag', 'v0');
  tree.git('rm', '--quiet', 'old.bin');
  tree.commit({
    'config.json': '{"model_type":"tiny"}\n',
    'tokenizer.json': TOKENIZER,
    'weights/a.safetensors': WEIGHTS,
    'weights/b.safetensors': EXTRA,
    'training/log.bin': noise(1_500_000, 'log'),
    'empty': '',
  });
  tree.git('tag', '--annotate', 'v1', '--message=one');
  tree.git('checkout', '--quiet', '-b', 'feature/side');
  tree.commit({ 'side.bin': noise(1_000_000, 'side') });
  tree.git('checkout', '--quiet', 'main');
  return tree;
}

async function served(): Promise<{ server: GitServer; url: string; tree: WorkTree }> {
  const server = await startGitServer(folder);
  const url = createRepository(server, 'model.git');
  const tree = modelTree();
  await tree.push(url, 'main', 'feature/side', 'v0', 'v1');
  server.log.length = 0;
  server.gitBytes = 0;
  return { server, url, tree };
}

const sourceOf = (source: Partial<GitLfsSource> & { url: string }): { 'git-lfs': GitLfsSource } =>
  ({ 'git-lfs': { rev: 'main', lfsFiles: [], ...source } });

const resolve = (source: Partial<GitLfsSource> & { url: string }, patterns = EVERYTHING): Promise<Manifest> =>
  gitLfs.resolve(sourceOf(source), patterns, context());

async function download(manifest: Manifest): Promise<Record<string, Buffer>> {
  const { http, ...rest } = context();
  const directory = join(folder, 'stage');
  await downloadManifest(manifest, { locate: gitLfs.locate(manifest, { http, ...rest }), http, directory });
  return Object.fromEntries(manifest.files.map(({ path }) => [path, readFileSync(join(directory, path))]));
}

const MODEL: FilePatterns = { include: [], exclude: ['training/**', '.gitattributes'] };

describe.skipIf(!hasGitLfs)('a model that the real git and git-lfs clients have pushed (needs git-lfs)', () => {
  it('is pinned without its history, its branches, or a byte of its LFS files', async () => {
    const { server, url, tree } = await served();
    const manifest = await resolve({ url, rev: 'v1' }, MODEL);
    expect(manifest).toEqual({
      source: sourceOf({ url, rev: tree.git('rev-parse', 'main') }),
      revision: tree.git('rev-parse', 'main'),
      files: [
        { path: 'config.json', size: 22, gitBlobSha1: blobId('{"model_type":"tiny"}\n') },
        { path: 'empty', size: 0, gitBlobSha1: blobId('') },
        { path: 'tokenizer.json', gitBlobSha1: blobId(TOKENIZER) },
        { path: 'weights/a.safetensors', size: WEIGHTS.length, sha256: sha256(WEIGHTS) },
        { path: 'weights/b.safetensors', size: EXTRA.length, sha256: sha256(EXTRA) },
      ],
    });
    expect(server.gitBytes).toBeLessThan(10_000);
    expect(server.log.filter((line) => /lfs|storage/.test(line))).toEqual([]);
  });

  it('is downloaded exactly: one question for the LFS files, only wanted files from git', async () => {
    const { server, url } = await served();
    const manifest = await resolve({ url }, MODEL);
    expect(await download(manifest)).toEqual({
      'config.json': Buffer.from('{"model_type":"tiny"}\n'),
      'empty': Buffer.alloc(0),
      'tokenizer.json': Buffer.from(TOKENIZER),
      'weights/a.safetensors': WEIGHTS,
      'weights/b.safetensors': EXTRA,
    });
    expect(server.asked).toEqual([[sha256(WEIGHTS), sha256(EXTRA)]]);
    // Two listings and the tokenizer; the log alone has 1.5 MB, the past 2.
    expect(server.gitBytes).toBeLessThan(120_000);
  });
});

