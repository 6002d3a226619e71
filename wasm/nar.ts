// The framing of a NAR (Nix archive): everything but the contents of files. The host puts those
// between the frames, so that a model of any size streams through it; a tree of links needs no host.
//
//   archive = str("nix-archive-1") node
//   node    = "(" "type" ( "regular" ["executable" ""] "contents" str | "symlink" "target" str
//           | "directory" { "entry" "(" "name" str "node" node ")" } ) ")"
//   str     = u64 length, little-endian; bytes; zeros up to a multiple of 8

import { FORMAT_INVALID } from '../build/generated/status';
import { allocate } from './abi';
import { parseUnsigned, unsigned } from './json/reader';
import { parseJson, STRING, Value } from './json/value';
import { List, newList, sortList } from './list';
import { newOutput, Output } from './output';
import { begin, finish, ok, problem } from './problem';
import { literal, Text } from './text';
import { compareTree, sharedFolder } from './tree-order';

/** In place of an entry's index: no content follows the frame. */
const LAST_FRAME: u32 = 0xffffffff;

/** An index and a length before the bytes of each frame. */
export const FRAME_HEADER_BYTES: usize = 8;

@unmanaged
export class NarEntry {
  /** Ends with a slash where it stands for a folder. */
  path: Text;
  /** Of a symbolic link; null for a file. */
  target: Text | null;
  /** Of a file. */
  size: u64;
  executable: bool;
  /** The host's own number for the entry. */
  index: u32;
}

export function narLink(path: Text, target: Text): NarEntry {
  return narEntry(path, target, 0, false, 0);
}

function narEntry(path: Text, target: Text | null, size: u64, executable: bool, index: u32): NarEntry {
  const entry = changetype<NarEntry>(allocate(offsetof<NarEntry>()));
  entry.path = path;
  entry.target = target;
  entry.size = size;
  entry.executable = executable;
  entry.index = index;
  return entry;
}

/** The frames of a tree: u32 index of the file whose content follows, u32 length, bytes. */
export function narFrames(entries: List<NarEntry>): Output {
  sortList<NarEntry>(entries, (a, b) => compareTree(a.path, b.path));
  checkTree(entries);
  if (!ok()) return newOutput();
  const nar = newOutput(256 + <usize>entries.count * 320);
  let frame = openFrame(nar);
  str(nar, 'nix-archive-1');
  const single = entries.count == 1 && entries.at(0).path.size == 0;
  if (!single) put(nar, '(', 'type', 'directory');
  let folder = literal('');
  for (let i = 0; i < entries.count; i++) {
    const entry = entries.at(i);
    const path = entry.path;
    const shared = sharedFolder(folder, path);
    closeFolders(nar, folder, shared);
    const name = openFolders(nar, path, shared);
    folder = path.part(0, path.size - name.size);
    if (name.size == 0 && !single) continue;
    if (!single) openEntry(nar, name);
    const isFile = entry.target === null;
    writeLeaf(nar, entry);
    if (isFile) {
      closeFrame(nar, frame, entry.index);
      frame = openFrame(nar);
      for (let pad = entry.size; (pad & 7) != 0; pad++) nar.byte(0);
    }
    str(nar, ')');
    if (!single) str(nar, ')');
  }
  closeFolders(nar, folder, 0);
  if (!single) str(nar, ')');
  closeFrame(nar, frame, LAST_FRAME);
  return nar;
}

/** Everything of a file or link but a file's content and what follows it. */
function writeLeaf(nar: Output, entry: NarEntry): void {
  const target = entry.target;
  if (target !== null) {
    put(nar, '(', 'type', 'symlink');
    str(nar, 'target');
    strText(nar, target);
    return;
  }
  put(nar, '(', 'type', 'regular');
  if (entry.executable) put(nar, 'executable', '', 'contents');
  else str(nar, 'contents');
  nar.u64(entry.size);
}

