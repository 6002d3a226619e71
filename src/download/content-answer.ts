// Judges the answer to a request for (a range of) a file, before a byte of its body is believed.
// Pure: headers in, a plain description or a ModelError out. A server that says one thing and
// sends another is found here; what the bytes are worth is the digest's business.

import { ModelError } from '../base/errors.ts';
import type { HttpResponse } from '../net/http.ts';
import { responseError } from '../net/response-error.ts';

export type Answer =
  /** 206: the bytes from the asked start up to `end` (not always all that was asked for). */
  | { readonly kind: 'range'; readonly end: number; readonly size: number | undefined }
  /** 200: everything from byte 0, whatever was asked for. */
  | { readonly kind: 'whole'; readonly size: number | undefined };

export interface Asked {
  /** The manifest's path, for messages. */
  readonly path: string;
  readonly start: number;
  readonly end: number | undefined;
  /** The file's size where it is known. */
  readonly size: number | undefined;
}

type Headers = Pick<HttpResponse, 'status' | 'headers' | 'url'>;

export function judgeAnswer(response: Headers, asked: Asked): Answer {
  const { status, headers } = response;
  if (status === 416) return judgeUnsatisfiable(response, asked);
  if (status !== 200 && status !== 206) throw responseError(response, { subject: asked.path });
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    throw protocol('sent the file compressed, although it was asked not to', asked, response, encoding);
  }
  return status === 206 ? judgePartial(response, asked) : judgeWhole(response, asked);
}

function judgePartial(response: Headers, asked: Asked): Answer {
  const text = response.headers['content-range'];
  const range = parseContentRange(text);
  if (range?.start !== asked.start || range.end <= range.start || range.end > (asked.end ?? Infinity)) {
    throw protocol('sent another range of bytes than it was asked for', asked, response, text ?? 'no Content-Range');
  }
  const length = lengthOf(response);
  if (length !== undefined && length !== range.end - range.start) {
    throw protocol('contradicts itself about the length of a range', asked, response, `${length} bytes`);
  }
  checkSize(range.size, asked);
  return { kind: 'range', end: range.end, size: range.size };
}

function judgeWhole(response: Headers, asked: Asked): Answer {
  const size = lengthOf(response);
  checkSize(size, asked);
  return { kind: 'whole', size };
}

// "bytes */N": the file has N bytes, and none where we asked. An empty file answers so to any range.
function judgeUnsatisfiable(response: Headers, asked: Asked): Answer {
  const size = /^bytes \*\/(\d+)$/.exec(response.headers['content-range'] ?? '')?.[1];
  if (size === undefined) throw responseError(response, { subject: asked.path });
  checkSize(Number(size), asked);
  if (Number(size) === 0) return { kind: 'range', end: 0, size: 0 };
  throw protocol('refuses a range that lies within the file', asked, response, `a file of ${size} bytes`);
}

function checkSize(found: number | undefined, { path, size }: Asked): void {
  if (found === undefined || size === undefined || found === size) return;
  throw new ModelError('SIZE_MISMATCH', 'The server has a file of another size than was announced', {
    subject: path,
    wanted: `${size} bytes`,
    found: `${found} bytes`,
  });
}

function parseContentRange(text = ''): { start: number; end: number; size: number | undefined } | undefined {
  const match = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(text);
  if (match === null) return undefined;
  const [, first, last, total] = match;
  return { start: Number(first), end: Number(last) + 1, size: total === '*' ? undefined : Number(total) };
}

function lengthOf({ headers }: Headers): number | undefined {
  const text = headers['content-length'];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

function protocol(what: string, { path, start, end }: Asked, { url }: Headers, found: string): ModelError {
  return new ModelError('PROTOCOL', `${new URL(url).host} ${what}`, {
    subject: path,
    wanted: start === 0 && end === undefined ? 'the whole file, as it is' : `bytes ${start}-${(end ?? 0) - 1}, as they are`,
    found,
  });
}
