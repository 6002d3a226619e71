import { describe, expect, it } from 'vitest';
import {
  DEFAULT_RETRY_POLICY,
  type FailedTry,
  isRetriableCode,
  isRetriableStatus,
  parseRateLimit,
  parseRetryAfter,
  retryDelay,
} from '../../src/net/retry-policy.ts';

const NOW = Date.UTC(2026, 0, 1, 12, 0, 0);

function delay(failed: Partial<FailedTry>): number | 'give up' {
  return retryDelay({ attempt: 1, now: NOW, random: 1, ...failed });
}

describe('the delay before the next try', () => {
  it('doubles its upper bound up to a cap', () => {
    const policy = { attempts: 20, baseMs: 100, capMs: 1_000, patienceMs: 1_000 };
    const delays = [1, 2, 3, 4, 5, 19].map((attempt) => retryDelay({ attempt, now: NOW, random: 1 }, policy));
    expect(delays).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });

  it('is spread over everything from nothing to the bound', () => {
    expect([0, 0.5, 1].map((random) => delay({ random, attempt: 2 }))).toEqual([0, 500, 1_000]);
  });

  it('ends when the tries are used up', () => {
    const { attempts } = DEFAULT_RETRY_POLICY;
    expect(delay({ attempt: attempts - 1 })).not.toBe('give up');
    expect(delay({ attempt: attempts })).toBe('give up');
  });

  it('ends sooner where nothing listens, so that a wrong address is soon known', () => {
    expect(delay({ attempt: 2, code: 'ECONNREFUSED' })).not.toBe('give up');
    expect(delay({ attempt: 3, code: 'ECONNREFUSED' })).toBe('give up');
  });

  it.each([
    ['seconds', { status: 503, headers: { 'retry-after': '7' } }, 7_000],
    ['a date', { status: 503, headers: { 'retry-after': new Date(NOW + 9_000).toUTCString() } }, 9_000],
    ['a window', { status: 429, headers: { ratelimit: '"api";r=0;t=42' } }, 42_000],
    ['both, Retry-After first', { status: 429, headers: { 'retry-after': '3', ratelimit: '"api";r=0;t=42' } }, 3_000],
  ])('is what the server asks for: %s', (_, failed, expected) => {
    expect(delay({ ...failed, random: 0 })).toBe(expected);
  });

  it('adds at most a second of jitter to what the server asks for', () => {
    expect(delay({ attempt: 5, status: 429, headers: { 'retry-after': '7' } })).toBe(8_000);
  });

  it('does not wait for a server that asks for too much patience', () => {
    expect(delay({ status: 429, headers: { 'retry-after': '3600' } })).toBe('give up');
  });

  it('reads RateLimit on a 429 only: it stands on every answer', () => {
    expect(delay({ status: 503, random: 0, headers: { ratelimit: '"api";r=0;t=42' } })).toBe(0);
  });
});

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    [' 120 ', 120_000],
    [new Date(NOW - 5_000).toUTCString(), 0],
    ['soon', undefined],
    ['-3', undefined],
    ['1.5', undefined],
    ['99999999999999', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j means %j', (value, expected) => {
    expect(parseRetryAfter(value, NOW)).toBe(expected);
  });
});

describe('RateLimit', () => {
  it.each([
    ['"api";r=0;t=42', 42_000],
    ['"resolvers"; r=0; t=300', 300_000],
    ['"api";r=0;t=5, "pages";r=0;t=60', 60_000],
    ['"api";r=17;t=42', undefined],
    ['"api";r=0', undefined],
    ['nonsense', undefined],
    [undefined, undefined],
  ])('%j means a wait of %j', (value, expected) => {
    expect(parseRateLimit(value)).toBe(expected);
  });
});

describe('what is worth another try', () => {
  it.each([408, 425, 429, 500, 502, 503, 504])('status %d is', (status) => {
    expect(isRetriableStatus(status)).toBe(true);
  });

  it.each([200, 206, 400, 401, 403, 404, 410, 416, 501, 505])('status %d is not', (status) => {
    expect(isRetriableStatus(status)).toBe(false);
  });

  it.each([
    'ETIMEDOUT', 'ECONNRESET', 'EPIPE', 'EAI_AGAIN', 'ENOTFOUND', 'ECONNREFUSED', 'ENETUNREACH', 'EHOSTUNREACH',
    'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_SOCKET',
  ])('%s is', (code) => {
    expect(isRetriableCode(code)).toBe(true);
  });

  it.each(['CERT_HAS_EXPIRED', 'ENOSPC', 'HPE_INVALID_CONSTANT', '', undefined])('%s is not', (code) => {
    expect(isRetriableCode(code)).toBe(false);
  });
});
