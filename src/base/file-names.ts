// File names from a hub, a lock file or a spec are hostile until this has seen them: whatever lists
// a model's files calls it before any name touches a disk. Pure; it never repairs a name.

import { ModelError } from './errors.ts';

/** Linux's limit for one component, in bytes. */
const MAX_COMPONENT_BYTES = 255;
/** Below Linux's PATH_MAX (4,096), with room for the directory that the model lies in. */
const MAX_PATH_BYTES = 3_072;

/** Throws HOSTILE_NAME for the first path that must not become a file of a model. */
export function checkFileNames(paths: Iterable<string>): void {
  // Folded spelling -> first spelling seen, for files and for their folders.
  const files = new Map<string, string>();
  const folders = new Map<string, string>();
  for (const path of paths) {
    const fault = faultOfName(path);
    if (fault !== undefined) throw hostile(path, fault);
    claim(files, path, (other) => (other === path ? 'it is listed twice' : `it differs from ${quote(other)} in case only`));
    for (const folder of foldersOf(path)) {
      const other = folders.get(fold(folder)) ?? folder;
      if (other !== folder) throw hostile(path, `its folder differs from ${quote(other)} in case only`);
      folders.set(fold(folder), folder);
    }
  }
  for (const [folded, file] of files) {
    if (folders.has(folded)) throw hostile(file, 'it is a file and a folder at once');
  }
}

/** Why a single path is refused, or undefined. */
export function faultOfName(path: string): string | undefined {
  if (path === '') return 'it is empty';
  if (/\p{Cc}/u.test(path)) return 'it contains a control character';
  if (/\p{Surrogate}/u.test(path)) return 'it is no valid Unicode';
  if (/[\u202a-\u202e\u2066-\u2069]/.test(path)) return 'it contains a character that reverses the text after it';
  if (path.includes('\\')) return 'it contains a backslash';
  if (path.startsWith('/')) return 'it is an absolute path';
  if (/^[A-Za-z]:/.test(path)) return 'it begins with a drive letter';
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) return `it is longer than ${MAX_PATH_BYTES} bytes`;
  return path.split('/').map(faultOfComponent).find((fault) => fault !== undefined);
}

function faultOfComponent(component: string): string | undefined {
  if (component === '') return 'it has an empty component';
  if (component === '.' || component === '..') return `it has the component "${component}"`;
  if (/[. ]$/.test(component)) return 'a component ends in a dot or a space';
  // Device names open a device on Windows, whatever extension follows.
  if (/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(component)) return 'it is the name of a Windows device';
  if (Buffer.byteLength(component) > MAX_COMPONENT_BYTES) {
    return `a component is longer than ${MAX_COMPONENT_BYTES} bytes`;
  }
  return undefined;
}

function claim(seen: Map<string, string>, path: string, fault: (other: string) => string): void {
  const other = seen.get(fold(path));
  if (other !== undefined) throw hostile(path, fault(other));
  seen.set(fold(path), path);
}

function* foldersOf(path: string): Iterable<string> {
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) yield path.slice(0, at);
}

// What a file system that ignores case, or that normalises Unicode, would take for the same name.
function fold(path: string): string {
  return path.normalize('NFC').toLowerCase();
}

// JSON shows what a terminal would hide or act upon.
function quote(path: string): string {
  return JSON.stringify(path);
}

function hostile(path: string, fault: string): ModelError {
  return new ModelError('HOSTILE_NAME', `Refused a file name: ${fault}`, { subject: quote(path) });
}
