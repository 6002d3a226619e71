import { describe, expect, it } from 'vitest';
import { ModelError } from '../../src/base/errors.ts';
import { codeOf, transportError } from '../../src/net/transport-error.ts';

const fault = (code: string, cause?: unknown): Error => Object.assign(new Error(code, { cause }), { code });

function explained(error: unknown, during: 'request' | 'body' = 'request'): ModelError {
  const explanation = transportError(error, { url: 'https://hub.test:8443/x', signal: undefined, during });
  if (explanation instanceof ModelError) return explanation;
  throw new Error('expected a ModelError', { cause: explanation });
}

describe('a failure of the exchange', () => {
  it.each([
    ['ENOTFOUND', 'NETWORK', true, 'There is no address for hub.test:8443'],
    ['EAI_AGAIN', 'NETWORK', true, 'The name server did not answer for hub.test:8443'],
    ['ECONNREFUSED', 'NETWORK', true, 'Nothing accepts connections at hub.test:8443'],
    ['ENETUNREACH', 'NETWORK', true, 'No route to hub.test:8443'],
    ['ECONNRESET', 'NETWORK', true, 'The connection was closed by hub.test:8443'],
    ['ETIMEDOUT', 'TIMEOUT', true, 'No answer in time from hub.test:8443'],
    ['UND_ERR_CONNECT_TIMEOUT', 'TIMEOUT', true, 'No connection in time from hub.test:8443'],
    ['CERT_HAS_EXPIRED', 'NETWORK', false, 'The certificate of hub.test:8443 is not trusted: it has expired'],
    ['EPROTO', 'NETWORK', false, 'There is no https server at hub.test:8443'],
    ['EWHATEVER', 'NETWORK', false, 'The request to hub.test:8443 failed: EWHATEVER'],
  ])('%s is %s, retriable: %j', (code, expected, retriable, message) => {
    expect(explained(fault(code))).toMatchObject({ code: expected, retriable, message });
  });

  it.each(['UND_ERR_SOCKET', 'ECONNRESET', 'EWHATEVER'])('while a body arrives (%s) is TRUNCATED', (code) => {
    expect(explained(fault(code), 'body')).toMatchObject({ code: 'TRUNCATED', retriable: true });
  });

  it('has a remedy that names the very host, or the variables that help', () => {
    expect(explained(fault('ENOTFOUND')).remedies.join()).toContain('spelling of hub.test');
    expect(explained(fault('DEPTH_ZERO_SELF_SIGNED_CERT')).remedies.join()).toContain('NODE_EXTRA_CA_CERTS');
    expect(explained(new Error('Proxy response (403) !== 200')).remedies.join()).toContain('HTTPS_PROXY');
  });

  it('is the ModelError that it was already', () => {
    const error = new ModelError('PROTOCOL', 'known');
    expect(explained(error)).toBe(error);
  });
});

describe('the code of an error', () => {
  it('is that of the innermost cause, or of the first of several addresses', () => {
    expect(codeOf(fault('UND_ERR_SOCKET', fault('ECONNRESET')))).toBe('ECONNRESET');
    expect(codeOf(new AggregateError([fault('ENETUNREACH'), fault('ETIMEDOUT')]))).toBe('ENETUNREACH');
    expect(codeOf(new Error('plain'))).toBe('');
    expect(codeOf('text')).toBe('');
  });
});
