// Where a directory's files probably came from, by what download tools leave behind: the layout of
// the HuggingFace cache, or a git checkout. Reads a few small files; asks no network and no program.

import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export interface GuessedSource {
  /** In short form, pinned to the commit where that is known. */
  readonly source: string;
  /** What gave it away, for the user to judge. */
  readonly because: string;
  /** Where the model's files are: a cache keeps several snapshots of one. */
  readonly directory: string;
}

const REPOSITORY = /^(model|dataset|space)s--(.+)$/;
const COMMIT = /^[0-9a-f]{40}$/;

/** `directory` is absolute, all links resolved. */
export async function guessSource(directory: string): Promise<GuessedSource | undefined> {
  return (await ofCache(directory)) ?? (await ofCheckout(directory));
}

/** …/models--org--name/snapshots/COMMIT, or the folder above them. */
async function ofCache(directory: string): Promise<GuessedSource | undefined> {
  const snapshot = basename(dirname(directory)) === 'snapshots';
  const folder = snapshot ? dirname(dirname(directory)) : directory;
  const [, type, name] = REPOSITORY.exec(basename(folder)) ?? [];
  const commit = snapshot ? basename(directory) : await currentSnapshot(folder);
  if (type === undefined || name === undefined || !COMMIT.test(commit)) return undefined;
  // One of the two hyphens' places is the slash; an organisation's name has no double hyphen.
  const repo = name.replace('--', '/');
  return {
    source: `huggingface:${type === 'model' ? '' : `${type}s/`}${repo}@${commit}`,
    because: 'it is a snapshot in a HuggingFace cache',
    directory: join(folder, 'snapshots', commit),
  };
}

/** The commit of `main`, else the only one; empty where neither is there. */
async function currentSnapshot(folder: string): Promise<string> {
  const main = await contentOf(join(folder, 'refs/main'));
  if (main !== undefined) return main.trim();
  const names = await readdir(join(folder, 'snapshots')).catch(() => []);
  return names.length === 1 ? (names[0] ?? '') : '';
}

async function ofCheckout(directory: string): Promise<GuessedSource | undefined> {
  const config = await contentOf(join(directory, '.git/config'));
  const section = /^\[remote "origin"\]$([^[]*)/m.exec(config ?? '')?.[1] ?? '';
  const url = /^\s*url\s*=\s*(\S+)\s*$/m.exec(section)?.[1];
  if (url === undefined) return undefined;
  const commit = await checkedOut(join(directory, '.git'));
  const because = 'it is a git checkout';
  return { source: shortForm(url) + (commit === undefined ? '' : `@${commit}`), because, directory };
}

/** A repository of the hub is better fetched from the hub. A password stays where it is. */
function shortForm(url: string): string {
  const hub = /^(?:https:\/\/(?:[^/@]*@)?|git@|ssh:\/\/git@)(?:huggingface\.co|hf\.co)[/:](.+?)(?:\.git)?\/?$/.exec(url);
  if (hub?.[1] !== undefined) return `huggingface:${hub[1]}`;
  return `git-lfs:${url.replace(/^(https?:\/\/)[^/]*@/, '$1')}`;
}

async function checkedOut(git: string): Promise<string | undefined> {
  const head = (await contentOf(join(git, 'HEAD')))?.trim() ?? '';
  if (COMMIT.test(head)) return head;
  const name = head.replace(/^ref: /, '');
  if (!/^refs\/[\w./-]+$/.test(name) || name.includes('..')) return undefined;
  const loose = (await contentOf(join(git, name)))?.trim();
  if (loose !== undefined) return COMMIT.test(loose) ? loose : undefined;
  const packed = (await contentOf(join(git, 'packed-refs')))?.split('\n') ?? [];
  return packed.map((line) => line.split(' ')).find(([commit = '', ref]) => ref === name && COMMIT.test(commit))?.[0];
}

async function contentOf(file: string): Promise<string | undefined> {
  return await readFile(file, 'utf8').catch(() => undefined);
}
