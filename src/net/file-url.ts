// `file:` addresses behind the same interface as http: sources give them for files that lie on this
// machine already (the small files of a git repository, an artifact folder). Called by http.ts, and
// only for requests that allow it: no server can make anyone read a local file.

import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ModelError, toModelError } from '../base/errors.ts';
import type { HttpRequest, HttpResponse } from './http.ts';

/** Larger than Node's 64 KiB: fewer system calls for the same bytes. */
const CHUNK_BYTES = 512 * 1024;

/** Answers as a web server would: 200, 206, 404 or 416, with length, range and ETag. */
export async function requestFile({ url, method, range, signal }: HttpRequest): Promise<HttpResponse> {
  const file = await openFile(url);
  if (file === undefined) return emptyAnswer(url, 404, {});
  const { size, mtimeMs, ino } = await file.stat();
  const start = range?.start ?? 0;
  const end = Math.min(range?.end ?? size, size);
  const hasBody = start < end && method !== 'HEAD';
  if (!hasBody) await file.close();
  if (range !== undefined && start >= end) {
    return emptyAnswer(url, 416, { 'content-range': `bytes */${size}` });
  }
  const headers = {
    'content-length': String(end - start),
    etag: `"${ino.toString(16)}-${size.toString(16)}-${Math.trunc(mtimeMs).toString(16)}"`,
    ...(range === undefined ? {} : { 'content-range': `bytes ${start}-${end - 1}/${size}` }),
  };
  const status = range === undefined ? 200 : 206;
  if (!hasBody) return emptyAnswer(url, status, headers);
  const stream = file.createReadStream({ start, end: end - 1, highWaterMark: CHUNK_BYTES });
  const body = readBody(stream, url, signal);
  const discard = (): void => void stream.destroy();
  return { status, headers, url, body, receive: receiveFrom(body), discard };
}

/** Undefined where there is nothing, or something that is no plain file. */
async function openFile(url: string): Promise<FileHandle | undefined> {
  try {
    // O_NONBLOCK: never waits for the other end of a named pipe.
    const file = await open(fileURLToPath(url), constants.O_RDONLY | constants.O_NONBLOCK);
    if ((await file.stat()).isFile()) return file;
    await file.close();
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw unreadable(error, url);
  }
}

async function* readBody(
  stream: AsyncIterable<Buffer>,
  url: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer, void> {
  try {
    for await (const chunk of stream) {
      signal?.throwIfAborted();
      yield chunk;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw unreadable(error, url);
  }
}

function emptyAnswer(url: string, status: number, headers: Record<string, string>): HttpResponse {
  const body = nothing();
  return { status, headers, url, body, receive: receiveFrom(body), discard: () => undefined };
}

function receiveFrom(body: AsyncIterable<Buffer>): HttpResponse['receive'] {
  return async (sink) => {
    for await (const chunk of body) await sink(chunk);
  };
}

async function* nothing(): AsyncGenerator<Buffer, void> {
  // No chunks.
}

function unreadable(error: unknown, url: string): ModelError {
  const details = { subject: url, cause: error };
  return new ModelError(toModelError(error).code, 'The file cannot be read', details);
}
