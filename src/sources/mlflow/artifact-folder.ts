// An artifact root that is a folder of this machine, as a tracking server without artifact storage
// has it. Links are refused: they could lead anywhere.

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ModelError, toModelError } from '../../base/errors.ts';
import type { Locator, ManifestFile } from '../../base/manifest.ts';

export async function listFolder(root: string, subject: string): Promise<ManifestFile[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    const { code } = toModelError(error);
    throw new ModelError(code, 'The folder with the files of the model cannot be read', {
      subject,
      found: root,
      remedies: ['Does the server run on this machine, and are its files readable for you?'],
      cause: error,
    });
  });
  const files = entries.filter((entry) => !entry.isDirectory());
  return await Promise.all(
    files.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile()) return { path: path.slice(join(root, '/').length), size: (await stat(path)).size };
      throw new ModelError('HOSTILE_NAME', 'The folder has something that is neither a file nor a folder', {
        subject,
        found: path,
        remedies: ['Replace links with the files that they lead to.'],
      });
    }),
  );
}

export function locateInFolder(root: string, path: string): Locator {
  return { urls: [pathToFileURL(join(root, path)).href], isLocal: true };
}
