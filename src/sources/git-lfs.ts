// Git repositories whose large files are kept by Git LFS, on any host: https, http, ssh, or a
// repository on this machine. A commit pins everything: LFS files come with their sha256, the others
// with git's own digest. Only one commit is fetched, and of it only what the model consists of.

import { join } from 'node:path';
import { ModelError } from '../base/errors.ts';
import type { Locate, ManifestFile } from '../base/manifest.ts';
import { redact } from '../base/redact.ts';
import type { FilePatterns, GitLfsSource, SourceSpec } from '../base/spec.ts';
import { type CommitRequest, fetchCommit } from './git-lfs/commit.ts';
import { type Content, contentsOf } from './git-lfs/contents.ts';
import { openContents } from './git-lfs/locate.ts';
import { parseRemote } from './git-lfs/remote-url.ts';
import { selectFiles } from './select-files.ts';
import type { Source, SourceContext } from './source.ts';

export const gitLfs: Source = {
  kind: 'git-lfs',

  async resolve(spec, patterns, context) {
    const source = sourceOf(spec);
    const request = requestOf(source, context);
    const commit = await fetchCommit(request);
    const subject = describe(source);
    const paths = selectFiles(commit.entries.map(({ path }) => ({ path })), patterns, subject);
    const contents = await contentsOf(commit, paths.map(({ path }) => path), subject, context);
    const files = selectObjects(contents, source.lfsFiles, patterns, subject).map(manifestFile);
    return { source: { 'git-lfs': { ...source, rev: commit.id } }, revision: commit.id, files };
  },

  locate(manifest, context) {
    const source = sourceOf(manifest.source);
    // A lock keeps the revision as it was asked for beside the commit: the commit is what counts.
    const pinned = { ...source, rev: manifest.revision ?? source.rev };
    const folder = join(scratchOf(context), 'files');
    let opened: Promise<Locate> | undefined;
    const open = (): Promise<Locate> =>
      (opened ??= openContents(requestOf(pinned, context), manifest.files, folder).catch((error: unknown) => {
        opened = undefined;
        throw error;
      }));
    return async (file, signal) => (await open())(file, signal);
  },

  describe: (spec) => describe(sourceOf(spec)),
};

/** `lfsFiles` chooses among the files that Git LFS keeps; the others always belong to the model. */
function selectObjects(
  contents: readonly Content[],
  lfsFiles: readonly string[],
  { exclude }: FilePatterns,
  subject: string,
): readonly Content[] {
  const objects = contents.filter(({ pointer }) => pointer !== undefined);
  if (lfsFiles.length === 0 || objects.length === 0) return contents;
  const chosen = selectFiles(objects, { include: lfsFiles, exclude }, subject);
  const paths = new Set(chosen.map(({ path }) => path));
  return contents.filter(({ path, pointer }) => pointer === undefined || paths.has(path));
}

function manifestFile({ path, blob, pointer, size }: Content): ManifestFile {
  if (pointer !== undefined) return { path, size: pointer.size, sha256: pointer.oid };
  return { path, ...(size === undefined ? {} : { size }), gitBlobSha1: blob };
}

function requestOf(source: GitLfsSource, context: SourceContext): CommitRequest {
  return {
    remote: parseRemote(source.url),
    rev: source.rev,
    subject: describe(source),
    directory: join(scratchOf(context), 'git'),
    context,
  };
}

function describe({ url, rev }: GitLfsSource): string {
  return redact(`git-lfs:${url}@${rev}`);
}

function scratchOf({ scratchDirectory }: SourceContext): string {
  if (scratchDirectory !== undefined) return scratchDirectory;
  throw new ModelError('INTERNAL', 'A git repository needs a folder to be fetched into');
}

function sourceOf(spec: SourceSpec): GitLfsSource {
  const source = spec['git-lfs'];
  if (source !== undefined) return source;
  throw new ModelError('INTERNAL', 'Not a git-lfs source');
}
