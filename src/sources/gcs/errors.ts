// Google Cloud Storage's refusals in words that say what to do. The status tells them apart; the
// server's own sentence, where there is one, goes along.

import { ModelError } from '../../base/errors.ts';
import type { Answer } from '../../base/manifest.ts';
import type { GcsSource } from '../../base/spec.ts';
import type { HttpResponse } from '../../net/http.ts';
import { readBytes } from '../../net/read-bytes.ts';
import { responseError, ResponseFailure } from '../../net/response-error.ts';
import { printable } from '../printable.ts';

export interface Failure extends Answer {
  readonly message?: string | undefined;
}

/** What was asked for, and by whom. */
export interface Asked {
  readonly source: GcsSource;
  readonly subject: string;
  /** Undefined for a listing. */
  readonly key?: string | undefined;
  readonly signed: boolean;
  /** Why credentials that may be there were not used. */
  readonly withheld?: string | undefined;
}

type Explanation = readonly [...ConstructorParameters<typeof ModelError>];

const MAX_ERROR_BYTES = 64 * 1024;

export async function readFailure(response: HttpResponse): Promise<Failure> {
  const { status, headers, url } = response;
  const text = await readBytes(response, MAX_ERROR_BYTES).then(String, () => '');
  return { status, headers, url, message: messageOf(text) };
}

export function explainFailure(failure: Failure, asked: Asked): ModelError {
  const { source, key } = asked;
  const subject = key === undefined ? asked.subject : `gs://${source.bucket}/${key}`;
  const explanation = explain(failure.status, asked);
  if (explanation === undefined) return responseError(failure, { subject });
  const [code, message, details] = explanation;
  const found = [`HTTP status ${failure.status}`, failure.message].filter((text) => text !== undefined);
  return new ModelError(code, message, {
    subject,
    found: printable(found.join(', ')),
    cause: new ResponseFailure(failure),
    ...details,
  });
}

function explain(status: number, asked: Asked): Explanation | undefined {
  if (status === 401 || status === 403) return denied(asked);
  if (status === 404) return asked.key === undefined ? noBucket(asked) : noObject();
  return undefined;
}

function denied({ key, signed, withheld }: Asked): Explanation {
  const right = key === undefined ? 'storage.objects.list' : 'storage.objects.get';
  if (signed) {
    return ['AUTH_INVALID', 'Google Cloud Storage refuses access to these credentials', {
      remedies: [
        `Let the bucket's owner give them ${right} (the role Storage Object Viewer has it).`,
        'Log in again (`gcloud auth application-default login`), or set GOOGLE_APPLICATION_CREDENTIALS.',
        'For a public bucket set `anonymous = true` in the source.',
      ],
    }];
  }
  const login = withheld === undefined
    ? 'Remove `anonymous = true` from the source, and log in as somebody who may read the bucket.'
    : `Credentials were not sent: ${withheld}. Set STORAGE_EMULATOR_HOST to it, or leave it out.`;
  return ['AUTH_REQUIRED', 'The bucket is not public', {
    remedies: [login, `For everybody to read it, allUsers must have ${right}.`],
  }];
}

function noBucket({ source }: Asked): Explanation {
  return ['REPO_NOT_FOUND', `There is no bucket "${source.bucket}"`, {
    remedies: ['Check the spelling of `bucket`, and `endpoint` where the server is not Google.'],
  }];
}

function noObject(): Explanation {
  return ['ENTRY_NOT_FOUND', 'The bucket no longer has this object, or this generation of it', {
    remedies: ['If the model was meant to change, write the lock entry again.'],
  }];
}

/** `{"error": {"message": …}}`, or plain text where the content of an object was asked for. */
function messageOf(text: string): string | undefined {
  try {
    const value = JSON.parse(text) as { error?: { message?: unknown } } | null;
    const message = value?.error?.message;
    return typeof message === 'string' ? message : undefined;
  } catch {
    return text === '' || text.startsWith('<') ? undefined : text;
  }
}
