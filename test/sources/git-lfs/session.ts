// What the tests of the source share: a context with a scratch folder, resolving, and downloading
// with the real downloader. The folder is gone after each test.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Environment } from '../../../src/base/env.ts';
import type { Manifest } from '../../../src/base/manifest.ts';
import type { FilePatterns, GitLfsSource } from '../../../src/base/spec.ts';
import { downloadManifest } from '../../../src/download/download-manifest.ts';
import { gitLfs } from '../../../src/sources/git-lfs.ts';
import type { SourceContext } from '../../../src/sources/source.ts';
import { fakeClock } from '../../net/fake-clock.ts';
import { openHttp } from '../../net/open-http.ts';
import { gitEnvironment, sha256 } from './work-tree.ts';

export type Asked = Partial<GitLfsSource> & { readonly url: string };

export interface Session {
  readonly folder: string;
  readonly context: SourceContext;
  resolve(source: Asked, patterns?: Partial<FilePatterns>): Promise<Manifest>;
  /** Path to sha256 of what has arrived. */
  download(manifest: Manifest): Promise<Record<string, string>>;
}

/** Failures that will not pass are not waited for. */
const HASTY = { attempts: 2, baseMs: 1, capMs: 1, patienceMs: 1 };

export function openSession(more: Environment = {}): Session {
  const folder = mkdtempSync(join(tmpdir(), 'git-lfs-'));
  onTestFinished(() => { rmSync(folder, { recursive: true }); });
  const environment = { ...gitEnvironment(join(folder, 'home')), ...more };
  const http = openHttp();
  const context = { http, environment, clock: fakeClock(), scratchDirectory: join(folder, 'scratch') };
  return {
    folder,
    context,
    resolve: (source, patterns) =>
      gitLfs.resolve(sourceOf(source), { include: [], exclude: [], ...patterns }, context),
    async download(manifest) {
      const directory = join(folder, 'stage');
      rmSync(directory, { recursive: true, force: true });
      const locate = gitLfs.locate(manifest, context);
      await downloadManifest(manifest, { locate, http, directory, retryPolicy: HASTY });
      const paths = manifest.files.map(({ path }) => path);
      return Object.fromEntries(paths.map((path) => [path, sha256(readFileSync(join(directory, path)))]));
    },
  };
}

export const sourceOf = (source: Asked): { 'git-lfs': GitLfsSource } =>
  ({ 'git-lfs': { rev: 'main', lfsFiles: [], ...source } });
