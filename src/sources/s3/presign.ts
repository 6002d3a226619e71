// Presigned addresses (AWS Signature Version 4 in the query), by AWS's own signer, loaded when the
// first one is made. The signature holds for this host, method and object only, and not for long:
// nothing that another server could use, wherever the request is sent.

import { type Query, queryText } from '../objects/keys.ts';
import type { Credentials } from './credentials.ts';
import { Sha256 } from './sha256.ts';

/** Long enough for a request to begin; the downloader asks for another one when it has expired. */
const EXPIRY_SECONDS = 900;

export interface Unsigned {
  readonly url: string;
  readonly method: 'GET' | 'HEAD';
  /** Sent along, and signed. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export interface Signing {
  readonly credentials: Credentials;
  readonly region: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export async function presign(request: Unsigned, signing: Signing): Promise<string> {
  // Its default export: a bundled CommonJS module has no other.
  const { SignatureV4 } = (await import('@smithy/signature-v4')).default;
  const { accessKeyId, secretAccessKey, sessionToken } = signing.credentials;
  const signer = new SignatureV4({
    service: 's3',
    region: signing.region,
    credentials: {
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
    },
    sha256: Sha256,
    // S3 alone signs the path as it is sent.
    uriEscapePath: false,
    applyChecksum: false,
  });
  const url = new URL(request.url);
  const signed = await signer.presign(
    {
      method: request.method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { host: url.host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...request.headers },
    },
    {
      expiresIn: EXPIRY_SECONDS,
      signingDate: new Date(signing.now),
      unhoistableHeaders: new Set(Object.keys(request.headers ?? {})),
    },
  );
  url.search = queryText(signed.query as Query);
  return url.href;
}
