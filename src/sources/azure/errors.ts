// Azure's refusals in words that say what to do. The reason stands in a header, x-ms-error-code, also
// on answers without a body. Without a signature a private container is simply "not found".

import { type ErrorCode, ModelError } from '../../base/errors.ts';
import type { Answer } from '../../base/manifest.ts';
import type { AzureSource } from '../../base/spec.ts';
import { responseError, ResponseFailure } from '../../net/response-error.ts';
import { printable } from '../printable.ts';

/** What was asked for, and by whom. */
export interface Asked {
  readonly source: AzureSource;
  readonly subject: string;
  /** Empty for a listing. */
  readonly key: string;
  /** Where the credentials come from; undefined where nobody was named. */
  readonly from: string | undefined;
  /** Why credentials that may be there were not used. */
  readonly withheld?: string | undefined;
}

interface Explanation {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedies: readonly string[];
}

export function explainAnswer(answer: Answer, asked: Asked): ModelError {
  const subject = asked.key === '' ? asked.subject : `azure://${asked.source.account}/${asked.source.container}/${asked.key}`;
  const code = answer.headers['x-ms-error-code'];
  const explanation = explain(answer.status, code ?? '', asked);
  if (explanation === undefined) return responseError(answer, { subject });
  return new ModelError(explanation.code, explanation.message, {
    subject,
    found: `HTTP status ${answer.status}${code === undefined ? '' : `, ${printable(code)}`}`,
    remedies: explanation.remedies,
    cause: new ResponseFailure(answer),
  });
}

function explain(status: number, code: string, asked: Asked): Explanation | undefined {
  const { from } = asked;
  if (code === 'BlobArchived') return ARCHIVED;
  if (from === undefined && HIDDEN.has(code)) return notPublic(asked);
  if (code === 'AuthenticationFailed' || code === 'InvalidAuthenticationInfo') return badCredentials(asked);
  if (code === 'ContainerNotFound') return noContainer(asked);
  if (status === 401 || status === 403) return from === undefined ? notPublic(asked) : denied(from, asked);
  if (status === 404) return asked.key === '' ? noContainer(asked) : noBlob();
  return undefined;
}

/** What Azure says to nobody in particular instead of "you may not". */
const HIDDEN: ReadonlySet<string> = new Set([
  'ResourceNotFound',
  'NoAuthenticationInformation',
  'PublicAccessNotPermitted',
]);

const ARCHIVED: Explanation = {
  code: 'HTTP_STATUS',
  message: 'The blob is in the archive tier and cannot be read before it is rehydrated',
  remedies: ['Move it to another tier first: `az storage blob set-tier --tier Hot`.'],
};

function notPublic({ source, withheld }: Asked): Explanation {
  const login = withheld === undefined
    ? 'Remove `anonymous = true` from the source, and log in as somebody who may read it (`az login`).'
    : `Credentials were not sent: ${withheld}. AZURE_STORAGE_CONNECTION_STRING can name it as BlobEndpoint.`;
  return {
    code: 'AUTH_REQUIRED',
    message: `There is no container "${source.container}", or it is not public`,
    remedies: [`Check the spelling of \`account\` and \`container\`.`, login],
  };
}

function badCredentials({ from, source }: Asked): Explanation {
  return {
    code: 'AUTH_INVALID',
    message: `Azure does not accept the credentials of ${from ?? 'nobody'}`,
    remedies: [
      `Check that they belong to the account ${source.account}, and that a signature has not expired.`,
      'Check the clock of this machine: signatures hold for a certain time.',
      'For a public container set `anonymous = true` in the source.',
    ],
  };
}

function denied(from: string, { source, key }: Asked): Explanation {
  const right = key === '' ? 'list' : 'read';
  return {
    code: 'AUTH_INVALID',
    message: `Azure refuses access to ${from}`,
    remedies: [
      `Let them ${right} the container ${source.container}: the role Storage Blob Data Reader, or a signature with sp=rl.`,
      `Check that they belong to the account ${source.account}, that a signature has not expired, and the clock.`,
      'If the account has a firewall, this machine must be allowed through it.',
      'For a public container set `anonymous = true` in the source.',
    ],
  };
}

function noContainer({ source }: Asked): Explanation {
  return {
    code: 'REPO_NOT_FOUND',
    message: `The account ${source.account} has no container "${source.container}"`,
    remedies: ['Check the spelling of `account` and `container`.'],
  };
}

function noBlob(): Explanation {
  return {
    code: 'ENTRY_NOT_FOUND',
    message: 'The container no longer has this blob, or this version of it',
    remedies: ['If the model was meant to change, write the lock entry again.'],
  };
}
