import { describe, expect, it } from 'vitest';
import { isLoopback, maySendSecrets, refusalOfRedirect } from '../../src/net/origin-rules.ts';

describe('this machine', () => {
  it.each(['http://localhost', 'http://LOCALHOST:80', 'http://a.localhost', 'http://127.0.0.1', 'http://127.9.9.9:1',
    'http://[::1]:8080', 'http://0x7f.1', 'http://2130706433'])('is %s', (url) => {
    expect(isLoopback(new URL(url))).toBe(true);
  });

  it.each(['http://localhost.evil.test', 'http://127.0.0.1.evil.test', 'http://127.evil.test', 'http://10.0.0.1',
    'http://[::2]', 'http://localhost@evil.test', 'http://notlocalhost'])('is not %s', (url) => {
    expect(isLoopback(new URL(url))).toBe(false);
  });
});

describe('secrets', () => {
  it.each([
    ['https://hub.test', true],
    ['http://127.0.0.1:3000', true],
    ['http://hub.test', false],
    ['http://10.0.0.1', false],
    ['ftp://localhost', false],
  ])('to %s may be sent: %j', (url, expected) => {
    expect(maySendSecrets(new URL(url))).toBe(expected);
  });
});

describe('a redirect', () => {
  it.each([
    ['https://a.test', 'https://b.test', true],
    ['http://a.test', 'https://b.test', true],
    ['http://a.test', 'http://b.test', true],
    ['https://a.test', 'http://a.test', false],
    ['https://a.test', 'http://127.0.0.1', false],
    ['https://localhost', 'http://127.0.0.1', true],
    ['http://a.test', 'file:///etc/passwd', false],
  ])('from %s to %s is followed: %j', (from, to, followed) => {
    expect(refusalOfRedirect(new URL(from), new URL(to)) === undefined).toBe(followed);
  });
});
