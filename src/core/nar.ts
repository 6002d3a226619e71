// A directory as a NAR (Nix archive), streamed. The framing is the WASM core's (wasm/nar.ts); here
// are the walk over the directory and the contents of its files, never more than a piece in memory.

import { constants } from 'node:fs';
import { lstat, open, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelError } from '../base/errors.ts';
import { coreInstance } from './instance.ts';

/** Bytes per read: few calls, little memory. */
const READ_BYTES = 1024 * 1024;

/** In place of an entry's number: no content follows. */
const LAST_FRAME = 0xffffffff;

/** One entry of a tree; the path is relative, and empty for a NAR of a single file or link. */
export type NarEntry =
  | { readonly path: string; readonly size: number; readonly executable?: boolean }
  | { readonly path: string; readonly target: string }
  | { readonly path: string; readonly directory: true };

interface NarFrame {
  readonly bytes: Uint8Array;
  /** The entry whose content follows the frame; undefined for the last one. */
  readonly entry: NarEntry | undefined;
}

/** Everything of a NAR but its files' contents, in order. */
export function narFrames(entries: readonly NarEntry[]): NarFrame[] {
  const reply = coreInstance().call('narframes', JSON.stringify(entries));
  const view = new DataView(reply.buffer, reply.byteOffset, reply.byteLength);
  const frames: NarFrame[] = [];
  for (let at = 0; at < reply.length; ) {
    const index = view.getUint32(at, true);
    const end = at + 8 + view.getUint32(at + 4, true);
    const entry = index === LAST_FRAME ? undefined : entries[index];
    frames.push({ bytes: reply.subarray(at + 8, end), entry });
    at = end;
  }
  return frames;
}

/** The whole NAR of a tree of symbolic links. */
export function narOfLinks(links: readonly { readonly path: string; readonly target: string }[]): Uint8Array {
  const [frame] = narFrames(links.map(({ path, target }) => ({ path, target })));
  if (frame === undefined) throw new ModelError('INTERNAL', 'A NAR without frames');
  return frame.bytes;
}

/** The NAR of a directory (or a single file), as `nix-store --dump` writes it. */
export async function* narOfDirectory(
  directory: string,
  options: { readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const entries = await listTree(directory, '', options.signal);
  for (const { bytes, entry } of narFrames(entries)) {
    yield bytes;
    if (entry !== undefined && 'size' in entry) yield* contentOf(join(directory, entry.path), entry.size, options.signal);
  }
}

/** A file of a tree that is yet to be made. */
export interface NarFile {
  /** Path in the tree. */
  readonly path: string;
  readonly location: string;
  readonly size: number;
}

/** The NAR of a tree of these files, none of them executable. */
export async function* narOfFiles(
  files: readonly NarFile[],
  options: { readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const locations = new Map(files.map(({ path, location }) => [path, location]));
  for (const { bytes, entry } of narFrames(files.map(({ path, size }) => ({ path, size })))) {
    yield bytes;
    if (entry === undefined || !('size' in entry)) continue;
    yield* contentOf(locations.get(entry.path) ?? entry.path, entry.size, options.signal);
  }
}

async function listTree(root: string, path: string, signal: AbortSignal | undefined): Promise<NarEntry[]> {
  signal?.throwIfAborted();
  const file = join(root, path);
  const status = await lstat(file);
  if (status.isSymbolicLink()) return [{ path, target: await readlink(file) }];
  if (status.isFile()) {
    return [{ path, size: status.size, executable: (status.mode & constants.S_IXUSR) !== 0 }];
  }
  if (!status.isDirectory()) throw new ModelError('IO', 'Neither a file, a directory nor a link', { subject: file });
  const entries: NarEntry[] = path === '' ? [] : [{ path, directory: true }];
  for (const name of await readdir(file, { encoding: 'buffer' })) {
    entries.push(...(await listTree(root, path === '' ? decode(name) : `${path}/${decode(name)}`, signal)));
  }
  return entries;
}

/** A name that is not UTF-8 would become another file's name. */
function decode(name: Buffer): string {
  const text = name.toString('utf8');
  if (Buffer.from(text, 'utf8').equals(name)) return text;
  throw new ModelError('HOSTILE_NAME', 'A file name is not UTF-8', { subject: text });
}

/** Exactly `size` bytes: a file that changes meanwhile would give a NAR that no one can read. */
async function* contentOf(
  file: string,
  size: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    for (let done = 0; done < size; ) {
      signal?.throwIfAborted();
      const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, size - done));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, done);
      if (bytesRead === 0) throw new ModelError('IO', 'The file became shorter while it was read', { subject: file });
      done += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
