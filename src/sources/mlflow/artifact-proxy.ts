// Files that the tracking server itself hands out (`mlflow-artifacts:`). Its listing is one folder
// per question, with plain names; it has sizes and no digests. It is not trusted to come to an end.

import { ModelError } from '../../base/errors.ts';
import type { Locator, ManifestFile } from '../../base/manifest.ts';
import { ResponseFailure } from '../../net/response-error.ts';
import { mapConcurrently } from '../map-concurrently.ts';
import { printable } from '../printable.ts';
import { explainRefusal } from './errors.ts';
import { recordsOf } from './model-version.ts';
import { credentialsFor, fetchJson, type Tracking } from './tracking.ts';

export interface ArtifactProxy {
  readonly endpoint: string;
  readonly path: string;
}

/** Folders are asked about one by one: enough at a time to hide latency. */
const QUESTIONS_AT_ONCE = 8;

/** No honest model is as deep, or has as many files; a listing that contains itself is endless. */
const MAX_DEPTH = 32;
const MAX_ENTRIES = 100_000;

interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
  readonly size: number | undefined;
}

export async function listArtifacts(proxy: ArtifactProxy, tracking: Tracking): Promise<ManifestFile[]> {
  const files: ManifestFile[] = [];
  let folders = [''];
  let entries = 0;
  for (let depth = 0; folders.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw endless(tracking, `it is more than ${MAX_DEPTH} folders deep`);
    const below: string[] = [];
    await mapConcurrently(folders, QUESTIONS_AT_ONCE, async (folder) => {
      const listed = await listFolder(proxy, folder, tracking);
      entries += listed.length;
      if (entries > MAX_ENTRIES) throw endless(tracking, `it has more than ${MAX_ENTRIES} entries`);
      for (const { name, isFolder, size } of listed) {
        const path = folder === '' ? name : `${folder}/${name}`;
        if (isFolder) below.push(path);
        else files.push(size === undefined ? { path } : { path, size });
      }
    });
    folders = below;
  }
  return files;
}

export function locateArtifact(proxy: ArtifactProxy, path: string, tracking: Tracking): Locator {
  const parts = joinPath(proxy.path, path).split('/').map(encodeURIComponent);
  const url = `${proxy.endpoint}/${parts.join('/')}`;
  return {
    urls: [url],
    credentials: credentialsFor(tracking, url),
    explain: (answer) => {
      const { status } = answer;
      const details = {
        subject: `${tracking.subject}: ${path}`,
        found: `HTTP status ${status}`,
        cause: new ResponseFailure(answer),
      };
      if (status !== 404) return explainRefusal(answer, tracking, details);
      return new ModelError('ENTRY_NOT_FOUND', `The MLflow server has no file "${path}" in this version`, {
        ...details,
        remedies: ['It has been removed since the model was pinned: ask whoever runs the server.'],
      });
    },
  };
}

async function listFolder(proxy: ArtifactProxy, folder: string, tracking: Tracking): Promise<Entry[]> {
  const query = new URLSearchParams({ path: joinPath(proxy.path, folder) });
  const answer = await fetchJson(tracking, `${proxy.endpoint}?${query.toString()}`);
  const { files = [] } = answer;
  const records = recordsOf(files);
  // A folder without files may come without the member.
  const isList = Array.isArray(files) && records.length === files.length;
  if (!isList) throw unreadable(tracking, answer);
  return records.map((record) => entryOf(record, tracking));
}

function entryOf(record: Readonly<Record<string, unknown>>, tracking: Tracking): Entry {
  const { path: name, is_dir: isFolder = false, file_size: size } = record;
  if (typeof name !== 'string' || typeof isFolder !== 'boolean') throw unreadable(tracking, record);
  // The name becomes part of the next question: it must not be able to lead elsewhere.
  if (name === '' || name === '.' || name === '..' || /[/\\\0]/.test(name)) {
    throw new ModelError('HOSTILE_NAME', 'The MLflow server lists a file by a name that leads elsewhere', {
      subject: tracking.subject,
      found: printable(JSON.stringify(name)),
    });
  }
  return { name, isFolder, size: sizeOf(size, record, tracking) };
}

/** JSON of 64-bit numbers is a number to some servers and a text to others. */
function sizeOf(value: unknown, record: unknown, tracking: Tracking): number | undefined {
  if (value === undefined || value === null) return undefined;
  const isNumber = typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value));
  const size = isNumber ? Number(value) : NaN;
  if (Number.isSafeInteger(size) && size >= 0) return size;
  throw unreadable(tracking, record);
}

function joinPath(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('/');
}

function endless({ subject }: Tracking, why: string): ModelError {
  return new ModelError('PROTOCOL', `The listing does not end: ${why}`, { subject });
}

function unreadable({ subject }: Tracking, value: unknown): ModelError {
  return new ModelError('PROTOCOL', 'The MLflow server lists its files in an unknown form', {
    subject,
    wanted: '{ "files": [ { "path", "is_dir", "file_size" } ] }',
    found: printable(JSON.stringify(value), 120),
  });
}
