// S3's refusals in words that say what to do. The reason stands in the body of an answer, as a code;
// answers to HEAD have none, and then the status must do.

import { type ErrorCode, ModelError } from '../../base/errors.ts';
import type { Answer } from '../../base/manifest.ts';
import type { S3Source } from '../../base/spec.ts';
import type { HttpResponse } from '../../net/http.ts';
import { readBytes } from '../../net/read-bytes.ts';
import { responseError, ResponseFailure } from '../../net/response-error.ts';
import { parseXml, textOf } from '../objects/xml.ts';
import { printable } from '../printable.ts';

/** An unsuccessful answer, with what its body says. */
export interface Failure extends Answer {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  /** The region that the bucket lies in, where that is the matter. */
  readonly region?: string | undefined;
}

/** What was asked for, and by whom. */
export interface Asked {
  readonly source: S3Source;
  readonly subject: string;
  /** Empty for a listing. */
  readonly key: string;
  readonly region: string;
  /** Where the credentials come from; undefined where nothing was signed. */
  readonly from: string | undefined;
}

interface Explanation {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedies: readonly string[];
}

/** S3's error documents have a few hundred bytes. */
const MAX_ERROR_BYTES = 64 * 1024;

export async function readFailure(response: HttpResponse): Promise<Failure> {
  const { status, headers, url } = response;
  const region = headers['x-amz-bucket-region'];
  const text = await readBytes(response, MAX_ERROR_BYTES).then(String, () => '');
  const body = await parseXml(text, 'Error');
  if (body === undefined) return { status, headers, url, region };
  return {
    status,
    headers,
    url,
    code: textOf(body, 'Code'),
    message: textOf(body, 'Message'),
    region: textOf(body, 'Region') ?? region,
  };
}

export function explainFailure(failure: Failure, asked: Asked): ModelError {
  const subject = asked.key === '' ? asked.subject : `s3://${asked.source.bucket}/${asked.key}`;
  const explanation = explain(failure, asked);
  if (explanation === undefined) return responseError(failure, { subject });
  return new ModelError(explanation.code, explanation.message, {
    subject,
    found: foundText(failure),
    remedies: explanation.remedies,
    cause: new ResponseFailure(failure),
  });
}

function explain(failure: Failure, asked: Asked): Explanation | undefined {
  const { status, code = '', region } = failure;
  if (MISPLACED.has(code) || status === 301) {
    if (region !== undefined && region !== asked.region) return otherRegion(region, asked);
  }
  // Nothing is older than a few minutes here, unless the two clocks disagree.
  if (code === 'AccessDenied' && /expired|not yet valid/i.test(failure.message ?? '')) return WRONG_CLOCK;
  const known = KNOWN[code];
  if (known !== undefined) return known(asked);
  if (status === 403 || status === 401) return denied(asked);
  if (status === 404) return asked.key === '' ? noBucket(asked) : noKey(asked);
  return undefined;
}

const MISPLACED: ReadonlySet<string> = new Set([
  'PermanentRedirect',
  'AuthorizationHeaderMalformed',
  'AuthorizationQueryParametersError',
  'IllegalLocationConstraintException',
]);

const KNOWN: Record<string, ((asked: Asked) => Explanation) | undefined> = {
  NoSuchBucket: noBucket,
  NoSuchKey: noKey,
  NoSuchVersion: noVersion,
  AccessDenied: denied,
  AllAccessDisabled: denied,
  InvalidAccessKeyId: ({ from }) => badCredentials(`S3 does not know the access key of ${from ?? ''}`, from),
  SignatureDoesNotMatch: ({ from }) =>
    badCredentials(`The secret key of ${from ?? ''} does not belong to its access key`, from),
  InvalidToken: ({ from }) => badCredentials(`The session token of ${from ?? ''} is not valid`, from),
  ExpiredToken: ({ from }) => badCredentials(`The session of ${from ?? ''} has expired`, from),
  TokenRefreshRequired: ({ from }) => badCredentials(`The session of ${from ?? ''} has expired`, from),
  RequestTimeTooSkewed: () => WRONG_CLOCK,
  InvalidObjectState: () => ({
    code: 'HTTP_STATUS',
    message: 'The object is in an archive and cannot be read before it is restored',
    remedies: ['Restore it first: `aws s3api restore-object`.'],
  }),
};

const WRONG_CLOCK: Explanation = {
  code: 'AUTH_INVALID',
  message: 'The clock of this machine is wrong: S3 refuses what was signed by it',
  remedies: ['Set the clock (`timedatectl set-ntp true`), then run the same command again.'],
};

function otherRegion(region: string, { source }: Asked): Explanation {
  return {
    code: 'SPEC_INVALID',
    message: `The bucket lies in the region ${printable(region)}`,
    remedies: [`Set \`region = "${printable(region)}"\` for the bucket ${source.bucket} in the source.`],
  };
}

function noBucket({ source }: Asked): Explanation {
  return {
    code: 'REPO_NOT_FOUND',
    message: `There is no bucket "${source.bucket}"`,
    remedies: ['Check the spelling of `bucket`, and `endpoint` where the server is not AWS.'],
  };
}

function noKey({ source }: Asked): Explanation {
  return {
    code: 'ENTRY_NOT_FOUND',
    message: 'The bucket no longer has this object',
    remedies: [
      `See what there is: aws s3 ls --recursive s3://${source.bucket}/${source.prefix}`,
      'If the model has changed, write the lock entry again.',
    ],
  };
}

function noVersion(): Explanation {
  return {
    code: 'REVISION_NOT_FOUND',
    message: 'The bucket no longer has the version of the object that the lock names',
    remedies: ['If the model was meant to change, write the lock entry again.'],
  };
}

function denied({ source, key, from }: Asked): Explanation {
  const right = key === ''
    ? `s3:ListBucket on arn:aws:s3:::${source.bucket}`
    : `s3:GetObject (for a versioned bucket s3:GetObjectVersion too) on arn:aws:s3:::${source.bucket}/*`;
  if (from === undefined) {
    return {
      code: 'AUTH_REQUIRED',
      message: 'The bucket is not public',
      remedies: [
        'Remove `anonymous = true` from the source, and log in as somebody who may read the bucket.',
        `For everybody to read it, its policy has to allow ${right}.`,
      ],
    };
  }
  return {
    code: 'AUTH_INVALID',
    message: `S3 refuses access to ${from}`,
    remedies: [
      `Let its owner have the right ${right}.`,
      'An encrypted object also needs kms:Decrypt on its key.',
      'For a public bucket set `anonymous = true` in the source.',
    ],
  };
}

function badCredentials(message: string, from: string | undefined): Explanation {
  return {
    code: 'AUTH_INVALID',
    message,
    remedies: [
      `Renew ${from ?? 'the credentials'} (\`aws sso login\`, \`aws configure\`, AWS_SESSION_TOKEN).`,
      'For a public bucket set `anonymous = true` in the source.',
    ],
  };
}

/** The status and the server's own words. */
function foundText({ status, code, message }: Failure): string {
  const words = printable([code, message].filter((text) => text !== undefined).join(': '));
  return words === '' ? `HTTP status ${status}` : `HTTP status ${status}, ${words}`;
}
