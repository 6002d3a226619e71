import { describe, expect, it } from 'vitest';
import { followPages, linkTarget, type PageAddress } from '../../src/net/pages.ts';
import { rejection } from './rejection.ts';

const FIRST = 'https://hub.test/list?page=1';

/** Follows a listing whose pages are the given Link headers, by URL; returns what was asked for. */
async function follow(links: Record<string, string | undefined>): Promise<PageAddress[]> {
  const asked: PageAddress[] = [];
  const pages = followPages(FIRST, (address) => {
    asked.push(address);
    return Promise.resolve({ value: address.url, link: links[address.url] });
  });
  const values: string[] = [];
  for await (const value of pages) values.push(value);
  expect(values).toEqual(asked.map(({ url }) => url));
  return asked;
}

const next = (url: string): string => `<${url}>; rel="next"`;

describe('a listing of several pages', () => {
  it('is followed to its end, relative addresses included', async () => {
    const second = 'https://hub.test/list?page=2';
    const asked = await follow({ [FIRST]: next(second), [second]: next('/list?page=3') });
    expect(asked.map(({ url }) => url)).toEqual([FIRST, second, 'https://hub.test/list?page=3']);
    expect(asked.every(({ trusted }) => trusted)).toBe(true);
  });

  it('trusts no other origin, nor the way back from it', async () => {
    const abroad = 'https://other.test/list';
    const asked = await follow({ [FIRST]: next(abroad), [abroad]: next('https://hub.test/list?page=3') });
    expect(asked.map(({ trusted }) => trusted)).toEqual([true, false, false]);
  });

  it('that comes back to itself is refused', async () => {
    const error = await rejection(follow({ [FIRST]: next('/list?page=2'), 'https://hub.test/list?page=2': next(FIRST) }));
    expect(error).toMatchObject({ code: 'PROTOCOL', subject: FIRST });
  });

  it('that never ends is refused', async () => {
    let count = 0;
    const pages = followPages(FIRST, () => Promise.resolve({ value: count++, link: next(`/list?page=${count + 1}`) }));
    const drain = async (): Promise<void> => {
      for await (const page of pages) expect(page).toBeLessThan(2_000);
    };
    expect(await rejection(drain())).toMatchObject({ code: 'PROTOCOL', retriable: false });
  });

  it.each(['http://hub.test/list', 'file:///etc/passwd', 'http://['])('that continues at %s is refused', async (url) => {
    expect(await rejection(follow({ [FIRST]: next(url) }))).toMatchObject({ code: 'PROTOCOL', found: url });
  });
});

describe('a Link header', () => {
  it.each([
    ['<https://a.test/2>; rel="next"', 'https://a.test/2'],
    ['<https://a.test/2>;rel=next', 'https://a.test/2'],
    ['<https://a.test/1>; rel="prev", <https://a.test/2?x=1,2>; title="a, b"; rel="last next"', 'https://a.test/2?x=1,2'],
    ['<https://a.test/1>; rel="prev"', undefined],
    ['<https://a.test/1>; rel="nextish"', undefined],
    ['https://a.test/2; rel="next"', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j leads to %j', (header, expected) => {
    expect(linkTarget(header, 'next')).toBe(expected);
  });

  it('is read quickly, whatever a server puts into it', () => {
    expect(linkTarget(`<x>${'; a="'.repeat(4_000)}`, 'next')).toBeUndefined();
    expect(linkTarget('<'.repeat(16_000), 'next')).toBeUndefined();
  });
});
