import { describe, expect, it } from 'vitest';
import { checkEndpoint } from '../../../src/sources/objects/endpoint.ts';

const withheld = (text: string, isOwn = false): string | undefined =>
  checkEndpoint(text, { name: 'endpoint', isOwn, vendor: /(^|\.)vendor\.test$/ }).withhold;

describe('a secret', () => {
  it.each(['https://vendor.test', 'https://private.vendor.test', 'http://127.0.0.1:1/account', 'http://localhost:1'])(
    'may go to %s',
    (text) => {
      expect(withheld(text)).toBeUndefined();
    },
  );

  it.each(['https://evil.test', 'https://evilvendor.test', 'https://vendor.test.evil.test'])('does not go to %s', (text) => {
    expect(withheld(text)).toBe(`only the spec names ${text}`);
    expect(withheld(text, true)).toBeUndefined();
  });

  it('goes nowhere unencrypted, but to this machine', () => {
    expect(withheld('http://vendor.test')).toMatch(/not encrypted/);
    expect(withheld('http://own.test', true)).toMatch(/not encrypted/);
  });
});
