// The repositories of a hub: what the roots name, and what the trees among them hold now. Finds a
// repository by its id and a state of it by its revision; knows nothing of HTTP.

import { realpath } from 'node:fs/promises';
import { ModelError } from '../base/errors.ts';
import { createDigestMemory } from './digest-memory.ts';
import { createDigests } from './digests.ts';
import { isDirectory, isRepoId, parseRoot, placesOf, repositoriesOf } from './root.ts';
import type { RepoKind, RepoMapping, RepoTree, Root } from './root.ts';
import { isWithin, ServedDirectory } from './served-directory.ts';
import type { Snapshot } from './snapshot.ts';

export interface CatalogOptions {
  /** Words as `serve` takes them, or parsed ones. */
  readonly roots: readonly (string | Root)[];
  /** A root inside the store may link to anywhere in it. */
  readonly storeDirectory?: string | undefined;
  /** Remembers digests between runs; nothing is remembered when absent. */
  readonly cacheDirectory?: string | undefined;
  readonly log: (line: string) => void;
  /** Ends what is being hashed. */
  readonly signal: AbortSignal;
}

export interface Repository {
  readonly kind: RepoKind;
  readonly id: string;
  readonly revisions: ReadonlyMap<string, ServedDirectory>;
}

export interface Catalog {
  find(kind: RepoKind, id: string): Repository | undefined;
  /** Everything that is served now, sorted by id. */
  list(): Repository[];
}

const COMMIT = /^[0-9a-f]{40}$/;
/** What clients ask for when they want whatever is the default. */
const DEFAULT_REVISION = 'HEAD';

/** Throws where a root is no directory or two roots claim the same revision. */
export function openCatalog(options: CatalogOptions): Catalog {
  const roots = options.roots.map((root) => (typeof root === 'string' ? parseRoot(root) : root));
  const bases = roots.map((root) => ('tree' in root ? root.tree : root.directory));
  const trees = roots.filter((root): root is RepoTree => 'tree' in root);
  const mapped = new Map<string, Repository & { revisions: Map<string, ServedDirectory> }>();

  function add({ kind, id, revision, directory }: RepoMapping, base: string): Repository {
    const key = `${kind}/${id}`;
    const repository = mapped.get(key) ?? { kind, id, revisions: new Map<string, ServedDirectory>() };
    mapped.set(key, repository);
    if (repository.revisions.has(revision)) throw claimedTwice(id, revision);
    repository.revisions.set(revision, serveDirectory(options, { directory, base, bases }));
    return repository;
  }

  function addFromTree(kind: RepoKind, id: string): Repository | undefined {
    if (!isRepoId(id) || !id.includes('/')) return undefined;
    for (const tree of trees) {
      const directory = placesOf(tree, kind, id).find(isDirectory);
      if (directory !== undefined) return add({ kind, id, revision: 'main', directory }, tree.tree);
    }
    return undefined;
  }

  for (const root of roots) if (!('tree' in root)) add(root, root.directory);
  const find = (kind: RepoKind, id: string): Repository | undefined =>
    mapped.get(`${kind}/${id}`) ?? addFromTree(kind, id);
  return {
    find,
    list() {
      for (const { kind, id } of trees.flatMap(repositoriesOf)) find(kind, id);
      return [...mapped.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    },
  };
}

/** The state that a revision names: a branch or tag, the default, or a commit that is still there. */
export async function findSnapshot(
  { revisions }: Repository,
  revision: string,
  maxAgeMs: number,
): Promise<Snapshot | undefined> {
  const [first] = revisions.values();
  const isDefault = revision === DEFAULT_REVISION;
  const named = revisions.get(isDefault ? 'main' : revision) ?? (isDefault ? first : undefined);
  if (named !== undefined) return named.current(maxAgeMs);
  if (!COMMIT.test(revision)) return undefined;
  for (const directory of revisions.values()) {
    const snapshot = await directory.current(maxAgeMs);
    if (snapshot?.commit === revision) return snapshot;
  }
  return undefined;
}

/** A repository of a tree can be taken away, or be a link that leads out. */
export async function exists({ revisions }: Repository): Promise<boolean> {
  const answers = await Promise.all([...revisions.values()].map((directory) => directory.exists()));
  return answers.some(Boolean);
}

function serveDirectory(
  { storeDirectory = '/nix/store', cacheDirectory, log, signal }: CatalogOptions,
  { directory, base, bases }: { directory: string; base: string; bases: readonly string[] },
): ServedDirectory {
  const memory = cacheDirectory === undefined ? undefined : createDigestMemory(cacheDirectory, directory);
  const digests = createDigests({ memory, signal });
  return new ServedDirectory({
    directory,
    digests,
    log,
    async fence() {
      const given = [base, storeDirectory, ...bases];
      const real = await Promise.all(given.map((path) => realpath(path).catch(() => path)));
      const [realBase = base, realStore = storeDirectory, ...others] = real;
      return isWithin(realStore, realBase) ? [realStore, ...others] : others;
    },
  });
}

function claimedTwice(id: string, revision: string): ModelError {
  return new ModelError('USAGE', 'Two directories claim the same revision of a repository', {
    subject: `${id}@${revision}`,
    remedies: ['Give one of them another name or revision: ORG/NAME@REVISION=DIRECTORY.'],
  });
}
