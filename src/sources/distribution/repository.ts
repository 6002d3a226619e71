// Conversations with one repository of a Docker or OCI registry (distribution specification): its
// manifests, and the right to read them. Used by the sources `ollama` and `oci`; knows nothing of
// what an artifact's blobs mean.

import { createHash } from 'node:crypto';
import { ModelError } from '../../base/errors.ts';
import type { Answer } from '../../base/manifest.ts';
import type { RegistrySource } from '../../base/spec.ts';
import type { HttpRequest, HttpResponse } from '../../net/http.ts';
import { sameOrigin } from '../../net/origin-rules.ts';
import { readBytes } from '../../net/read-bytes.ts';
import { responseError } from '../../net/response-error.ts';
import { withRetries } from '../../net/with-retries.ts';
import type { SourceContext } from '../source.ts';
import {
  blobUrl,
  isDigest,
  manifestUrl,
  type RepositoryAddress,
  repositoryAddress,
  shortForm,
} from './address.ts';
import { explainAnswer, parseRegistryError, type Question } from './errors.ts';
import { findLogin } from './login.ts';
import { answerChallenge, type Credentials } from './token.ts';

export interface RepositoryOptions {
  readonly kind: 'ollama' | 'oci';
  readonly source: RegistrySource;
  /** Media types of the manifests that the source understands, for Accept. */
  readonly manifestTypes: readonly string[];
  readonly context: SourceContext;
}

export interface Repository {
  readonly address: RepositoryAddress;
  readonly question: Question;
  /** Sent with every request. */
  readonly accept: string;
  readonly context: SourceContext;
}

export interface ManifestDocument {
  readonly bytes: Buffer;
  /** `sha256:…` of the bytes. */
  readonly digest: string;
}

/** What every registry has to take, by the distribution specification; most take no more. */
const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

const MAX_ERROR_BYTES = 64 * 1024;

export function openRepository(options: RepositoryOptions): Repository {
  const { kind, source, manifestTypes, context } = options;
  const address = repositoryAddress(source);
  const { host, reference } = address;
  const login = findLogin(address, context.environment);
  const question = { ...login, subject: `${kind}:${shortForm(address)}`, host, reference };
  return { address, question, accept: manifestTypes.join(', '), context };
}

/** A manifest by tag or digest. Its own digest is computed, never believed. */
export async function fetchManifest(
  repository: Repository,
  reference: string,
): Promise<ManifestDocument> {
  const { address, question, context } = repository;
  const { bytes, announced } = await withRetries(
    async () => {
      const response = await requestManifest(repository, reference);
      if (response.status !== 200) throw await refusal(repository, response, reference);
      const announced = response.headers['docker-content-digest'];
      return { bytes: await readBytes(response, MAX_MANIFEST_BYTES), announced };
    },
    { path: question.subject, ...context },
  );
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const wanted = isDigest(reference) ? reference : announced;
  if (wanted === digest || wanted === undefined || !isDigest(wanted)) return { bytes, digest };
  throw new ModelError('HASH_MISMATCH', `${address.host} sent a manifest of another digest`, {
    subject: question.subject,
    wanted,
    found: digest,
  });
}

/**
 * What a request for this repository has to carry now: nothing, a token, or the login. Tries once:
 * the downloader, who asks, has its own way with failures.
 */
export async function requestAccess(
  repository: Repository,
  reference: string,
): Promise<Credentials | undefined> {
  const url = manifestUrl(repository.address, reference);
  const response = await send(repository, { url, method: 'HEAD' });
  response.discard();
  return await credentialsFor(repository, response);
}

/** The registry's refusal of a file; storage elsewhere, where redirects lead, has its own reasons. */
export function explain(
  repository: Repository,
  answer: Answer,
  path: string,
): ModelError | undefined {
  if (!isOwn(repository, answer)) return undefined;
  return explainAnswer(answer, { ...repository.question, path });
}

async function requestManifest(
  repository: Repository,
  reference: string,
): Promise<HttpResponse> {
  const url = manifestUrl(repository.address, reference);
  const first = await send(repository, { url });
  const credentials = await credentialsFor(repository, first);
  if (credentials !== undefined) first.discard();
  const response = credentials === undefined ? first : await send(repository, { url, credentials });
  if (response.status !== 404 || !isDigest(reference)) return response;
  response.discard();
  // ollama.com has manifests of a given digest among its blobs.
  return await send(repository, { url: blobUrl(repository.address, reference), credentials });
}

function send({ accept, context }: Repository, request: HttpRequest): Promise<HttpResponse> {
  return context.http.request({ ...request, headers: { accept }, signal: context.signal });
}

/** Only the registry's own challenge counts: storage behind it must not ask for the user's login. */
async function credentialsFor(
  repository: Repository,
  response: HttpResponse,
): Promise<Credentials | undefined> {
  const challenge = response.headers['www-authenticate'];
  if (response.status !== 401 || challenge === undefined) return undefined;
  return isOwn(repository, response) ? await answerChallenge(challenge, repository) : undefined;
}

function isOwn({ address }: Repository, { url }: Pick<Answer, 'url'>): boolean {
  return sameOrigin(new URL(url), new URL(address.origin));
}

async function refusal(
  repository: Repository,
  response: HttpResponse,
  reference: string,
): Promise<ModelError> {
  const body = await readBytes(response, MAX_ERROR_BYTES).catch(() => Buffer.alloc(0));
  const error = parseRegistryError(body.toString('utf8'));
  const question = { ...repository.question, reference };
  const own = isOwn(repository, response) ? explainAnswer(response, question, error) : undefined;
  return own ?? responseError(response, { subject: question.subject });
}
