// Git's own object ids, which a hub's API publishes: of a file, of an LFS file's pointer and of a
// directory. The root directory's id serves as the commit id: it depends on paths and contents only.
// Pure. A test compares it with git itself.

import { createHash } from 'node:crypto';

/** The id of a file's content, were it committed to git. */
export function blobId(content: Uint8Array): string {
  return objectId('blob', content);
}

/** The small file that git holds in place of one in Git LFS (git-lfs: docs/spec.md). */
export function lfsPointer(sha256: string, size: number): string {
  return `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${size}\n`;
}

interface Folder {
  readonly blobs: Map<string, string>;
  readonly folders: Map<string, Folder>;
}

/** The id of each directory by its path, the root's under the empty one. */
export function treeIds(files: Iterable<{ path: string; blobId: string }>): Map<string, string> {
  const root = emptyFolder();
  for (const file of files) {
    const parts = file.path.split('/');
    const name = parts.pop() ?? '';
    let folder = root;
    for (const part of parts) {
      const next = folder.folders.get(part) ?? emptyFolder();
      folder.folders.set(part, next);
      folder = next;
    }
    folder.blobs.set(name, file.blobId);
  }
  const ids = new Map<string, string>();
  addTreeId('', root, ids);
  return ids;
}

function addTreeId(path: string, { blobs, folders }: Folder, ids: Map<string, string>): string {
  const below = (name: string): string => (path === '' ? name : `${path}/${name}`);
  const entries = [...blobs].map(([name, id]) => ({ name, mode: '100644', id, sort: name }));
  for (const [name, folder] of folders) {
    const id = addTreeId(below(name), folder, ids);
    // Git sorts a directory as if its name ended with a slash.
    entries.push({ name, mode: '40000', id, sort: `${name}/` });
  }
  entries.sort((a, b) => compareBytes(a.sort, b.sort));
  const bytes = entries.flatMap(({ mode, name, id }) => [
    Buffer.from(`${mode} ${name}\0`),
    Buffer.from(id, 'hex'),
  ]);
  const id = objectId('tree', Buffer.concat(bytes));
  ids.set(path, id);
  return id;
}

/** The order of UTF-8, which is git's; JavaScript's own differs beyond the basic plane. */
export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function objectId(type: string, content: Uint8Array): string {
  return createHash('sha1').update(`${type} ${content.length}\0`).update(content).digest('hex');
}

function emptyFolder(): Folder {
  return { blobs: new Map(), folders: new Map() };
}
