// An answer with a status that is no success, as a ModelError. The general meaning of statuses;
// sources put their own knowledge before it (sources/huggingface/errors.ts). The answer itself
// becomes the error's cause, because retries wait as its headers ask.

import { type ErrorCode, ModelError } from '../base/errors.ts';
import type { HttpResponse } from './http.ts';
import { askedDelay, isRetriableStatus } from './retry-policy.ts';

/** The cause of an error that a server answered: what the retry policy needs of the answer. */
export class ResponseFailure extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor({ status, headers }: Pick<HttpResponse, 'status' | 'headers'>) {
    super(`HTTP status ${status}`);
    this.name = 'ResponseFailure';
    this.status = status;
    this.headers = headers;
  }
}

export interface ResponseErrorDetails {
  /** What was asked for, in the user's words; the URL when absent. */
  readonly subject?: string | undefined;
  readonly remedies?: readonly string[] | undefined;
}

/** Does not read the body: discard it first. */
export function responseError(
  response: Pick<HttpResponse, 'status' | 'headers' | 'url'>,
  details: ResponseErrorDetails = {},
): ModelError {
  const { status, url } = response;
  const { host } = new URL(url);
  return new ModelError(codeOfStatus(status), `${host} ${meaningOf(response)}`, {
    subject: details.subject ?? url,
    found: `HTTP status ${status}`,
    retriable: isRetriableStatus(status),
    remedies: details.remedies ?? REMEDIES[status],
    cause: new ResponseFailure(response),
  });
}

function codeOfStatus(status: number): ErrorCode {
  return CODES[status] ?? 'HTTP_STATUS';
}

const CODES: Record<number, ErrorCode | undefined> = {
  401: 'AUTH_REQUIRED',
  404: 'ENTRY_NOT_FOUND',
  407: 'NETWORK',
  410: 'ENTRY_NOT_FOUND',
  429: 'RATE_LIMITED',
};

const REMEDIES: Record<number, readonly string[] | undefined> = {
  401: ['The address needs credentials, and none were sent or they are not valid.'],
  404: ['Check the address; the file may have been moved or removed.'],
  407: ['Put the name and password of the proxy into HTTPS_PROXY: http://name:password@host:port'],
  410: ['The file has been removed; look for another copy.'],
};

function meaningOf({ status, headers }: Pick<HttpResponse, 'status' | 'headers'>): string {
  if (status === 429) {
    const wait = askedDelay({ status, headers, now: Date.now() });
    const seconds = wait === undefined ? '' : ` and asks to wait ${Math.ceil(wait / 1000)} s`;
    return `has had too many requests from here${seconds}`;
  }
  return MEANINGS[status] ?? (status >= 500 ? 'has an internal problem' : 'answered unexpectedly');
}

const MEANINGS: Record<number, string | undefined> = {
  401: 'wants to know who asks',
  403: 'refuses access',
  404: 'does not have this file',
  407: 'cannot be reached: the proxy wants a name and password',
  410: 'no longer has this file',
  416: 'does not have the range of bytes that was asked for',
  503: 'is not available at the moment',
};
