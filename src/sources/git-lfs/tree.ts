// The listing of a commit, as `git ls-tree -r -z` prints it. Pure. Links and submodules are told
// apart here; what to do about them is the source's business.

import { ModelError } from '../../base/errors.ts';

export interface TreeEntry {
  readonly path: string;
  readonly kind: 'file' | 'link';
  /** Git's name of the content. */
  readonly blob: string;
}

/** `<mode> SP <type> SP <object> TAB <path> NUL`, submodules left out: they are no files. */
export function parseTree(output: Buffer, subject: string): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let start = 0; start < output.length; ) {
    const end = output.indexOf(0, start);
    if (end < 0) throw unreadable(subject, output.subarray(start));
    const tab = output.indexOf(9, start);
    const [mode = '', type = '', blob = ''] = output.toString('latin1', start, tab).split(' ');
    const path = decode(output.subarray(tab + 1, end), subject);
    start = end + 1;
    if (type === 'commit') continue;
    if (type !== 'blob') throw unreadable(subject, output.subarray(start, end));
    entries.push({ path, kind: mode === '120000' ? 'link' : 'file', blob });
  }
  return entries;
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(name: Buffer, subject: string): string {
  try {
    return strict.decode(name);
  } catch (error) {
    throw new ModelError('HOSTILE_NAME', 'A file name in the repository is not UTF-8', {
      subject,
      found: JSON.stringify(name.toString('latin1')),
      cause: error,
    });
  }
}

function unreadable(subject: string, line: Buffer): ModelError {
  const found = JSON.stringify(line.toString('latin1', 0, 80));
  return new ModelError('INTERNAL', 'Git lists the tree in an unknown form', { subject, found });
}
