// What `serve` was asked to serve: one repository from one directory, or a folder of them. Parses
// the words of the command line and looks once at the directories; it lists no model's files.

import { readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { ModelError } from '../base/errors.ts';

/** The three kinds of repository, by the word that stands in the hub's API paths. */
export const REPO_KINDS = ['models', 'datasets', 'spaces'] as const;
export type RepoKind = (typeof REPO_KINDS)[number];

/** One revision of one repository, and the directory that holds its files. */
export interface RepoMapping {
  readonly kind: RepoKind;
  /** `org/name`, or a bare `name` as the hub's oldest models have. */
  readonly id: string;
  /** A branch or tag; `main` unless the word says `@revision`. */
  readonly revision: string;
  readonly directory: string;
}

/** A folder of `org/name` folders; those of data sets and spaces below `datasets/` and `spaces/`. */
export interface RepoTree {
  readonly tree: string;
}

export type Root = RepoMapping | RepoTree;

const PART = '[A-Za-z0-9][A-Za-z0-9._-]{0,95}';
const REPO_ID = new RegExp(`^${PART}(?:/${PART})?$`);
const MAPPING = new RegExp(`^(?:(models|datasets|spaces)/)?(${PART}(?:/${PART})?)(?:@([^=@]+))?=(.+)$`, 's');
const STORE_HASH = /^[0-9a-df-np-sv-z]{32}-/;

export function isRepoId(text: string): boolean {
  return REPO_ID.test(text);
}

/** A word of the command line: `[datasets/|spaces/]org/name[@revision]=DIR`, or just `DIR`. */
export function parseRoot(word: string): Root {
  const [, kind, id, revision, directory] = MAPPING.exec(word) ?? [];
  if (id === undefined || directory === undefined) return rootOfDirectory(resolve(word));
  demandDirectory(directory);
  return {
    kind: REPO_KINDS.find((known) => known === kind) ?? 'models',
    id,
    revision: revision ?? 'main',
    directory: resolve(directory),
  };
}

/** Every `org/name` folder of a tree, in the order of the file system. */
export function repositoriesOf({ tree }: RepoTree): RepoMapping[] {
  const prefixed = (kind: RepoKind): RepoMapping[] =>
    orgsAndNames(join(tree, kind)).map((id) => mapping(kind, id, join(tree, kind, id)));
  const isKind = (name: string): boolean => REPO_KINDS.some((kind) => name === kind);
  const plain = orgsAndNames(tree).filter((id) => !isKind(id.split('/')[0] ?? ''));
  return [...plain.map((id) => mapping('models', id, join(tree, id))), ...REPO_KINDS.flatMap(prefixed)];
}

/** The folders in which a tree may hold this repository. */
export function placesOf({ tree }: RepoTree, kind: RepoKind, id: string): string[] {
  const places = [join(tree, kind, id)];
  return kind === 'models' ? [join(tree, id), ...places] : places;
}

/** A directory with a file in it is one model; one of nothing but folders of folders is a tree. */
function rootOfDirectory(directory: string): Root {
  demandDirectory(directory);
  const names = readdirSync(directory).filter((name) => !name.startsWith('.'));
  if (names.length === 0) {
    throw new ModelError('IO', 'Nothing to serve: the directory is empty', {
      subject: directory,
      remedies: ['Name a model’s directory, or a folder that holds models as org/name.'],
    });
  }
  const tree = { tree: directory };
  const holdsFiles = names.some((name) => !isDirectory(join(directory, name)));
  if (!holdsFiles && repositoriesOf(tree).length > 0) return tree;
  return mapping('models', `local/${nameOf(directory)}`, directory);
}

/** A repository's name from its directory's: a store path's hash is no part of it. */
function nameOf(directory: string): string {
  const name = basename(directory).replace(STORE_HASH, '').replace(/[^A-Za-z0-9._-]+/g, '-');
  return name.replace(/^[^A-Za-z0-9]+/, '').slice(0, 96) || 'model';
}

function mapping(kind: RepoKind, id: string, directory: string): RepoMapping {
  return { kind, id, revision: 'main', directory };
}

function orgsAndNames(folder: string): string[] {
  return foldersOf(folder)
    .flatMap((org) => foldersOf(join(folder, org)).map((name) => `${org}/${name}`))
    .filter(isRepoId);
}

function foldersOf(folder: string): string[] {
  if (!isDirectory(folder)) return [];
  return readdirSync(folder).filter((name) => isDirectory(join(folder, name)));
}

export function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function demandDirectory(path: string): void {
  if (isDirectory(path)) return;
  throw new ModelError('IO', 'Cannot serve: there is no such directory', {
    subject: path,
    remedies: ['Give a directory, or ORG/NAME=DIRECTORY to choose the name it is served under.'],
  });
}
