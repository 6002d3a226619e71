// A registry's refusals in words that say what to do. Its JSON names the reason where it is asked
// for a manifest; for a blob only the status is looked at. Pure.

import { type ErrorCode, ModelError } from '../../base/errors.ts';
import type { Answer } from '../../base/manifest.ts';
import { ResponseFailure, responseError } from '../../net/response-error.ts';
import { printable } from '../printable.ts';
import { isDigest } from './address.ts';
import type { FoundLogin } from './login.ts';

/** What was asked for, and by whom. */
export interface Question extends FoundLogin {
  /** Short form of the source, such as `oci:ghcr.io/org/name:tag`. */
  readonly subject: string;
  readonly host: string;
  readonly reference: string;
  /** The file that was asked for, where it was one. */
  readonly path?: string | undefined;
}

/** The first entry of a registry's `errors`. */
export interface RegistryError {
  readonly code: string;
  readonly message: string;
}

interface Explanation {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedies: readonly string[];
}

/** The error that this answer is, or undefined where its status alone says it all. */
export function explainAnswer(
  answer: Answer,
  question: Question,
  error?: RegistryError,
): ModelError | undefined {
  const { path } = question;
  const subject = path === undefined ? question.subject : `${question.subject}: ${path}`;
  if (answer.status === 429) {
    const wait = 'Wait, then run the same command again: what has been downloaded is kept.';
    return responseError(answer, { subject, remedies: [wait, ...logInRemedies(question)] });
  }
  const explanation = explain(answer, question, error);
  if (explanation === undefined) return undefined;
  return new ModelError(explanation.code, explanation.message, {
    subject,
    found: foundText(answer, error),
    remedies: explanation.remedies,
    cause: new ResponseFailure(answer),
  });
}

/** `errors` of a registry's answer, if it is one of a registry. */
export function parseRegistryError(body: string): RegistryError | undefined {
  try {
    const { errors } = JSON.parse(body) as { errors?: unknown };
    const [first] = Array.isArray(errors) ? (errors as unknown[]) : [];
    const { code, message } = (first ?? {}) as Record<string, unknown>;
    if (typeof code !== 'string') return undefined;
    return { code, message: typeof message === 'string' ? message : '' };
  } catch {
    return undefined;
  }
}

function explain(
  { status }: Answer,
  question: Question,
  error?: RegistryError,
): Explanation | undefined {
  if (status === 401 || status === 403) return refused(question);
  if (error?.code.startsWith('NAME_') === true) return noRepository(question);
  if (status !== 404) return undefined;
  if (question.path !== undefined) return noBlob();
  return error === undefined ? notARegistry(question) : noManifest(question);
}

function refused(question: Question): Explanation {
  const { login, host } = question;
  const spelling = 'Check the spelling: a registry may answer the same for one that does not exist.';
  if (login === undefined) {
    return {
      code: 'AUTH_REQUIRED',
      message: `${host} wants to know who asks: the repository is private, or there is none`,
      remedies: [spelling, ...logInRemedies(question)],
    };
  }
  return {
    code: 'AUTH_INVALID',
    message: `${host} does not let the account in ${login.from} read this repository`,
    remedies: [spelling, `Log in again, or as somebody who may read it: \`skopeo login ${host}\`.`],
  };
}

function noRepository({ host }: Question): Explanation {
  return {
    code: 'REPO_NOT_FOUND',
    message: `${host} has no such repository`,
    remedies: ['Check the spelling of the repository.'],
  };
}

function noManifest({ reference }: Question): Explanation {
  const what = isDigest(reference) ? 'manifest of this digest' : `tag "${reference}"`;
  return {
    code: 'REVISION_NOT_FOUND',
    message: `The repository has no ${what}, or there is no such repository`,
    remedies: ['Check the spelling of both; tags can be deleted, and manifests with them.'],
  };
}

function noBlob(): Explanation {
  return {
    code: 'ENTRY_NOT_FOUND',
    message: 'The registry no longer has this file',
    remedies: ['What was pinned has been deleted: lock the model again, or ask who publishes it.'],
  };
}

function notARegistry({ host }: Question): Explanation {
  return {
    code: 'REPO_NOT_FOUND',
    message: `${host} does not answer as a registry does`,
    remedies: ['Check the address: many registries have another host than their web pages.'],
  };
}

function logInRemedies({ withheld, host, login }: Question): string[] {
  if (login !== undefined) return [];
  if (host === 'registry.ollama.ai') return ["Private models want Ollama's own key, which is not used here."];
  const logIn = `Log in: \`skopeo login ${host}\`, or \`docker login ${host}\` without a credential helper.`;
  if (withheld === undefined) return [logIn];
  return [`There may be a login, but it was not used: ${withheld}.`, logIn];
}

/** The status and the registry's own words. */
function foundText({ status }: Answer, error: RegistryError | undefined): string {
  if (error === undefined) return `HTTP status ${status}`;
  return `HTTP status ${status}, ${printable(`${error.code}: ${error.message}`)}`;
}
