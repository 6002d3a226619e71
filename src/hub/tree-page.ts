// One page of a listing: which entries stand in it and the address of the next. Pure.

import { entryOf } from './entries.ts';
import type { Snapshot } from './snapshot.ts';

/** The real hub's limits: with `expand` a page is smaller, since each entry costs it more. */
const PAGE_ENTRIES = 1000;
const EXPANDED_PAGE = { usual: 50, most: 100 };

export interface TreePage {
  readonly entries: readonly object[];
  /** Query of the next page; undefined on the last. */
  readonly next?: URLSearchParams | undefined;
}

/** Undefined where the folder does not exist. */
export function treePage(snapshot: Snapshot, folder: string, query: URLSearchParams): TreePage | undefined {
  if (folder !== '' && !snapshot.directories.has(folder)) return undefined;
  const expand = isTrue(query.get('expand'));
  const limit = pageLimit(query.get('limit'), expand);
  const recursive = isTrue(query.get('recursive'));
  const after = fromCursor(query.get('cursor'));
  const prefix = folder === '' ? '' : `${folder}/`;
  const paths = snapshot.paths.filter(
    (path) => path.startsWith(prefix) && (recursive || !path.includes('/', prefix.length)),
  );
  // The cursor is the last path seen: it stays right when files come and go between two pages.
  const begin = after === undefined ? 0 : paths.findIndex((path) => Buffer.from(path).compare(after) > 0);
  const page = begin < 0 ? [] : paths.slice(begin, begin + limit);
  const entries = page.map((path) => entryOf(snapshot, path, expand) ?? {});
  const last = page.at(-1);
  const isLast = last === undefined || begin + limit >= paths.length;
  return { entries, next: isLast ? undefined : nextQuery(query, limit, last) };
}

export function isTrue(value: string | null): boolean {
  return value !== null && /^(?:true|1)$/i.test(value);
}

function nextQuery(query: URLSearchParams, limit: number, last: string): URLSearchParams {
  const next = new URLSearchParams(query);
  next.set('limit', String(limit));
  next.set('cursor', Buffer.from(last).toString('base64url'));
  return next;
}

function fromCursor(cursor: string | null): Buffer | undefined {
  return cursor === null ? undefined : Buffer.from(cursor, 'base64url');
}

function pageLimit(wanted: string | null, expand: boolean): number {
  const number = Number(wanted ?? Number.NaN);
  const usual = expand ? EXPANDED_PAGE.usual : PAGE_ENTRIES;
  const most = expand ? EXPANDED_PAGE.most : PAGE_ENTRIES;
  return Number.isSafeInteger(number) && number > 0 ? Math.min(number, most) : usual;
}
