// Answers a request for a file's bytes: opens it, proves that it is still the file whose digest the
// headers name, and leaves conditions and ranges to answer-content.ts. It sends nothing.

import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Answer, Headers } from './answer.ts';
import { answerContent, type ContentRequest } from './answer-content.ts';
import { contentType } from './content-type.ts';
import type { Snapshot, SnapshotFile } from './snapshot.ts';
import { stampOf } from './walk.ts';

/** Undefined where the file is not any more what the snapshot says: look again. */
export async function answerFile(
  request: ContentRequest,
  snapshot: Snapshot,
  found: SnapshotFile,
): Promise<Answer | undefined> {
  const { size, stamp, blobId, lfs } = found;
  const file = await openUnchanged(found);
  if (file === undefined) return undefined;
  const answer = answerContent(request, {
    etag: `"${lfs?.sha256 ?? blobId}"`,
    size,
    headers: fileHeaders(snapshot, found),
    part: (range) => ({ file, ...range, stamp }),
  });
  if (typeof answer.body !== 'object') await file.close();
  return answer;
}

/** What git holds in place of a file in LFS. */
export function answerPointer(
  request: ContentRequest,
  { commit }: Snapshot,
  { blobId, pointer }: { readonly blobId: string; readonly pointer: string },
): Answer {
  return answerContent(request, {
    etag: `"${blobId}"`,
    size: pointer.length,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'X-Repo-Commit': commit },
    part: ({ start, length }) => pointer.slice(start, start + length),
  });
}

function fileHeaders(snapshot: Snapshot, { path, size, modified, lfs }: SnapshotFile): Headers {
  const linked = { 'X-Linked-Etag': `"${lfs?.sha256 ?? ''}"`, 'X-Linked-Size': size };
  return {
    'Content-Type': contentType({ path, size }),
    'Content-Disposition': disposition(path),
    'Last-Modified': new Date(modified).toUTCString(),
    'X-Repo-Commit': snapshot.commit,
    ...(lfs === undefined ? {} : linked),
  };
}

/** The plain name for old clients, the exact one in RFC 8187's encoding. */
function disposition(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const plain = name.replace(/[^\x20-\x7e]|["\\]/g, '_');
  const exact = encodeURIComponent(name).replace(/['()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${exact}`;
}

async function openUnchanged({ realPath, stamp }: SnapshotFile): Promise<FileHandle | undefined> {
  try {
    // A pipe that took the file's place must not block, a link must not lead elsewhere.
    const file = await open(realPath, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if (stampOf(await file.stat({ bigint: true })) === stamp) return file;
    await file.close();
    return undefined;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (GONE.has(code)) return undefined;
    throw error;
  }
}

const GONE = new Set(['ENOENT', 'ELOOP', 'ENOTDIR', 'ENXIO']);
