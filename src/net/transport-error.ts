// Failures of the exchange itself (no answer, or not all of it) in words a user can act on. Called
// by http.ts for everything that undici, Node or the TLS library throws.

import { ModelError } from '../base/errors.ts';
import { isRetriableCode } from './retry-policy.ts';

export interface Exchange {
  readonly url: string;
  readonly signal: AbortSignal | undefined;
  readonly during: 'request' | 'body';
}

/** Throws the signal's reason where the caller gave up; else the ModelError to throw. */
export function transportError(error: unknown, exchange: Exchange): unknown {
  if (exchange.signal?.aborted === true) return exchange.signal.reason;
  if (error instanceof ModelError) return error;
  const code = codeOf(error);
  const { host, hostname } = new URL(exchange.url);
  const details = { subject: exchange.url, retriable: isRetriableCode(code), cause: error };
  const certificate = certificateProblem(code);
  if (certificate !== undefined) {
    return new ModelError('NETWORK', `The certificate of ${host} is not trusted: ${certificate}`, {
      ...details,
      retriable: false,
      remedies: CERTIFICATE_REMEDIES,
    });
  }
  if (code.endsWith('TIMEOUT') || code === 'ETIMEDOUT') {
    const what = TIMEOUTS[code] ?? 'No answer in time';
    return new ModelError('TIMEOUT', `${what} from ${host}`, details);
  }
  if (exchange.during === 'body') {
    // Whatever broke it, what has arrived stays good: the rest is worth another try.
    const message = `The connection to ${host} ended before the file did`;
    return new ModelError('TRUNCATED', message, { ...details, retriable: true });
  }
  // Of the parser's errors only some have a code (HPE_…), so the name tells.
  if (error instanceof Error && error.name === 'HTTPParserError') {
    const message = `${host} does not answer in HTTP`;
    return new ModelError('PROTOCOL', message, { ...details, retriable: false });
  }
  const known = NETWORK_FAULTS[code];
  if (known !== undefined) {
    const remedies = known.remedies?.map((text) => text.replace('HOST', hostname));
    return new ModelError('NETWORK', `${known.words} ${host}`, { ...details, remedies });
  }
  return new ModelError('NETWORK', `The request to ${host} failed: ${messageOf(error)}`, {
    ...details,
    remedies: /proxy/i.test(messageOf(error)) ? PROXY_REMEDIES : undefined,
  });
}

/** Node's or undici's code of an error, its causes and an aggregate's members included. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const own: unknown = (error as NodeJS.ErrnoException).code;
  // Undici wraps a socket's own error: the inner code says more than UND_ERR_SOCKET.
  const inner = error.cause instanceof Error ? codeOf(error.cause) : '';
  if (inner !== '') return inner;
  if (typeof own === 'string') return own;
  return error instanceof AggregateError ? codeOf(error.errors[0]) : '';
}

interface Fault {
  readonly words: string;
  readonly remedies?: readonly string[];
}

const PROXY_REMEDIES = ['Check HTTP_PROXY and HTTPS_PROXY, or list the host in NO_PROXY.'];

const UNREACHABLE: Fault = { words: 'No route to' };
const NO_TLS: Fault = {
  words: 'There is no https server at',
  remedies: ['Check the address: does it begin with http:// by right, is the port correct?'],
};
const BROKEN: Fault = { words: 'The connection was closed by' };

const NETWORK_FAULTS: Record<string, Fault | undefined> = {
  ENOTFOUND: {
    words: 'There is no address for',
    remedies: [
      'Check the spelling of HOST (HF_ENDPOINT, url) and the name server.',
      'Behind a proxy, set HTTPS_PROXY.',
    ],
  },
  EAI_AGAIN: {
    words: 'The name server did not answer for',
    remedies: [
      'Check the network connection and the name server.',
      'Behind a proxy, set HTTPS_PROXY.',
    ],
  },
  ECONNREFUSED: {
    words: 'Nothing accepts connections at',
    remedies: ['Check the address and its port (HF_ENDPOINT, url, proxy), and that the server runs.'],
  },
  EHOSTUNREACH: UNREACHABLE,
  EHOSTDOWN: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  ENETDOWN: UNREACHABLE,
  ECONNRESET: BROKEN,
  ECONNABORTED: BROKEN,
  EPIPE: BROKEN,
  UND_ERR_SOCKET: BROKEN,
  // What OpenSSL says when the other side speaks plain http, or nothing it knows.
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
  EPROTO: NO_TLS,
  UND_ERR_PRX_TLS: {
    words: 'The proxy has no valid certificate, so there is no way to',
    remedies: PROXY_REMEDIES,
  },
};

const TIMEOUTS: Record<string, string | undefined> = {
  UND_ERR_CONNECT_TIMEOUT: 'No connection in time',
  UND_ERR_BODY_TIMEOUT: 'No more data',
};

const CERTIFICATE_REMEDIES = [
  'Behind a proxy that opens TLS, set NODE_EXTRA_CA_CERTS or NIX_SSL_CERT_FILE to its certificate.',
  'Check the clock of this machine, and the address.',
];

const CERTIFICATE_PROBLEMS: Record<string, string | undefined> = {
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its chain ends in an unknown self-signed certificate',
  UNABLE_TO_GET_ISSUER_CERT: 'its issuer is unknown',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its issuer is unknown',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its issuer is unknown',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it was issued for another host name',
};

function certificateProblem(code: string): string | undefined {
  return CERTIFICATE_PROBLEMS[code];
}

function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text === '' ? 'no reason given' : text;
}
