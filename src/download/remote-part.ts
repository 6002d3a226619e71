// Single parts of a remote file, into memory: what `inspect` reads of a model that it does not
// download. The same requests, judgements, mirrors and retries as a download; nothing is written.

import { ModelError } from '../base/errors.ts';
import type { Locate, ManifestFile } from '../base/manifest.ts';
import type { Http } from '../net/http.ts';
import { readBytes } from '../net/read-bytes.ts';
import { type RetryOptions, withRetries } from '../net/with-retries.ts';
import { RemoteFile } from './remote-file.ts';

export interface RemoteParts {
  /** Bytes. */
  readonly size: number;
  /** Exactly `length` bytes from `offset` on, which must lie in the file. */
  readonly read: (offset: number, length: number) => Promise<Uint8Array>;
}

export interface RemotePartsOptions extends Omit<RetryOptions, 'path' | 'signal'> {
  readonly locate: Locate;
  readonly http: Http;
  readonly signal: AbortSignal;
  /** Bytes; read at once where nothing but an answer tells how large the file is. */
  readonly firstRead: number;
}

export async function openRemoteParts(
  file: ManifestFile,
  options: RemotePartsOptions,
): Promise<RemoteParts> {
  const remote = new RemoteFile(file, options);
  const { path } = file;
  const part = (start: number, end: number): Promise<Buffer> => {
    return readPart(remote, { path, start, end }, options);
  };
  const first = file.size === undefined ? await part(0, options.firstRead) : Buffer.alloc(0);
  const { size } = remote;
  if (size === undefined) {
    throw new ModelError('PROTOCOL', 'The server does not say how large the file is', { subject: path });
  }
  return {
    size,
    async read(offset, length) {
      if (offset + length <= first.length) return first.subarray(offset, offset + length);
      const pieces: Buffer[] = [];
      // A server may send less than it was asked for.
      for (let at = offset; at < offset + length; ) {
        const piece = await part(at, offset + length);
        pieces.push(piece);
        at += piece.length;
      }
      return Buffer.concat(pieces);
    },
  };
}

interface Part {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

async function readPart(remote: RemoteFile, part: Part, options: RemotePartsOptions): Promise<Buffer> {
  for (;;) {
    const { mirror } = remote;
    try {
      return await withRetries(() => readOnce(remote, part, options.signal), { ...options, path: part.path });
    } catch (error) {
      options.signal.throwIfAborted();
      await remote.nextMirror(mirror, error);
    }
  }
}

/** At least one byte, unless the file is empty. */
async function readOnce(remote: RemoteFile, part: Part, signal: AbortSignal): Promise<Buffer> {
  const { path, start, end } = part;
  const { answer, response } = await remote.request({ start, end, signal });
  const bound = answer.kind === 'range' ? answer.end : answer.size;
  if (answer.kind === 'whole' && (start > 0 || bound === undefined || bound > end)) {
    response.discard();
    throw noRanges(path, new URL(response.url).host);
  }
  const bytes = await readBytes(response, end - start);
  if (bytes.length === (bound ?? end) - start) return bytes;
  throw new ModelError('TRUNCATED', 'The answer ended before the part that was asked for did', {
    subject: path,
    wanted: `${(bound ?? end) - start} bytes`,
    found: `${bytes.length} bytes`,
    retriable: true,
  });
}

function noRanges(path: string, host: string): ModelError {
  return new ModelError('PROTOCOL', `${host} sends whole files only, and inspect reads parts of them`, {
    subject: path,
    remedies: ['Fetch the model first (nix-ai-model fetch, or prefetch), then inspect it in the store.'],
  });
}
