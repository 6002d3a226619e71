// Where the downloader gets the files of a commit: LFS objects from the LFS server, or from the
// folder of a repository on this machine; the other files from git, written out beside it.

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ModelError } from '../../base/errors.ts';
import type { Answer, Locate, Locator, ManifestFile } from '../../base/manifest.ts';
import { maySendSecrets } from '../../net/origin-rules.ts';
import { ResponseFailure } from '../../net/response-error.ts';
import type { SourceContext } from '../source.ts';
import { lfsServerOf } from './access.ts';
import { askBatch } from './batch.ts';
import { type Commit, type CommitRequest, fetchBlobs, fetchCommit } from './commit.ts';
import { type Content, contentsOf } from './contents.ts';
import { downloadsOf, type LfsFile } from './lfs-objects.ts';
import { writeBlobs } from './read-blobs.ts';
import { runGit } from './run-git.ts';

/** Fetches what of these files is not in LFS; `folder` takes it. */
export async function openContents(
  request: CommitRequest,
  files: readonly ManifestFile[],
  folder: string,
): Promise<Locate> {
  const { context, subject } = request;
  const commit = await fetchCommit(request);
  const contents = await contentsOf(commit, files.map(({ path }) => path), subject, context);
  const plain = contents.filter(({ pointer }) => pointer === undefined).map(({ blob }) => blob);
  await fetchBlobs(request, commit, plain);
  await writeBlobs(plain, folder, { directory: commit.directory, ...context });
  const byPath = new Map(contents.map((content) => [content.path, content]));
  const locateObject = await objectLocator(request, commit, contents.flatMap(lfsFile));
  return async (file) => {
    const content = byPath.get(file.path);
    if (content === undefined) throw new ModelError('INTERNAL', 'A file of another manifest', { subject: file.path });
    const [object] = lfsFile(content);
    if (object === undefined) return localFile(join(folder, content.blob));
    checkPin(file, object, subject);
    return await locateObject(object);
  };
}

function lfsFile({ path, pointer }: Content): LfsFile[] {
  return pointer === undefined ? [] : [{ path, ...pointer }];
}

async function objectLocator(
  request: CommitRequest,
  commit: Commit,
  files: readonly LfsFile[],
): Promise<(file: LfsFile) => Promise<Locator>> {
  const { remote, context, subject } = request;
  const lfsUrl = await configuredUrl(commit, context);
  if (remote.kind === 'file' && lfsUrl === undefined) return (file) => storedObject(remote.path, file, subject);
  const server = lfsServerOf(remote, lfsUrl, subject, context);
  const now = (): number => context.clock?.now() ?? Date.now();
  const downloadOf = downloadsOf(files, (objects) => askBatch(objects, server, context), now);
  return async (file) => {
    const { href, credentials } = await downloadOf(file);
    return { urls: [href], credentials, explain: (answer) => explain(answer, `${subject}: ${file.path}`) };
  };
}

/** `lfs.url` in the repository's own .lfsconfig, which git-lfs obeys as well. */
async function configuredUrl(
  commit: Commit,
  { environment, signal }: SourceContext,
): Promise<string | undefined> {
  const entry = commit.entries.find(({ path }) => path === '.lfsconfig');
  if (entry?.kind !== 'file' || !commit.sizes.has(entry.blob)) return undefined;
  const args = ['config', `--blob=${entry.blob}`, '--get', 'lfs.url'];
  const { status, stdout } = await runGit(args, { directory: commit.directory, environment, signal });
  return status === 0 ? stdout.toString('utf8').trim() : undefined;
}

/** In a bare repository, and in one with a work tree. */
async function storedObject(repository: string, { oid, path }: LfsFile, subject: string): Promise<Locator> {
  const name = join('lfs/objects', oid.slice(0, 2), oid.slice(2, 4), oid);
  for (const folder of [repository, join(repository, '.git')]) {
    const isThere = await stat(join(folder, name)).then((found) => found.isFile(), () => false);
    if (isThere) return localFile(join(folder, name));
  }
  throw new ModelError('ENTRY_NOT_FOUND', 'The repository does not have the content of a file that Git LFS keeps', {
    subject: `${subject}: ${path}`,
    wanted: join(repository, name),
    remedies: ['Push it there: `git lfs push --all REMOTE`, or fetch it in that repository: `git lfs fetch --all`.'],
  });
}

function localFile(path: string): Locator {
  return { urls: [pathToFileURL(path).href], isLocal: true };
}

function checkPin({ path, sha256 }: ManifestFile, { oid }: LfsFile, subject: string): void {
  if (sha256 === undefined || sha256 === oid) return;
  throw new ModelError('HASH_MISMATCH', 'The commit has another content for a file than its pin says', {
    subject: `${subject}: ${path}`,
    wanted: `sha256 ${sha256}`,
    found: `sha256 ${oid}`,
  });
}

/** What the storage behind the LFS server answers; the downloader has asked for a new address once. */
function explain(answer: Answer, subject: string): ModelError | undefined {
  const { status, url } = answer;
  const details = { subject, found: `HTTP status ${status}`, cause: new ResponseFailure(answer) };
  const { host } = new URL(url);
  if (status === 401 || status === 403) {
    const withheld = maySendSecrets(new URL(url)) ? [] : [`${host} is asked over plain http, where no credentials are sent.`];
    return new ModelError('AUTH_INVALID', `${host} refuses the address that the Git LFS server gave`, {
      ...details,
      remedies: [...withheld, 'Check the clock of this machine, then run the same command again.'],
    });
  }
  if (status !== 404 && status !== 410) return undefined;
  return new ModelError('ENTRY_NOT_FOUND', `${host} does not have the content of the file`, {
    ...details,
    remedies: ['Ask whoever publishes the model to push it again: `git lfs push --all REMOTE`.'],
  });
}
