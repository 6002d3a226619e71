// Writes an answer to the wire. Files go in chunks through two buffers: one is being sent while the
// other is filled, so memory stays the same whatever the file's size. A client that leaves ends it.

import type { FileHandle } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Answer, FilePart } from './answer.ts';
import { stampOf } from './walk.ts';

/** Two of these per transfer: a thousand slow clients shall not need a gigabyte. */
const CHUNK_BYTES = 256 * 1024;

/** Files may come from anyone: no browser shall take one for a page of this server. */
const ALWAYS = {
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; sandbox",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-cache',
};

/** Resolves when the response is out or its client gone; returns the number of body bytes sent. */
export async function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
): Promise<number> {
  const { status, headers, body } = answer;
  if (typeof body === 'object') return sendFile(request, response, { ...answer, body });
  const text = Buffer.from(body ?? '');
  const length = status === 304 ? {} : { 'Content-Length': text.length };
  response.writeHead(status, { ...ALWAYS, ...headers, ...length });
  const sends = request.method !== 'HEAD' && status !== 304;
  response.end(sends ? text : undefined);
  return sends ? text.length : 0;
}

async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: Answer & { body: FilePart },
): Promise<number> {
  try {
    response.writeHead(status, { ...ALWAYS, ...headers });
    if (request.method === 'HEAD' || body.length === 0) {
      response.end();
      return 0;
    }
    return await stream(request.socket, response, body);
  } finally {
    await body.file.close();
  }
}

async function stream(
  socket: Socket,
  response: ServerResponse,
  { file, start, length, stamp }: FilePart,
): Promise<number> {
  const size = Math.min(CHUNK_BYTES, length);
  let [filling, sending] = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(length > size ? size : 0)];
  const gone = closing(socket);
  let sent = 0;
  let chunk = await fill(file, filling, start, length);
  while (chunk.length > 0 && !socket.destroyed) {
    [filling, sending] = [sending, filling];
    const left = length - sent - chunk.length;
    // The last bytes are held back until it is sure that the headers told the truth.
    if (left === 0 && stampOf(await file.stat({ bigint: true })) !== stamp) break;
    const written = write(response, chunk);
    const next = left > 0 ? fill(file, filling, start + sent + chunk.length, left) : Promise.resolve(NOTHING);
    const [following] = await Promise.all([next, Promise.race([written, gone.promise])]);
    sent += chunk.length;
    chunk = following;
  }
  gone.forget();
  if (sent === length) response.end();
  // A file that was cut or changed meanwhile: a broken connection is the only way left to say so.
  else response.destroy();
  return sent;
}

const NOTHING = Buffer.alloc(0);

async function fill(file: FileHandle, buffer: Buffer, position: number, left: number): Promise<Buffer> {
  const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, left), position);
  return buffer.subarray(0, bytesRead);
}

/** Resolves when the kernel has the bytes, or never will: the buffer may be filled again then. */
function write(response: ServerResponse, chunk: Buffer): Promise<void> {
  return new Promise((resolve) => response.write(chunk, () => { resolve(); }));
}

/**
 * The end of the connection. The response's own 'close' does not come while it waits behind another
 * one of the same connection (pipelining), and its file would stay open for ever.
 */
function closing(socket: Socket): { promise: Promise<void>; forget: () => void } {
  let onClose = (): void => undefined;
  const promise = new Promise<void>((resolve) => (onClose = resolve));
  // One listener per waiting response, however many requests the client sends ahead.
  socket.setMaxListeners(0).once('close', onClose);
  return { promise, forget: () => void socket.off('close', onClose) };
}
