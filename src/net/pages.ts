// Listings that continue on further pages, each naming the next in a Link header (RFC 8288).
// Follows them without trusting the server to come to an end, or to stay where it was.

import { ModelError } from '../base/errors.ts';
import { refusalOfRedirect, sameOrigin } from './origin-rules.ts';

export interface Page<T> {
  readonly value: T;
  /** The answer's Link header. */
  readonly link: string | undefined;
}

export interface PageAddress {
  readonly url: string;
  /** False on another origin than the first page's: credentials stay at home. */
  readonly trusted: boolean;
}

/** A million entries on pages of a thousand; the largest repositories have a tenth of that. */
const MAX_PAGES = 1_000;

export async function* followPages<T>(
  first: string,
  fetchPage: (address: PageAddress) => Promise<Page<T>>,
): AsyncGenerator<T, void> {
  const seen = new Set<string>();
  let trusted = true;
  for (let url: string | undefined = first; url !== undefined; ) {
    if (seen.has(url)) throw endless(first, 'it comes back to a page that was there before');
    if (seen.size === MAX_PAGES) throw endless(first, `it has more than ${MAX_PAGES} pages`);
    seen.add(url);
    const page: Page<T> = await fetchPage({ url, trusted });
    yield page.value;
    url = nextUrl(page.link, url);
    trusted &&= url !== undefined && sameOrigin(new URL(url), new URL(first));
  }
}

function nextUrl(link: string | undefined, current: string): string | undefined {
  const target = linkTarget(link, 'next');
  if (target === undefined) return undefined;
  const next = URL.canParse(target, current) ? new URL(target, current) : undefined;
  const refusal = next === undefined ? 'no address' : refusalOfRedirect(new URL(current), next);
  if (next !== undefined && refusal === undefined) return next.href;
  throw new ModelError('PROTOCOL', 'The listing continues at an address that cannot be trusted', {
    subject: current,
    found: target,
  });
}

/** `<https://…>; rel="next", <…>; rel="prev"`: the target of the first link with this relation. */
export function linkTarget(header: string | undefined, relation: string): string | undefined {
  // Neither part can match where the other does: no header makes this slow.
  const links = (header ?? '').matchAll(/<([^<>]*)>((?:[^",]|"[^"]*")*)/g);
  for (const [, target, parameters = ''] of links) {
    const names = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,]+))/i.exec(parameters);
    const relations = (names?.[1] ?? names?.[2] ?? '').toLowerCase().split(/\s+/);
    if (relations.includes(relation)) return target;
  }
  return undefined;
}

function endless(url: string, why: string): ModelError {
  return new ModelError('PROTOCOL', `The listing does not end: ${why}`, { subject: url });
}
