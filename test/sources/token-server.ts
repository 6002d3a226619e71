// The place for tokens that docker-registry is told to trust: gives the user `alice` what she asks
// for, anybody else a token without rights (distribution's token authentication, signed with ES256).

import { execFileSync } from 'node:child_process';
import { createPrivateKey, randomUUID, sign, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TokenServer {
  /** What docker-registry's configuration has under `auth`. */
  readonly configuration: unknown;
  /** Every scope that was asked for, with the Authorization header that came along. */
  readonly asked: (readonly [scope: string, authorization: string | undefined])[];
  readonly stop: () => Promise<void>;
}

const ISSUER = 'this test';
const SERVICE = 'registry of this test';

export async function startTokenServer(login: string): Promise<TokenServer> {
  const folder = await mkdtemp(join(tmpdir(), 'token-server-'));
  const [keyFile, bundle] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', keyFile];
  execFileSync('openssl', ['req', '-x509', ...key, '-days', '2', '-subj', '/CN=test', '-out', bundle], { stdio: 'ignore' });
  const privateKey = createPrivateKey(await readFile(keyFile));
  const certificate = new X509Certificate(await readFile(bundle)).raw.toString('base64');

  const makeToken = (scopes: string[]): string => {
    const now = Math.floor(Date.now() / 1000);
    const access = scopes.map((scope) => {
      const [type, name, actions = ''] = scope.split(':');
      return { type, name, actions: actions.split(',') };
    });
    const claims = { iss: ISSUER, aud: SERVICE, sub: 'x', iat: now, nbf: now - 60, exp: now + 300, jti: randomUUID(), access };
    const parts = [{ typ: 'JWT', alg: 'ES256', x5c: [certificate] }, claims];
    const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    const signature = sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    return `${text}.${signature.toString('base64url')}`;
  };

  const asked: [string, string | undefined][] = [];
  const server = createServer((request, response) => {
    const scopes = new URL(request.url ?? '', 'http://x').searchParams.getAll('scope');
    const { authorization } = request.headers;
    asked.push([scopes.join(' '), authorization]);
    const known = authorization === `Basic ${Buffer.from(login).toString('base64')}`;
    response.end(JSON.stringify({ token: makeToken(known ? scopes : []) }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const realm = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
  return {
    configuration: { token: { realm, service: SERVICE, issuer: ISSUER, rootcertbundle: bundle } },
    asked,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true });
    },
  };
}
