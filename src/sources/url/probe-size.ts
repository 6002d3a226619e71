// How large is a file on a web server: HEAD, and a one-byte range where a server does not answer
// HEAD well (signed addresses, small servers). Called by the url source for each of its files.

import { ModelError } from '../../base/errors.ts';
import type { UrlSourceFile } from '../../base/spec.ts';
import type { HttpRequest } from '../../net/http.ts';
import { responseError } from '../../net/response-error.ts';
import { withRetries } from '../../net/with-retries.ts';
import type { SourceContext } from '../source.ts';

/** Bytes, from the first mirror that answers; undefined where none of them says. */
export async function probeSize(
  file: UrlSourceFile,
  context: SourceContext,
): Promise<number | undefined> {
  return await withRetries(() => probeMirrors(file, context), { path: file.path, ...context });
}

/** One round over the mirrors: no waiting for one of them while another may answer. */
async function probeMirrors(
  { urls }: UrlSourceFile,
  context: SourceContext,
): Promise<number | undefined> {
  const failures: ModelError[] = [];
  for (const url of urls) {
    try {
      return await probe(url, context);
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      failures.push(error);
    }
  }
  // Another round can only help if one of the failures may pass.
  const passing = failures.find((error) => error.retriable);
  throw passing ?? failures[0] ?? new ModelError('INTERNAL', 'No address');
}

async function probe(url: string, context: SourceContext): Promise<number | undefined> {
  const head = await ask({ url, method: 'HEAD' }, context);
  const size = head.status === 200 ? wholeNumber(head.headers['content-length']) : undefined;
  if (size !== undefined) return size;
  // A file that is not there needs no second question; a refused HEAD often hides a good GET.
  if (head.status === 404 || head.status === 410 || head.status === 429) throw responseError(head);
  return await probeByRange(url, context);
}

async function probeByRange(url: string, context: SourceContext): Promise<number | undefined> {
  const answer = await ask({ url, range: { start: 0, end: 1 } }, context);
  const { status, headers } = answer;
  if (status === 200) return wholeNumber(headers['content-length']);
  // 416 is what an empty file answers: it has no first byte.
  if (status === 206 || status === 416) {
    const total = wholeNumber(/^bytes .*\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1]);
    if (status === 206 || total === 0) return total;
  }
  throw responseError(answer);
}

async function ask(
  request: HttpRequest,
  { http, signal }: SourceContext,
): Promise<{ status: number; headers: Readonly<Record<string, string>>; url: string }> {
  const response = await http.request({ ...request, signal });
  response.discard();
  return response;
}

function wholeNumber(text: string | undefined): number | undefined {
  const value = text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
  return value !== undefined && Number.isSafeInteger(value) ? value : undefined;
}
