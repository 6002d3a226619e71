// One commit of a remote repository, and of its history, its other branches and its large files
// nothing: a shallow, partial fetch into a bare repository of our own. The source asks it for the
// listing, and later for the content of single files.

import { mkdir, rm } from 'node:fs/promises';
import { ModelError } from '../../base/errors.ts';
import { withRetries } from '../../net/with-retries.ts';
import type { SourceContext } from '../source.ts';
import { gitError } from './git-errors.ts';
import { POINTER_LIMIT_BYTES } from './pointer.ts';
import { checkRevision, type Remote } from './remote-url.ts';
import { type GitOptions, type ProgramResult, runGit } from './run-git.ts';
import { parseTree, type TreeEntry } from './tree.ts';

export interface Commit {
  /** 40 hexadecimal digits. */
  readonly id: string;
  readonly entries: readonly TreeEntry[];
  /** Sizes in bytes of the files whose content is here: the small ones. */
  readonly sizes: ReadonlyMap<string, number>;
  /** The repository that holds them. */
  readonly directory: string;
}

export interface CommitRequest {
  readonly remote: Remote;
  /** Branch, tag or commit. */
  readonly rev: string;
  readonly subject: string;
  /** Where the repository is made; whatever was there is removed. */
  readonly directory: string;
  readonly context: SourceContext;
}

const COMMIT = /^[0-9a-f]{40}$/;

export async function fetchCommit(request: CommitRequest): Promise<Commit> {
  const { remote, rev, directory, context, subject } = request;
  checkRevision(rev);
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  await local(request, ['init', '--quiet', '--bare', '--template=', '.']);
  await local(request, ['config', 'remote.origin.url', remote.gitUrl]);
  context.progress?.({ type: 'step', text: `git fetch ${subject}` });
  // Pointer files come along, what is larger does not. A server that cannot leave anything out
  // sends the files of this one commit: then they are simply here already.
  await fetchFrom(request, ['--depth=1', `--filter=blob:limit=${POINTER_LIMIT_BYTES}`, 'origin', rev]);
  const id = await commitId(request);
  const listing = await local(request, ['ls-tree', '-r', '-z', '--full-tree', id]);
  const entries = parseTree(listing.stdout, subject);
  return { id, entries, sizes: await presentFiles(request), directory };
}

/** Makes the content of these files present, in one request for all that are not here yet. */
export async function fetchBlobs(
  request: CommitRequest,
  commit: Commit,
  blobs: readonly string[],
): Promise<void> {
  const missing = [...new Set(blobs)].filter((blob) => !commit.sizes.has(blob));
  if (missing.length === 0) return;
  const input = `${missing.join('\n')}\n`;
  await fetchFrom(request, ['--no-write-fetch-head', '--filter=blob:none', '--stdin', 'origin'], input);
}

async function fetchFrom(request: CommitRequest, args: readonly string[], input?: string): Promise<void> {
  const { remote, context, subject } = request;
  const flags = ['--quiet', '--no-tags', '--no-recurse-submodules', '--no-auto-maintenance'];
  const options = { ...optionsOf(request), protocol: remote.kind, input };
  await withRetries(
    async () => {
      const { status, stderr } = await runGit(['-c', 'fetch.negotiationAlgorithm=noop', 'fetch', ...flags, ...args], options);
      if (status !== 0) throw gitError(stderr, subject);
    },
    { path: subject, ...context },
  );
}

async function commitId(request: CommitRequest): Promise<string> {
  const { status, stdout } = await runGit(['rev-parse', '--verify', '--quiet', 'FETCH_HEAD^{commit}'], optionsOf(request));
  const id = stdout.toString('latin1').trim();
  const { rev, subject } = request;
  const isAsked = !COMMIT.test(rev) || rev === id;
  if (status === 0 && COMMIT.test(id) && isAsked) return id;
  throw new ModelError('REVISION_NOT_FOUND', 'The revision is no commit', {
    subject,
    found: id === '' ? 'something else' : id,
    remedies: ['Name a branch, a tag or a commit.'],
  });
}

// Not by `ls-tree --long`: it would ask the remote for each file that was left out.
async function presentFiles(request: CommitRequest): Promise<Map<string, number>> {
  const format = '--batch-check=%(objectname) %(objecttype) %(objectsize)';
  const { stdout } = await local(request, ['cat-file', '--batch-all-objects', '--unordered', format]);
  const lines = stdout.toString('latin1').split('\n').map((line) => line.split(' '));
  return new Map(lines.flatMap(([blob = '', type, size]) => (type === 'blob' ? [[blob, Number(size)]] : [])));
}

/** A command that needs no network, and must not fail. */
async function local(request: CommitRequest, args: readonly string[]): Promise<ProgramResult> {
  const result = await runGit(args, optionsOf(request));
  if (result.status === 0) return result;
  throw gitError(result.stderr, request.subject);
}

function optionsOf({ directory, context: { environment, signal } }: CommitRequest): GitOptions {
  return { directory, environment, signal };
}
