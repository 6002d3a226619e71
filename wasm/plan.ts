// The plan of a spec: which store path it will have, and each of its files, before anything is
// fetched. The evaluator plugin, the command line and nix/lib must agree on every byte of it. `pin` is
// the short form of `plan`, for an evaluator that asks thousands of times and rarely wants the rest.

import { Digest, sha256Of } from './digest';
import { List, newList } from './list';
import { deriveName } from './name';
import { FRAME_HEADER_BYTES, narFrames, narLink, NarEntry } from './nar';
import { newOutput, Output } from './output';
import { begin, finish, ok } from './problem';
import { chosenFiles, parseSpec, Spec, writeSpec } from './spec/spec';
import { PinnedFile } from './spec/pinned-file';
import { scanKey, writeScan } from './spec/security';
import { checkStoreDir, contentPath, FLAT, RECURSIVE } from './store-path';
import { literal, Text, textAt } from './text';

/** {"spec", "pin": "hash" | "files" | null, "storePath"?, "hash"?, "revision"?, "totalSize"?, "files"?, "scan"} */
export function plan(spec: usize, specSize: usize, storeDir: usize, storeDirSize: usize): usize {
  begin();
  const folder = textAt(storeDir, storeDirSize);
  checkStoreDir(folder);
  const parsed = parseSpec(spec, specSize);
  const result = newOutput(2048);
  if (ok()) writePlan(parsed, folder, result);
  return finish(result);
}

/**
 * The members of the plan that every caller reads, as texts of u32 length and bytes: name, pin, storePath,
 * hash, the revision (the plan's, else the one that was asked for), "lazy", the key of the accepted scan
 * (empty where nothing is scanned), and "programs" where the spec names scanners that only a build may run.
 * What is absent is empty.
 */
export function pin(spec: usize, specSize: usize, storeDir: usize, storeDirSize: usize): usize {
  begin();
  const folder = textAt(storeDir, storeDirSize);
  checkStoreDir(folder);
  const parsed = parseSpec(spec, specSize);
  const result = newOutput(512);
  if (ok()) writePin(parsed, folder, result);
  return finish(result);
}

function writePin(spec: Spec, storeDir: Text, to: Output): void {
  const path = storePathOf(spec, storeDir, null);
  if (!ok()) return;
  const none = textAt(0, 0);
  const hash = spec.hash;
  const revision = knownRevision(spec);
  const security = spec.security;
  const isScanned = security.enablePickleScan && path !== null;
  to.sized(spec.name).sized(hash !== null ? literal('hash') : path !== null ? literal('files') : none);
  to.sized(path !== null ? path : none).sized(hash !== null ? hash.sri() : none);
  to.sized(revision !== null ? revision : spec.source.revision).sized(spec.lazy ? literal('lazy') : none);
  to.sized(isScanned ? scanKey(security, changetype<Text>(path)) : none);
  to.sized(security.namesPrograms ? literal('programs') : none);
}

function writePlan(spec: Spec, storeDir: Text, to: Output): void {
  const files = newOutput();
  const path = storePathOf(spec, storeDir, files);
  if (!ok()) return;
  to.put('{"spec":');
  writeSpec(spec, to);
  const hash = spec.hash;
  const revision = knownRevision(spec);
  to.member('pin').put(hash !== null ? '"hash"' : path !== null ? '"files"' : 'null');
  if (path !== null) to.member('storePath').quoted(path);
  if (hash !== null) to.member('hash').quoted(hash.sri());
  if (revision !== null) to.member('revision').quoted(revision);
  to.text(files.asText());
  writeScan(spec.security, path, to.member('scan'));
  to.byte(0x7d);
}

/** The lock's, or the one that the source names where that never moves, such as a commit. */
function knownRevision(spec: Spec): Text | null {
  const lock = spec.lock;
  const locked = lock !== null ? lock.revision : null;
  if (locked !== null) return locked;
  return spec.source.isFixed ? spec.source.revision : null;
}

/** null where the spec has no pin. A model that is pinned file by file is listed in `listing`. */
function storePathOf(spec: Spec, storeDir: Text, listing: Output | null): Text | null {
  const files = chosenFiles(spec);
  const hash = spec.hash;
  if (hash !== null) return contentPath(storeDir, spec.name, RECURSIVE, hash, newList<Text>());
  if (files === null || !ok()) return null;
  const paths = newList<Text>();
  for (let i = 0; i < files.count; i++) {
    const file = files.at(i);
    paths.push(contentPath(storeDir, deriveName(file.path.after(0x2f)), FLAT, file.hash, newList<Text>()));
  }
  if (listing !== null) writeFiles(files, paths, listing);
  return contentPath(storeDir, spec.name, RECURSIVE, hashOfLinks(files, paths), paths);
}

/** The plan's `totalSize` and `files`. */
function writeFiles(files: List<PinnedFile>, paths: List<Text>, to: Output): void {
  let totalSize: u64 = 0;
  let sized = true;
  for (let i = 0; i < files.count; i++) {
    totalSize += files.at(i).size;
    if (!files.at(i).sized) sized = false;
  }
  to.reserve(256 * <usize>files.count);
  if (sized) to.put(',"totalSize":').number(totalSize);
  to.put(',"files":[');
  for (let i = 0; i < files.count; i++) writeFile(files.at(i), paths.at(i), to);
  to.byte(0x5d);
}

function writeFile(file: PinnedFile, storePath: Text, to: Output): void {
  to.comma().byte(0x7b).member('path').quoted(file.path);
  if (file.sized) to.member('size').number(file.size);
  to.member(file.hash.isSha256 ? 'sha256' : 'sha512').quoted(file.hash.hex());
  const version = file.version;
  if (version !== null) to.member('version').quoted(version);
  to.member('storePath').quoted(storePath).byte(0x7d);
}

/** What NixStore.addLinks adds: a tree of nothing but links. */
function hashOfLinks(files: List<PinnedFile>, targets: List<Text>): Digest {
  const links = newList<NarEntry>();
  for (let i = 0; i < files.count; i++) links.push(narLink(files.at(i).path, targets.at(i)));
  const frames = narFrames(links);
  return sha256Of(textAt(frames.ptr + FRAME_HEADER_BYTES, frames.size - FRAME_HEADER_BYTES));
}
