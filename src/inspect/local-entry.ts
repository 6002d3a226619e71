// A file on this machine as an entry to inspect. Only regular files: a pipe among a model's files
// must not block anyone.

import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { ModelError, toModelError } from '../base/errors.ts';
import type { ModelEntry } from './model-entry.ts';

/** `path` is what the report calls it, `file` where it lies. */
export function localEntry(path: string, file: string): ModelEntry {
  return {
    path,
    async open() {
      try {
        const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
        const status = await handle.stat();
        if (status.isFile()) return opened(handle, status.size, file);
        await handle.close();
      } catch (cause) {
        throw unreadable(cause, file);
      }
      throw new ModelError('IO', 'Not a regular file', { subject: file });
    },
  };
}

function opened(handle: FileHandle, size: number, file: string): Awaited<ReturnType<ModelEntry['open']>> {
  return {
    size,
    async read(offset, length) {
      const bytes = Buffer.alloc(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
        if (bytesRead === 0) throw new ModelError('IO', 'The file became shorter while it was read', { subject: file });
        filled += bytesRead;
      }
      return bytes;
    },
    close: () => handle.close(),
  };
}

function unreadable(cause: unknown, file: string): ModelError {
  if (cause instanceof ModelError) return cause;
  return new ModelError(toModelError(cause).code, 'The file cannot be read', { subject: file, cause });
}
