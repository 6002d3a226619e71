// Reads the body of a paths-info question: JSON from the JavaScript client, a form from the Python
// one. The body comes from outside: its size is limited and its shape is checked.

import type { IncomingMessage } from 'node:http';

/** A hundred thousand paths fit; clients ask for far fewer at a time. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

export interface PathsQuestion {
  readonly paths: readonly string[];
  readonly expand: boolean;
}

export async function readPathsQuestion(request: IncomingMessage): Promise<PathsQuestion | 'malformed' | 'too large'> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return 'too large';
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString();
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  return (isForm ? parseForm(text) : parseJson(text)) ?? 'malformed';
}

function parseForm(text: string): PathsQuestion {
  const form = new URLSearchParams(text);
  return { paths: form.getAll('paths'), expand: form.get('expand')?.toLowerCase() === 'true' };
}

function parseJson(text: string): PathsQuestion | undefined {
  try {
    const value = JSON.parse(text) as { paths?: unknown; expand?: unknown } | null;
    const paths: unknown = typeof value?.paths === 'string' ? [value.paths] : value?.paths;
    if (!Array.isArray(paths) || !paths.every((path) => typeof path === 'string')) return undefined;
    return { paths, expand: value?.expand === true };
  } catch {
    return undefined;
  }
}
