// Conversations with one repository of a hub: which commit a revision is, which files it has. Every
// request carries the token where it may, is tried again where that can help, and fails in the
// hub's own terms (errors.ts).

import { ModelError } from '../../base/errors.ts';
import type { Answer, ManifestFile } from '../../base/manifest.ts';
import type { HuggingFaceSource } from '../../base/spec.ts';
import type { HttpResponse } from '../../net/http.ts';
import { sameOrigin } from '../../net/origin-rules.ts';
import { followPages, type PageAddress } from '../../net/pages.ts';
import { readJson } from '../../net/read-json.ts';
import { responseError } from '../../net/response-error.ts';
import { withRetries } from '../../net/with-retries.ts';
import type { SourceContext } from '../source.ts';
import { apiUrl, endpointOf, pageUrl } from './endpoint.ts';
import { explainAnswer } from './errors.ts';
import { findToken, reasonToWithhold, type Token } from './token.ts';
import { parseTreePage } from './tree.ts';

/** One repository at one revision, and the right to ask for it. */
export interface Repository {
  readonly source: HuggingFaceSource;
  readonly endpoint: string;
  readonly subject: string;
  readonly context: SourceContext;
  /** The token, where it may be sent to this endpoint. */
  readonly token: Token | undefined;
  readonly withheld: string | undefined;
}

/** The hub's largest page size without expanded entries. */
const PAGE_SIZE = 1_000;

/** A thousand entries with long names and digests stay well below. */
const MAX_PAGE_BYTES = 16 * 1024 * 1024;

/** Files and folders. Keeps memory bounded; the hub advises against more than 100,000 files. */
const MAX_ENTRIES = 500_000;

/** Repository information lists every file by name once more. */
const MAX_INFO_BYTES = 64 * 1024 * 1024;

const COMMIT = /^[0-9a-f]{40}$/;

export function openRepository(
  source: HuggingFaceSource,
  subject: string,
  context: SourceContext,
): Repository {
  const { environment } = context;
  const endpoint = endpointOf(source, environment);
  const found = findToken(environment);
  const withheld = found === undefined ? undefined : reasonToWithhold(endpoint, environment);
  const token = withheld === undefined ? found : undefined;
  return { source, endpoint, subject, context, token, withheld };
}

/** The commit that a branch, tag, pull request or commit stands for now. */
export async function resolveCommit(repository: Repository): Promise<string> {
  const { source, endpoint } = repository;
  if (COMMIT.test(source.revision)) return source.revision;
  const url = apiUrl(endpoint, source, 'revision', source.revision);
  const { value } = await fetchJson(repository, { url, trusted: true }, MAX_INFO_BYTES);
  const isRecord = typeof value === 'object' && value !== null;
  const sha: unknown = isRecord && 'sha' in value ? value.sha : undefined;
  if (typeof sha === 'string' && COMMIT.test(sha)) return sha;
  throw new ModelError('PROTOCOL', 'The hub does not say which commit the revision is', {
    subject: repository.subject,
    wanted: 'a "sha" of 40 hexadecimal digits',
    found: sha === undefined ? 'none' : JSON.stringify(sha),
  });
}

/** Every file of a commit, as the hub lists them. */
export async function listFiles(repository: Repository, commit: string): Promise<ManifestFile[]> {
  const { source, endpoint, subject } = repository;
  const query = `recursive=true&expand=false&limit=${PAGE_SIZE}`;
  const first = `${apiUrl(endpoint, source, 'tree', commit)}?${query}`;
  const files: ManifestFile[] = [];
  const pages = followPages(first, (address) => fetchJson(repository, address, MAX_PAGE_BYTES));
  let entries = 0;
  for await (const value of pages) {
    entries += Array.isArray(value) ? value.length : 0;
    if (entries > MAX_ENTRIES) throw tooLarge(subject);
    for (const file of parseTreePage(value, subject)) files.push(file);
  }
  return files;
}

export function credentialsOf({ token }: Repository): Record<string, string> | undefined {
  return token === undefined ? undefined : { authorization: `Bearer ${token.value}` };
}

/** The hub's refusal of a request for this repository, or for one file in it. */
export function explain(
  repository: Repository,
  answer: Answer,
  path?: string,
): ModelError | undefined {
  const { source, endpoint, subject, token, withheld } = repository;
  const { revision } = source;
  // Storage elsewhere, where redirects lead, has its own reasons, and never saw the token.
  if (!sameOrigin(new URL(answer.url), new URL(endpoint))) return undefined;
  const page = pageUrl(endpoint, source);
  return explainAnswer(answer, { page, subject, revision, path, token, withheld });
}

async function fetchJson(
  repository: Repository,
  { url, trusted }: PageAddress,
  maxBytes: number,
): Promise<{ value: unknown; link: string | undefined }> {
  const { http, signal } = repository.context;
  const credentials = trusted ? credentialsOf(repository) : undefined;
  const request = { url, headers: { accept: 'application/json' }, credentials, signal };
  return await withRetries(
    async () => {
      const response = await http.request(request);
      if (response.status !== 200) throw refusal(repository, response);
      return { value: await readJson(response, maxBytes), link: response.headers['link'] };
    },
    { path: repository.subject, ...repository.context },
  );
}

function tooLarge(subject: string): ModelError {
  return new ModelError('FORMAT_LIMIT', 'The repository is too large to be a model', {
    subject,
    wanted: `at most ${MAX_ENTRIES} files and folders`,
  });
}

function refusal(repository: Repository, response: HttpResponse): ModelError {
  response.discard();
  return explain(repository, response) ?? responseError(response, { subject: repository.subject });
}
