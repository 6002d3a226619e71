import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Environment } from '../../src/base/env.ts';
import { type Certificate, hasOpenssl, makeCertificate } from './certificate.ts';
import { listen, serve } from './local-server.ts';
import { openHttp } from './open-http.ts';
import { serveProxy } from './proxy-server.ts';
import { rejection } from './rejection.ts';

async function fetchStatus(url: string, environment: Environment): Promise<number> {
  const response = await openHttp({ environment }).request({ url });
  response.discard();
  return response.status;
}

describe('a proxy named by the environment', () => {
  it.each(['HTTP_PROXY', 'http_proxy'])('is asked for plain http (%s), with its name and password', async (variable) => {
    const server = await serve((_, response) => response.writeHead(204).end());
    const proxy = await serveProxy(server);
    expect(await fetchStatus('http://hub.test/x', { [variable]: `http://ann:s%20t@${proxy.host}` })).toBe(204);
    expect(proxy.log).toEqual([['GET http://hub.test/x', `Basic ${btoa('ann:s t')}`]]);
  });

  it('may be named without http://', async () => {
    const server = await serve((_, response) => response.writeHead(204).end());
    const proxy = await serveProxy(server);
    expect(await fetchStatus('http://hub.test/x', { HTTP_PROXY: proxy.host })).toBe(204);
  });

  it('is not asked for this machine, nor for what NO_PROXY lists', async () => {
    const server = await serve((_, response) => response.writeHead(204).end());
    const proxy = await serveProxy(server);
    const environment = { HTTP_PROXY: `http://${proxy.host}` };
    expect(await fetchStatus(server.url, environment)).toBe(204);
    for (const NO_PROXY of ['a.test,127.0.0.2', '.0.0.2', '*']) {
      // Nothing listens there: the proxy would have had an answer.
      const direct = fetchStatus(`http://127.0.0.2:${server.port}/x`, { ...environment, NO_PROXY });
      expect((await rejection(direct)).code).toBe('NETWORK');
    }
    expect(proxy.log).toEqual([]);
  });

  it.each(['socks5h://a:1', 'http://', 'ftp://a', 'http://ann:secret@a b'])('is not %s', async (HTTPS_PROXY) => {
    const error = await rejection(fetchStatus('https://hub.test/x', { HTTPS_PROXY }));
    expect(error).toMatchObject({ code: 'NETWORK', message: 'HTTPS_PROXY is not the address of a proxy' });
    expect(JSON.stringify(error)).not.toContain('secret');
  });

  it('that wants a password says so', async () => {
    const proxy = await serveProxy({ port: 0, refuse: 407 });
    for (const protocol of ['http', 'https']) {
      const environment = { [`${protocol.toUpperCase()}_PROXY`]: `http://${proxy.host}` };
      const error = await rejection(fetchStatus(`${protocol}://hub.test/x`, environment));
      expect(error).toMatchObject({ code: 'NETWORK', retriable: false });
      expect(error.remedies.join()).toContain('HTTPS_PROXY');
    }
  });
});

describe.skipIf(!hasOpenssl())('TLS (needs the openssl command)', () => {
  let certificate: Certificate;
  beforeAll(() => { certificate = makeCertificate(); });
  afterAll(() => { certificate.remove(); });

  const serveTls = (): Promise<number> =>
    listen(certificate.createServer((_, response) => response.writeHead(204).end()));

  it('refuses a certificate of nobody, and says which variables help', async () => {
    const url = `https://127.0.0.1:${await serveTls()}/`;
    const error = await rejection(fetchStatus(url, {}));
    expect(error).toMatchObject({ code: 'NETWORK', retriable: false });
    expect(error.message).toContain('not trusted: it is self-signed');
    expect(error.remedies.join()).toContain('NIX_SSL_CERT_FILE');
  });

  it.each(['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'NIX_SSL_CERT_FILE'])('trusts the certificates in %s', async (name) => {
    const url = `https://127.0.0.1:${await serveTls()}/`;
    expect(await fetchStatus(url, { [name]: certificate.certificateFile })).toBe(204);
  });

  it('takes a certificate file that is not there for none', async () => {
    const url = `https://127.0.0.1:${await serveTls()}/`;
    const { certificateFile, missingFile } = certificate;
    const environment = { NIX_SSL_CERT_FILE: missingFile, SSL_CERT_FILE: certificateFile };
    expect(await fetchStatus(url, environment)).toBe(204);
  });

  it('names the variables where a certificate file holds something else', async () => {
    const error = await rejection(fetchStatus('https://hub.test/', { SSL_CERT_FILE: import.meta.filename }));
    expect(error).toMatchObject({ code: 'NETWORK', retriable: false });
    expect(error.remedies.join()).toContain('SSL_CERT_FILE');
  });

  it('refuses a certificate for another host', async () => {
    const url = `https://localhost:${await serveTls()}/`;
    const error = await rejection(fetchStatus(url, { SSL_CERT_FILE: certificate.certificateFile }));
    expect(error.message).toContain('it was issued for another host name');
  });

  it('reaches https through the proxy by CONNECT, checking the certificate of the host behind it', async () => {
    const proxy = await serveProxy({ port: await serveTls() });
    const environment = { HTTPS_PROXY: `http://${proxy.host}`, SSL_CERT_FILE: certificate.certificateFile };
    expect(await fetchStatus('https://hub.test/x', environment)).toBe(204);
    const error = await rejection(fetchStatus('https://other.test/x', environment));
    expect(error.message).toContain('it was issued for another host name');
    expect(proxy.log.map(([line]) => line)).toEqual(['CONNECT hub.test:443', 'CONNECT other.test:443']);
  });

  it('is never left by a redirect to plain http', async () => {
    const location = 'http://hub.test/plain';
    const server = certificate.createServer((_, response) => response.writeHead(302, { location }).end());
    const url = `https://127.0.0.1:${await listen(server)}/`;
    const error = await rejection(fetchStatus(url, { SSL_CERT_FILE: certificate.certificateFile }));
    expect(error).toMatchObject({ code: 'PROTOCOL', found: location });
    expect(error.message).toContain('from https to unencrypted http');
  });
});
