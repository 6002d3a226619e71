// Which question a request's target asks. Pure: the target comes from outside and is taken apart
// without ever becoming a path of the file system; files are looked up by name in a snapshot.

import { REPO_KINDS, type RepoKind } from './root.ts';

interface InRepo {
  readonly kind: RepoKind;
  readonly id: string;
}

interface AtRevision extends InRepo {
  readonly revision: string;
}

export type Route =
  | { readonly name: 'home' | 'health' | 'whoami' }
  | { readonly name: 'list'; readonly kind: RepoKind }
  | ({ readonly name: 'refs' } & InRepo)
  | ({ readonly name: 'info' } & AtRevision)
  | ({ readonly name: 'paths-info' } & AtRevision)
  | ({ readonly name: 'tree'; readonly path: string } & AtRevision)
  | ({ readonly name: 'file'; readonly path: string; readonly raw: boolean } & AtRevision);

export interface Target {
  /** Undefined where no question has this form. */
  readonly route: Route | undefined;
  readonly query: URLSearchParams;
}

const CONTROLS = /[\0-\x1f\x7f]/;
const FILE_VERBS = new Set(['resolve', 'raw']);
const API_VERBS = new Set(['revision', 'tree', 'paths-info', 'refs']);

/** Undefined for a target that is malformed: not absolute, wrongly encoded, with control characters. */
export function parseTarget(target: string): Target | undefined {
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1));
  const segments = decodeSegments(path);
  return segments === undefined ? undefined : { route: parseRoute(segments), query };
}

function decodeSegments(path: string): string[] | undefined {
  if (!path.startsWith('/')) return undefined;
  try {
    const segments = path.slice(1).split('/').map(decodeURIComponent);
    return segments.some((segment) => CONTROLS.test(segment)) ? undefined : segments;
  } catch {
    return undefined;
  }
}

function parseRoute(segments: readonly string[]): Route | undefined {
  const [first, second, ...rest] = segments;
  if (first === '' && second === undefined) return { name: 'home' };
  if (first === 'health' && second === undefined) return { name: 'health' };
  if (first !== 'api') return parseFile(segments);
  if (second === 'whoami-v2' && rest.length === 0) return { name: 'whoami' };
  const kind = REPO_KINDS.find((known) => known === second);
  if (kind === undefined) return undefined;
  return rest.length === 0 ? { name: 'list', kind } : parseApi(kind, rest);
}

/** `{id}`, `{id}/{verb}`, `{id}/{verb}/{revision}`, `{id}/tree/{revision}/{path}`. */
function parseApi(kind: RepoKind, segments: readonly string[]): Route | undefined {
  const length = idLength(segments, API_VERBS);
  const id = segments.slice(0, length).join('/');
  const [verb, revision, ...path] = segments.slice(length);
  if (verb === undefined) return { name: 'info', kind, id, revision: 'HEAD' };
  if (verb === 'refs' && revision === undefined) return { name: 'refs', kind, id };
  if (revision === undefined) return undefined;
  if (verb === 'tree') return { name: 'tree', kind, id, revision, path: path.filter(Boolean).join('/') };
  if (path.length > 0) return undefined;
  if (verb === 'revision') return { name: 'info', kind, id, revision };
  return verb === 'paths-info' ? { name: 'paths-info', kind, id, revision } : undefined;
}

/** `[datasets/|spaces/]{id}/resolve/{revision}/{path}`; `raw` gives LFS files' pointers. */
function parseFile(segments: readonly string[]): Route | undefined {
  const kind = REPO_KINDS.find((known) => known !== 'models' && known === segments[0]);
  const own = kind === undefined ? segments : segments.slice(1);
  const length = idLength(own, FILE_VERBS);
  const id = own.slice(0, length).join('/');
  const [verb, revision, ...path] = own.slice(length);
  if (verb === undefined || !FILE_VERBS.has(verb)) return undefined;
  if (revision === undefined || path.length === 0) return undefined;
  return { name: 'file', kind: kind ?? 'models', id, revision, path: path.join('/'), raw: verb === 'raw' };
}

/** Ids have two parts, but for the hub's oldest models, which have one. */
function idLength(segments: readonly string[], verbs: ReadonlySet<string>): number {
  const [, second, third] = segments;
  return second === undefined || (verbs.has(second) && !(third !== undefined && verbs.has(third))) ? 1 : 2;
}
