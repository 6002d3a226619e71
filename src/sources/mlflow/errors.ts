// An MLflow server's refusals. It tells them apart by an `error_code` in the answer; a server that
// sends none is a proxy before it, or no MLflow server at all.

import { ModelError } from '../../base/errors.ts';
import type { Answer } from '../../base/manifest.ts';
import type { HttpResponse } from '../../net/http.ts';
import { readBytes } from '../../net/read-bytes.ts';
import { ResponseFailure, responseError } from '../../net/response-error.ts';
import { printable } from '../printable.ts';
import type { Tracking } from './tracking.ts';

/** The cause of an error that MLflow has a code for. */
export class ApiFailure extends ResponseFailure {
  readonly errorCode: string;

  constructor(response: HttpResponse, errorCode: string) {
    super(response);
    this.errorCode = errorCode;
  }
}

/** Enough for any message; a page of HTML is cut, or refused. */
const MAX_MESSAGE_BYTES = 256 * 1024;

/** True where the server says that what was asked for does not exist. */
export function isMissing(error: unknown): boolean {
  if (!(error instanceof ModelError) || !(error.cause instanceof ApiFailure)) return false;
  // A missing alias is an invalid parameter to some of its stores.
  return ['RESOURCE_DOES_NOT_EXIST', 'INVALID_PARAMETER_VALUE'].includes(error.cause.errorCode);
}

export async function readFailure(response: HttpResponse, tracking: Tracking): Promise<ModelError> {
  const { code, message } = await readWords(response);
  const found = [`HTTP status ${response.status}`, code, printable(message)].filter((text) => text !== '').join(', ');
  const cause = code === '' ? new ResponseFailure(response) : new ApiFailure(response, code);
  const { subject } = tracking;
  const known = explainRefusal(response, tracking, { subject, found, cause });
  if (known !== undefined) return known;
  if (code === '' && response.status === 404) {
    return new ModelError('REPO_NOT_FOUND', 'There is no MLflow server at this address', {
      subject: response.url,
      found,
      remedies: ['Check `trackingUri`, or MLFLOW_TRACKING_URI: the address of its start page.'],
      cause,
    });
  }
  const general = responseError(response, { subject });
  const { retriable, remedies } = general;
  return new ModelError(general.code, general.message, { subject, found, retriable, remedies, cause });
}

/** 401 and 403, of the API and of files. */
export function explainRefusal(
  { status }: Pick<Answer, 'status'>,
  { credentials, from = 'the environment', withheld, address }: Tracking,
  details: { subject: string; found: string; cause: Error },
): ModelError | undefined {
  if (status !== 401 && status !== 403) return undefined;
  const { host } = new URL(address);
  if (credentials !== undefined) {
    const message = status === 401 ? `does not accept ${from}` : `refuses access to the account of ${from}`;
    return new ModelError('AUTH_INVALID', `The MLflow server ${host} ${message}`, {
      ...details,
      remedies: [status === 401 ? `Correct ${from}.` : 'Ask for the permission to read the registered model.'],
    });
  }
  return new ModelError('AUTH_REQUIRED', `The MLflow server ${host} wants to know who asks`, {
    ...details,
    remedies: [
      withheld === undefined
        ? 'Set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN.'
        : `What ${from} holds was not sent: ${withheld}.`,
    ],
  });
}

async function readWords(response: HttpResponse): Promise<{ code: string; message: string }> {
  try {
    const text = (await readBytes(response, MAX_MESSAGE_BYTES)).toString('utf8');
    const value = JSON.parse(text) as Record<string, unknown> | null;
    const { error_code: code, message } = value ?? {};
    return { code: typeof code === 'string' ? printable(code, 80) : '', message: typeof message === 'string' ? message : '' };
  } catch {
    // A web page, or nothing: the status says it all.
    return { code: '', message: '' };
  }
}
