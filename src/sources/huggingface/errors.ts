// A hub's refusals in words that say what to do. The hub tells them apart by X-Error-Code and
// X-Error-Message; status 401 means a missing repository as often as a private one.

import type { Answer } from '../../base/manifest.ts';
import { type ErrorCode, ModelError } from '../../base/errors.ts';
import { ResponseFailure } from '../../net/response-error.ts';
import { printable } from '../printable.ts';
import type { Token } from './token.ts';

/** What was asked for, and by whom. */
export interface Question {
  /** The repository's page. */
  readonly page: string;
  /** Short form of the source, such as `huggingface:org/name@main`. */
  readonly subject: string;
  readonly revision: string;
  /** The file that was asked for, where it was one. */
  readonly path?: string | undefined;
  /** The token that was sent. */
  readonly token?: Token | undefined;
  /** Why a token that is there was not sent. */
  readonly withheld?: string | undefined;
}

interface Explanation {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedies?: readonly string[] | undefined;
}

/** The error that this answer is, or undefined where its status alone says it all. */
export function explainAnswer(answer: Answer, question: Question): ModelError | undefined {
  const explanation = explain(answer, question);
  if (explanation === undefined) return undefined;
  const { path } = question;
  return new ModelError(explanation.code, explanation.message, {
    subject: path === undefined ? question.subject : `${question.subject}: ${path}`,
    found: foundText(answer),
    remedies: explanation.remedies,
    cause: new ResponseFailure(answer),
  });
}

function explain(answer: Answer, question: Question): Explanation | undefined {
  const { status, headers } = answer;
  const code = headers['x-error-code'];
  const message = headers['x-error-message'] ?? '';
  if (message.startsWith('Access to this resource is disabled')) return DISABLED;
  if (message.includes('Invalid credentials in Authorization header')) return badToken(question);
  if (code === 'GatedRepo') return gated(question);
  if (code === 'RevisionNotFound') return revisionNotFound(question);
  if (code === 'EntryNotFound') return entryNotFound(question);
  if (code === 'RepoNotFound' || status === 401) return repoNotFound(status, question);
  if (status === 403) return forbidden(question);
  if (status === 404) return question.path === undefined ? notAHub(question) : entryNotFound(question);
  return undefined;
}

const DISABLED: Explanation = {
  code: 'REPO_DISABLED',
  message: 'The hub has disabled this repository',
};

function badToken({ token }: Question): Explanation {
  const from = token?.from ?? 'HF_TOKEN';
  return {
    code: 'AUTH_INVALID',
    message: `The hub does not accept the token in ${from}`,
    remedies: [
      `Make a new token with read access and put it into ${from}.`,
      `For a public model none is needed: remove the one in ${from}.`,
    ],
  };
}

function gated({ page, token, withheld }: Question): Explanation {
  const again = 'Then run the same command again; some models also wait for their authors to agree.';
  const terms = `Open ${page} in a browser, log in and accept the terms of the model.`;
  if (token === undefined) {
    return {
      code: 'AUTH_GATED',
      message: 'The model is gated: its terms have to be accepted first',
      remedies: [terms, ...tokenRemedies(withheld, 'of the account that accepted them')],
    };
  }
  return {
    code: 'AUTH_GATED',
    message: `The model is gated, and the account of the token in ${token.from} has no access yet`,
    remedies: [
      `Open ${page} in a browser, log in as that account and accept the terms of the model.`,
      again,
      'A fine-grained token also needs the right to read public gated repositories.',
    ],
  };
}

function revisionNotFound({ page, revision }: Question): Explanation {
  return {
    code: 'REVISION_NOT_FOUND',
    message: `The repository has no branch, tag or commit "${revision}"`,
    remedies: [`See which there are: ${page}/commits/main`],
  };
}

function entryNotFound({ page, revision, path }: Question): Explanation {
  return {
    code: 'ENTRY_NOT_FOUND',
    message: `The revision has no file "${path ?? ''}"`,
    remedies: [`See which files there are: ${page}/tree/${encodeURIComponent(revision)}`],
  };
}

function repoNotFound(status: number, { page, token, withheld }: Question): Explanation {
  const spelling = `Check the spelling, and \`repoType\` for datasets and spaces: ${page}`;
  if (token !== undefined) {
    return {
      code: 'REPO_NOT_FOUND',
      message: `There is no such repository, or the token in ${token.from} may not see it`,
      remedies: [spelling, `If it is private, put a token that may read it into ${token.from}.`],
    };
  }
  return {
    code: status === 401 ? 'AUTH_REQUIRED' : 'REPO_NOT_FOUND',
    message: 'There is no such repository, or it is private',
    remedies: [spelling, ...tokenRemedies(withheld, 'of an account that may read it')],
  };
}

function forbidden({ token, withheld, page }: Question): Explanation {
  if (token === undefined) {
    return {
      code: 'AUTH_REQUIRED',
      message: 'The hub refuses access without a token',
      remedies: [`Look at ${page}`, ...tokenRemedies(withheld, 'of an account that may read it')],
    };
  }
  return {
    code: 'AUTH_INVALID',
    message: `The hub refuses access to the token in ${token.from}`,
    remedies: [
      `Give the token in ${token.from} the right to read ${page}`,
      'A fine-grained token also needs the right to read public gated repositories.',
    ],
  };
}

// A hub names its reason in X-Error-Code; a web server that is none has just a page missing.
function notAHub({ subject }: Question): Explanation {
  return {
    code: 'REPO_NOT_FOUND',
    message: 'There is no such repository at this address',
    remedies: [
      `Check the spelling: ${subject}`,
      'The answer has no X-Error-Code, as a hub would send: check HF_ENDPOINT, if it is set.',
    ],
  };
}

function tokenRemedies(withheld: string | undefined, whose: string): string[] {
  if (withheld === undefined) {
    return [`Set HF_TOKEN (or HF_TOKEN_PATH, to a file) to a token ${whose}.`];
  }
  return [`There is a token, but it was not sent: ${withheld}.`];
}

/** The status and the hub's own words. */
function foundText({ status, headers }: Answer): string {
  const words = [headers['x-error-code'], headers['x-error-message']];
  const own = printable(words.filter((text) => text !== undefined).join(': '));
  return own === '' ? `HTTP status ${status}` : `HTTP status ${status}, ${own}`;
}
