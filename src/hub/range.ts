// The Range header as RFC 9110 section 14 defines it, and the conditions that decide about it. Pure.

export interface ByteRange {
  readonly start: number;
  readonly length: number;
}

/**
 * The part asked for; `whole` where the header is absent, malformed or names several ranges (which a
 * server may ignore); `unsatisfiable` where it begins behind the end.
 */
export function parseRange(header: string | undefined, size: number): ByteRange | 'whole' | 'unsatisfiable' {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/i.exec(header?.trim() ?? '') ?? [];
  // An empty file has no byte to send: all of it is the most useful answer.
  if ((first === '' && last === '') || size === 0) return 'whole';
  if (first === '') return suffix(Number(last), size);
  const start = Number(first);
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start >= size) return 'unsatisfiable';
  if (last !== '' && Number(last) < start) return 'whole';
  return { start, length: end - start + 1 };
}

function suffix(length: number, size: number): ByteRange | 'unsatisfiable' {
  if (length === 0) return 'unsatisfiable';
  return { start: Math.max(0, size - length), length: Math.min(length, size) };
}

export interface Conditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

/** What a conditional request comes to; dates are ignored, all files of a Nix store have the same. */
export function checkConditions({ ifMatch, ifNoneMatch }: Conditions, etag: string): 200 | 304 | 412 {
  if (ifMatch !== undefined && !listsTag(ifMatch, etag, 'strong')) return 412;
  if (ifNoneMatch !== undefined && listsTag(ifNoneMatch, etag, 'weak')) return 304;
  return 200;
}

/** Without a strong tag that still fits, the client's part is of another file: it gets the whole. */
export function mayHaveRange(ifRange: string | undefined, etag: string): boolean {
  return ifRange === undefined || ifRange.trim() === etag;
}

function listsTag(header: string, etag: string, comparison: 'strong' | 'weak'): boolean {
  const tags = header.split(',').map((tag) => tag.trim());
  return tags.some((tag) => tag === '*' || (comparison === 'weak' ? tag.replace(/^W\//, '') : tag) === etag);
}
