// Applies a request's conditions and range to something with an ETag and a size: which status,
// which headers, which part. Pure but for `part`, which the caller gives; HEAD and GET agree.

import type { IncomingHttpHeaders } from 'node:http';
import { type Answer, type Headers, refusal } from './answer.ts';
import { type ByteRange, checkConditions, mayHaveRange, parseRange } from './range.ts';

export interface ContentRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}

export interface Content {
  /** Quoted. */
  readonly etag: string;
  readonly size: number;
  /** What is said of it with any status, the ETag and the ranges apart. */
  readonly headers: Headers;
  readonly part: (range: ByteRange) => Answer['body'];
}

export function answerContent({ method, headers }: ContentRequest, content: Content): Answer {
  const { etag, size, part } = content;
  const about: Headers = { ...content.headers, ETag: etag, 'Accept-Ranges': 'bytes' };
  const conditions = { ifMatch: headers['if-match'], ifNoneMatch: headers['if-none-match'] };
  const status = checkConditions(conditions, etag);
  if (status === 304) return { status, headers: about };
  if (status === 412) return refusal(412, 'The file has changed: its ETag is another one.', { ETag: etag });
  const wanted = method === 'GET' && mayHaveRange(headers['if-range']?.toString(), etag) ? headers.range : undefined;
  const range = parseRange(wanted, size);
  if (range === 'unsatisfiable') {
    return refusal(416, 'The range begins behind the end of the file.', { 'Content-Range': `bytes */${size}` });
  }
  if (range === 'whole') {
    // Not needed by the standard: @huggingface/hub reads an empty file's size from nowhere else.
    const empty: Headers = wanted !== undefined && size === 0 ? { 'Content-Range': 'bytes */0' } : {};
    const all = { ...about, ...empty, 'Content-Length': size };
    return { status: 200, headers: all, body: part({ start: 0, length: size }) };
  }
  const { start, length } = range;
  const placed = { 'Content-Range': `bytes ${start}-${start + length - 1}/${size}`, 'Content-Length': length };
  return { status: 206, headers: { ...about, ...placed }, body: part(range) };
}
