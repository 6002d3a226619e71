// The plan of a spec: which store path it will have, and each of its files, before anything is
// fetched. The evaluator plugin, the command line and nix/lib must agree on every byte of it.

import { Digest, sha256Of } from './digest';
import { List, newList } from './list';
import { deriveName } from './name';
import { FRAME_HEADER_BYTES, narFrames, narLink, NarEntry } from './nar';
import { newOutput, Output } from './output';
import { begin, finish, ok } from './problem';
import { chosenFiles, parseSpec, Spec, writeSpec } from './spec/spec';
import { PinnedFile } from './spec/pinned-file';
import { checkStoreDir, contentPath, FLAT, RECURSIVE } from './store-path';
import { Text, textAt } from './text';

/** {"spec", "pin": "hash" | "files" | null, "storePath"?, "hash"?, "revision"?, "totalSize"?, "files"?} */
export function plan(spec: usize, specSize: usize, storeDir: usize, storeDirSize: usize): usize {
  begin();
  const folder = textAt(storeDir, storeDirSize);
  checkStoreDir(folder);
  const parsed = parseSpec(spec, specSize);
  const result = newOutput(2048);
  if (ok()) writePlan(parsed, folder, result);
  return finish(result);
}

function writePlan(spec: Spec, storeDir: Text, to: Output): void {
  to.put('{"spec":');
  writeSpec(spec, to);
  const hash = spec.hash;
  const files = chosenFiles(spec);
  if (!ok()) return;
  to.member('pin').put(hash !== null ? '"hash"' : files !== null ? '"files"' : 'null');
  if (hash !== null) {
    const path = contentPath(storeDir, spec.name, RECURSIVE, hash, newList<Text>());
    to.member('storePath').quoted(path).member('hash').quoted(hash.sri());
  }
  writeRevision(spec, to);
  if (files !== null) writeFiles(spec, storeDir, files, to);
  to.byte(0x7d);
}

/** The lock's, or the one that the source names where that never moves, such as a commit. */
function writeRevision(spec: Spec, to: Output): void {
  const lock = spec.lock;
  const revision = lock !== null ? lock.revision : null;
  if (revision !== null) to.member('revision').quoted(revision);
  else if (spec.source.isFixed) to.member('revision').quoted(spec.source.revision);
}

/** Each file's own flat store path, and that of the tree of links to them. */
function writeFiles(spec: Spec, storeDir: Text, files: List<PinnedFile>, to: Output): void {
  const links = newList<NarEntry>();
  const paths = newList<Text>();
  const rows = newOutput(256 * <usize>files.count);
  let totalSize: u64 = 0;
  let sized = true;
  for (let i = 0; i < files.count; i++) {
    const file = files.at(i);
    const path = contentPath(storeDir, deriveName(file.path.after(0x2f)), FLAT, file.hash, newList<Text>());
    links.push(narLink(file.path, path));
    paths.push(path);
    rows.put(i > 0 ? ',{' : '{').member('path').quoted(file.path);
    if (file.sized) rows.member('size').number(file.size);
    rows.member(file.hash.isSha256 ? 'sha256' : 'sha512').quoted(file.hash.hex());
    const version = file.version;
    if (version !== null) rows.member('version').quoted(version);
    rows.member('storePath').quoted(path).byte(0x7d);
    totalSize += file.size;
    if (!file.sized) sized = false;
  }
  to.member('storePath').quoted(contentPath(storeDir, spec.name, RECURSIVE, hashOfLinks(links), paths));
  if (sized) to.member('totalSize').number(totalSize);
  to.member('files').byte(0x5b).text(rows.asText()).byte(0x5d);
}

/** What NixStore.addLinks adds: a tree of nothing but links. */
function hashOfLinks(links: List<NarEntry>): Digest {
  const frames = narFrames(links);
  return sha256Of(textAt(frames.ptr + FRAME_HEADER_BYTES, frames.size - FRAME_HEADER_BYTES));
}