/** Opens the folders of a path behind its first `shared` bytes; answers what is left of it. */
function openFolders(nar: Output, path: Text, shared: usize): Text {
  let from = shared;
  for (let slash = path.indexOf(0x2f, from); slash >= 0; slash = path.indexOf(0x2f, from)) {
    openEntry(nar, path.part(from, slash));
    put(nar, '(', 'type', 'directory');
    from = <usize>slash + 1;
  }
  return path.part(from, path.size);
}

function closeFolders(nar: Output, folder: Text, shared: usize): void {
  for (let i = shared; i < folder.size; i++) {
    if (folder.at(i) != 0x2f) continue;
    str(nar, ')');
    str(nar, ')');
  }
}

function openEntry(nar: Output, name: Text): void {
  put(nar, 'entry', '(', 'name');
  strText(nar, name);
  str(nar, 'node');
}

/** Refuses what no tree can hold: a name twice, a file that is a folder too, `.`, `..`, empty names. */
function checkTree(entries: List<NarEntry>): void {
  for (let i = 0; i < entries.count && ok(); i++) {
    const path = entries.at(i).path;
    if (i > 0 && clash(entries.at(i - 1).path, path)) {
      problem(FORMAT_INVALID).message.put('Two entries of a tree collide: ').shown(path);
    }
    let from: usize = 0;
    for (let to: usize = 0; to <= path.size && ok(); to++) {
      if (to < path.size && path.at(to) != 0x2f) continue;
      const name = path.part(from, to);
      const atEnd = to == path.size && name.size == 0 && (entries.count == 1 || from > 0);
      if ((name.size == 0 && !atEnd) || name.is('.') || name.is('..') || name.indexOf(0) >= 0) {
        problem(FORMAT_INVALID).message.put('Not a name in a tree: ').shown(path);
      }
      from = to + 1;
    }
  }
}

/** Whether b, which follows a in tree order, is a again or lies below a file a. */
function clash(a: Text, b: Text): bool {
  if (b.size < a.size || a.size == 0) return a.size == 0;
  const within = b.part(0, a.size);
  if (compareTree(within, a) != 0) return false;
  return b.size == a.size || (b.at(a.size) == 0x2f && a.at(a.size - 1) != 0x2f);
}

function put(nar: Output, a: string, b: string, c: string): void {
  str(nar, a);
  str(nar, b);
  str(nar, c);
}

function str(nar: Output, text: string): void {
  nar.u64(text.length).put(text);
  pad(nar, text.length);
}

function strText(nar: Output, text: Text): void {
  nar.u64(text.size).text(text);
  pad(nar, text.size);
}

function pad(nar: Output, size: usize): void {
  for (; (size & 7) != 0; size++) nar.byte(0);
}

function openFrame(nar: Output): usize {
  nar.u64(0);
  return nar.size;
}

function closeFrame(nar: Output, start: usize, index: u32): void {
  const header = nar.ptr + start - FRAME_HEADER_BYTES;
  store<u32>(header, index);
  store<u32>(header, nar.size - start, 4);
}

/** [{"path", "size", "executable"?} | {"path", "target"} | {"path", "directory": true}] to frames. */
export function narframes(ptr: usize, len: usize): usize {
  begin();
  const input = parseJson(ptr, len, FORMAT_INVALID);
  const entries = newList<NarEntry>();
  for (let i = 0; i < input.count && ok(); i++) entries.push(entryOf(input.child(i), i));
  return finish(ok() ? narFrames(entries) : newOutput());
}

function entryOf(row: Value, index: i32): NarEntry {
  const path = row.member('path');
  const size = row.member('size');
  const target = row.member('target');
  const isFolder = row.member('directory') !== null;
  const sized = size !== null && parseUnsigned(size);
  const named = path !== null && path.kind == STRING && (target === null || target.kind == STRING);
  if (path === null || !named || !(sized || target !== null || isFolder)) {
    problem(FORMAT_INVALID).message.put('An entry of a tree lacks its path, size or target');
    return narEntry(literal('?'), literal('?'), 0, false, index);
  }
  const executable = row.member('executable');
  const name = isFolder ? newOutput().text(path).byte(0x2f).asText() : path;
  return narEntry(name, target, unsigned, executable !== null && executable.isTrue, index);
}
