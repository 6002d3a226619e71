// Fetches what a source has listed, by the project's own downloader, into a folder that is gone when
// the test ends.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Manifest } from '../../src/base/manifest.ts';
import { downloadManifest } from '../../src/download/download-manifest.ts';
import type { Source, SourceContext } from '../../src/sources/source.ts';
import { fakeClock } from '../net/fake-clock.ts';

/** The files as text, by path. */
export async function download(
  source: Source,
  manifest: Manifest,
  context: SourceContext,
): Promise<Record<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'download-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const { directory, files } = await downloadManifest(manifest, {
    http: context.http,
    locate: source.locate(manifest, context),
    directory: join(folder, 'files'),
    journalDirectory: join(folder, 'journal'),
    clock: fakeClock(),
  });
  const texts = files.map(async ({ path }) => [path, await readFile(join(directory, path), 'utf8')] as const);
  return Object.fromEntries(await Promise.all(texts));
}
