import { describe, expect, it } from 'vitest';
import { responseError } from '../../src/net/response-error.ts';

const url = 'https://hub.test/file?signature=abcdefgh';

describe('an answer that is no success', () => {
  it.each([
    [401, 'AUTH_REQUIRED', false],
    [403, 'HTTP_STATUS', false],
    [404, 'ENTRY_NOT_FOUND', false],
    [410, 'ENTRY_NOT_FOUND', false],
    [418, 'HTTP_STATUS', false],
    [429, 'RATE_LIMITED', true],
    [500, 'HTTP_STATUS', true],
    [503, 'HTTP_STATUS', true],
  ])('with status %d is %s, retriable: %j', (status, code, retriable) => {
    const error = responseError({ status, headers: {}, url });
    expect(error).toMatchObject({ code, retriable, found: `HTTP status ${status}` });
    expect(error.message).toMatch(/^hub\.test /);
    expect(error.remedies.length).toBeGreaterThan(0);
  });

  it('tells how long a rate limit lasts', () => {
    const error = responseError({ status: 429, headers: { ratelimit: '"api";r=0;t=200' }, url });
    expect(error.message).toContain('asks to wait 200 s');
  });

  it('shows no signed address', () => {
    expect(responseError({ status: 404, headers: {}, url }).subject).toBe('https://hub.test/file?signature=[redacted]');
  });
});
