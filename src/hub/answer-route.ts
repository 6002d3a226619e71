// The answer to each question of route.ts, from the catalog's snapshots. One function per endpoint;
// docs/hub.md lists them. Refusals tell a missing repository, revision and file apart.

import type { IncomingMessage } from 'node:http';
import { type Access, type AccessRules, isGated } from './access.ts';
import { type Answer, hubError, jsonAnswer, refusal, textAnswer } from './answer.ts';
import { answerFile, answerPointer } from './answer-file.ts';
import { type Catalog, exists, findSnapshot, type Repository } from './catalog.ts';
import { entryOf, infoOf, type RepoFlags, summaryOf } from './entries.ts';
import { readPathsQuestion } from './request-body.ts';
import type { Route } from './route.ts';
import { isTrue, treePage } from './tree-page.ts';

export interface Question {
  readonly request: IncomingMessage;
  readonly route: Route | undefined;
  readonly query: URLSearchParams;
  readonly access: Access;
  readonly rules: AccessRules;
  readonly catalog: Catalog;
  /** `http://host:port` as the client knows it. */
  readonly origin: string;
}

type RouteNamed<Name extends Route['name']> = Extract<Route, { name: Name }>;

/** A file's answer may rest on a walk this old: its own state is checked when it is opened. */
const FILE_MAX_AGE_MS = 1000;

export async function answerRoute(question: Question): Promise<Answer> {
  const { route, catalog } = question;
  if (route === undefined) return refusal(404, 'This hub has no such page.');
  switch (route.name) {
    case 'home':
      return textAnswer(`A read-only HuggingFace hub. Clients: HF_ENDPOINT=${question.origin}\n`);
    case 'health':
      return jsonAnswer({ status: 'ok' });
    case 'whoami':
      return answerWhoami(question);
    case 'list':
      return answerList(question, route);
    default: {
      const repository = catalog.find(route.kind, route.id);
      if (repository === undefined) return repoNotFound();
      return answerInRepository(question, route, repository);
    }
  }
}

type InRepository = Exclude<Route, { name: 'home' | 'health' | 'whoami' | 'list' }>;

function answerInRepository(
  question: Question,
  route: InRepository,
  repository: Repository,
): Promise<Answer> {
  switch (route.name) {
    case 'refs':
      return answerRefs(repository);
    case 'info':
      return answerInfo(question, route, repository);
    case 'tree':
      return answerTree(question, route, repository);
    case 'paths-info':
      return answerPathsInfo(question, route, repository);
    case 'file':
      return answerResolve(question, route, repository);
  }
}

function answerWhoami({ access, rules }: Question): Answer {
  if (access === 'anonymous') return refusal(401, 'Invalid username or password.');
  const auth = { type: 'access_token', accessToken: { displayName: 'hub', role: 'read' } };
  const name = rules.token === undefined ? 'anyone' : 'holder-of-the-token';
  return jsonAnswer({ type: 'user', id: name, name, fullname: name, orgs: [], auth });
}

async function answerList(
  { catalog, rules, query }: Question,
  { kind }: RouteNamed<'list'>,
): Promise<Answer> {
  const author = query.get('author');
  const search = query.get('search')?.toLowerCase() ?? '';
  const limit = Number(query.get('limit') ?? Number.NaN) || Infinity;
  const fits = ({ id }: Repository): boolean =>
    (author === null || id.startsWith(`${author}/`)) && id.toLowerCase().includes(search);
  const found = catalog.list().filter((repository) => repository.kind === kind && fits(repository));
  const isThere = await Promise.all(found.map(exists));
  const listed = found.filter((_, place) => isThere[place]).slice(0, limit);
  return jsonAnswer(listed.map((repository) => summaryOf(repository, flagsOf(rules, repository))));
}

async function answerRefs({ revisions }: Repository): Promise<Answer> {
  const branches = [...revisions].map(async ([name, directory]) => {
    const ref = name.startsWith('refs/') ? name : `refs/heads/${name}`;
    return { name, ref, targetCommit: (await directory.current(0))?.commit };
  });
  return jsonAnswer({ branches: await Promise.all(branches), tags: [], converts: [] });
}

async function answerInfo(
  { rules, query }: Question,
  { revision }: RouteNamed<'info'>,
  repository: Repository,
): Promise<Answer> {
  const snapshot = await findSnapshot(repository, revision, 0);
  if (snapshot === undefined) return revisionNotFound(repository, revision);
  return jsonAnswer(infoOf(repository, snapshot, flagsOf(rules, repository), isTrue(query.get('blobs'))));
}

async function answerTree(
  { request, query, origin }: Question,
  { revision, path }: RouteNamed<'tree'>,
  repository: Repository,
): Promise<Answer> {
  const snapshot = await findSnapshot(repository, revision, 0);
  if (snapshot === undefined) return revisionNotFound(repository, revision);
  const page = treePage(snapshot, path, query);
  if (page === undefined) return entryNotFound(path);
  if (page.next === undefined) return jsonAnswer(page.entries);
  const address = `${origin}${request.url?.split('?')[0] ?? ''}?${page.next.toString()}`;
  return jsonAnswer(page.entries, { Link: `<${address}>; rel="next"` });
}

async function answerPathsInfo(
  { request }: Question,
  { revision }: RouteNamed<'paths-info'>,
  repository: Repository,
): Promise<Answer> {
  const asked = await readPathsQuestion(request);
  if (asked === 'too large') return refusal(413, 'The list of paths is too long.');
  if (asked === 'malformed') return refusal(400, 'The body must be {"paths": […], "expand": false} or a form.');
  const snapshot = await findSnapshot(repository, revision, 0);
  if (snapshot === undefined) return revisionNotFound(repository, revision);
  // Paths that do not exist are left out without an error, as the real hub does.
  const entries = asked.paths.map((path) => entryOf(snapshot, path, asked.expand));
  return jsonAnswer(entries.filter((entry) => entry !== undefined));
}

async function answerResolve(
  { request: { method = 'GET', headers } }: Question,
  { revision, path, raw }: RouteNamed<'file'>,
  repository: Repository,
): Promise<Answer> {
  // A file that is missing or has changed since the last walk is looked for in a fresh one.
  for (const maxAgeMs of [FILE_MAX_AGE_MS, 0, 0]) {
    const snapshot = await findSnapshot(repository, revision, maxAgeMs);
    const file = snapshot?.files.get(path);
    if (snapshot === undefined || file === undefined) {
      if (maxAgeMs > 0) continue;
      return snapshot === undefined ? revisionNotFound(repository, revision) : entryNotFound(path);
    }
    const request = { method, headers };
    const { blobId, lfs } = file;
    if (raw && lfs !== undefined) return answerPointer(request, snapshot, { blobId, pointer: lfs.pointer });
    const answer = await answerFile(request, snapshot, file);
    if (answer !== undefined) return answer;
  }
  return refusal(503, 'The file is being written to.', { 'Retry-After': 1 });
}

function flagsOf(rules: AccessRules, repository: Repository): RepoFlags {
  const gated = isGated(rules, repository);
  return { isPrivate: rules.token !== undefined && rules.gated.length === 0, isGated: gated };
}

function repoNotFound(): Answer {
  return hubError('RepoNotFound', 'Repository not found');
}

async function revisionNotFound(repository: Repository, revision: string): Promise<Answer> {
  if (!(await exists(repository))) return repoNotFound();
  return hubError('RevisionNotFound', `Invalid rev id: ${revision}`);
}

function entryNotFound(path: string): Answer {
  return hubError('EntryNotFound', `Entry not found: ${path}`);
}
