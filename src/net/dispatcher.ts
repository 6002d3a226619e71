// The undici dispatcher behind every request: connections that are kept, proxies and certificate
// authorities as the environment says. Called by http.ts only; the only file that loads undici.

import { readFileSync } from 'node:fs';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import type { Dispatcher } from 'undici';
import { type Environment, variable } from '../base/env.ts';
import { ModelError } from '../base/errors.ts';
import { reusingConnector } from './connector.ts';

/** Milliseconds. None limits a whole download: only the time in which nothing happens. */
export interface Timeouts {
  readonly connect: number;
  /** From the request to the answer's headers. A hub may look a while for a cold file. */
  readonly headers: number;
  /** Between two pieces of a body. */
  readonly body: number;
}

export const DEFAULT_TIMEOUTS: Timeouts = { connect: 15_000, headers: 60_000, body: 30_000 };

/** Longer than undici's 4 s, so that a connection outlives the hashing of a large file. */
const KEEP_ALIVE_MS = 15_000;

/** Node's 250 ms per address fails on slow links that have a dead IPv6 route. */
const ADDRESS_ATTEMPT_MS = 1_500;

/** Never through a proxy: a mirror on this machine is not reachable from there. */
const LOOPBACK = 'localhost,127.0.0.1,[::1]';

export async function createDispatcher(
  environment: Environment,
  timeouts: Partial<Timeouts> = {},
): Promise<Dispatcher> {
  // Its default export: a bundled CommonJS module has no other.
  const { buildConnector, EnvHttpProxyAgent } = (await import('undici')).default;
  const { connect, headers, body } = { ...DEFAULT_TIMEOUTS, ...timeouts };
  const secureContext = certificateAuthorities(environment);
  const socket = {
    timeout: connect,
    autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT_MS,
    ...(secureContext === undefined ? {} : { secureContext }),
  };
  return new EnvHttpProxyAgent({
    ...proxies(environment),
    headersTimeout: headers,
    bodyTimeout: body,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connect: reusingConnector(buildConnector, socket),
    requestTls: socket,
    proxyTls: socket,
    // Plain http is asked of the proxy itself: many refuse CONNECT to anything but port 443.
    proxyTunnel: false,
  });
}

/** Empty strings, not absent ones: undici would look into the process's own for those. */
function proxies(environment: Environment): Record<'httpProxy' | 'httpsProxy' | 'noProxy', string> {
  const either = (name: string): string =>
    variable(environment, name.toLowerCase()) ?? variable(environment, name) ?? '';
  const noProxy = either('NO_PROXY');
  return {
    httpProxy: proxyAddress(either('HTTP_PROXY'), 'HTTP_PROXY'),
    httpsProxy: proxyAddress(either('HTTPS_PROXY'), 'HTTPS_PROXY'),
    noProxy: noProxy.trim() === '*' ? '*' : `${LOOPBACK},${noProxy}`,
  };
}

/** `proxy:3128` is as good as `http://proxy:3128`. */
function proxyAddress(text: string, name: string): string {
  if (text === '') return '';
  const address = text.includes('://') ? text : `http://${text}`;
  if (URL.canParse(address) && /^(https?|socks5?):/.test(address)) return address;
  throw new ModelError('NETWORK', `${name} is not the address of a proxy`, {
    wanted: 'http://[name:password@]host:port',
    found: text,
    remedies: [`Correct ${name}, or unset it.`],
  });
}

/**
 * What certificates are checked against, or undefined for Node's own list. As in Nix and curl a
 * certificate file replaces that list; Node's NODE_EXTRA_CA_CERTS adds to it.
 */
function certificateAuthorities(environment: Environment): SecureContext | undefined {
  const extra = readCertificates(environment, 'NODE_EXTRA_CA_CERTS');
  const own =
    readCertificates(environment, 'NIX_SSL_CERT_FILE') ??
    readCertificates(environment, 'SSL_CERT_FILE');
  if (extra === undefined && own === undefined) return undefined;
  const base = own === undefined ? rootCertificates : [own];
  return createSecureContext({ ca: extra === undefined ? [...base] : [...base, extra] });
}

// A missing file counts as unset: Nix's build environments name /no-cert-file.crt on purpose.
function readCertificates(environment: Environment, name: string): string | undefined {
  const path = variable(environment, name);
  if (path === undefined) return undefined;
  const text = readIfPresent(path);
  // OpenSSL would take any text, and then trust nobody.
  if (text === undefined || text.includes('-----BEGIN')) return text;
  throw new ModelError('NETWORK', `The file in ${name} has no certificates`, {
    subject: path,
    remedies: [`Set ${name} to a file of certificates in PEM form, or unset it.`],
  });
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
