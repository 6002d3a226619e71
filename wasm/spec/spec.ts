// The spec: what the user wrote, checked and normalised. The attribute tables come from
// src/spec/schema.json; docs/spec.md is the reference; nix/lib does the same in plain Nix.

import { SPEC_ATTRIBUTES, SPEC_LATER } from '../../build/generated/spec-attributes';
import { NO_FILES_MATCH, SPEC_INVALID } from '../../build/generated/status';
import { allocate } from '../abi';
import { Digest, sameDigest } from '../digest';
import { selects } from '../glob-match';
import { parseJson, keyOf, Value } from '../json/value';
import { List, newList } from '../list';
import { checkName, deriveName } from '../name';
import { newOutput, Output } from '../output';
import { checkPaths } from '../path-check';
import { begin, finish, ok, problem } from '../problem';
import { literal, sameBytes, Text } from '../text';
import { checkAttributes, refuseLater } from './attributes';
import { expectObject, invalid, optionalBoolean, optionalObject, optionalText } from './expect';
import { hashOf, optionalHash } from './hash';
import { parseSource } from './kinds';
import { checkFresh, Lock, parseLock, writeLock } from './lock';
import { parsePatterns, Patterns, writePatterns } from './patterns';
import { checkPinned, PinnedFile, pinnedFile } from './pinned-file';
import { parseSecurity, Security, writeSecurity } from './security';
import { newSource, Source, writeSource } from './source';

@unmanaged
export class Spec {
  name: Text;
  version: Text | null;
  meta: Value | null;
  source: Source;
  patterns: Patterns;
  hash: Digest | null;
  /** From `fileHashes` or from the hashes of URLs; null where neither pins the model. */
  fileHashes: List<PinnedFile> | null;
  lock: Lock | null;
  security: Security;
  lazy: bool;
}

/** Reads a spec; after a complaint (`ok()` is false) the result must not be used. */
export function parseSpec(ptr: usize, size: usize): Spec {
  const root = parseJson(ptr, size, SPEC_INVALID);
  const spec = changetype<Spec>(allocate(offsetof<Spec>()));
  if (!ok() || !expectObject(root)) return spec;
  checkAttributes(root, SPEC_ATTRIBUTES);
  refuseLater(root, SPEC_LATER);
  spec.version = optionalText(root, 'version');
  spec.meta = optionalObject(root, 'meta');
  spec.lazy = optionalBoolean(root, 'lazy');
  // Checked only: it means something to nix/lib, which never asks the core.
  optionalText(root, 'system');
  spec.hash = optionalHash(root, 'hash');
  spec.security = parseSecurity(root);
  if (ok()) parseOrigin(spec, root);
  if (ok()) parsePins(spec, root);
  return spec;
}

/** Source, patterns, lock and name: each may come from another. */
function parseOrigin(spec: Spec, root: Value): void {
  const given = root.member('source');
  const locked = root.member('lock');
  const name = optionalText(root, 'name');
  spec.source = given !== null ? parseSource(given) : newSource('');
  spec.patterns = parsePatterns(patternsOf(root, spec.source));
  spec.lock = null;
  if (given === null && locked === null) {
    const made = problem(SPEC_INVALID);
    made.message.put('The specification lacks `source`');
    made.wanted(literal('source.huggingface.repo = "org/name"; or source.url = "https://...";'));
  }
  if (!ok()) return;
  const title = spec.source.title;
  if (locked !== null) useLock(spec, parseLock(locked, name, title !== null ? deriveName(title) : null));
  if (ok()) spec.name = nameOf(spec, name);
  if (ok()) checkUrlPaths(spec.source);
}

/** Patterns stand at the top or in the source. */
function patternsOf(root: Value, source: Source): Value | null {
  const top = root.member('files');
  const inner = source.patterns;
  if (inner === null) return top;
  if (top !== null) invalid(inner).message.put(' and `files` are both given: keep one');
  return inner;
}

/** What the spec leaves open comes from the lock; what it says must agree with the lock. */
function useLock(spec: Spec, lock: Lock | null): void {
  if (lock === null || !ok()) return;
  spec.lock = lock;
  if (spec.source.kind.length == 0) spec.source = lock.source;
  checkFresh(lock, spec.source, spec.patterns);
  if (ok()) spec.source.complete(lock.source);
  if (spec.patterns.isEmpty) spec.patterns = lock.patterns;
}

/** The user's name as it is; else the lock's, or one made from the source. */
function nameOf(spec: Spec, given: Text | null): Text {
  const lock = spec.lock;
  const name = given !== null ? given : lock !== null ? lock.name : null;
  if (name !== null) {
    checkName(name);
    return name;
  }
  const title = spec.source.title;
  if (title !== null) return deriveName(title);
  problem(SPEC_INVALID).message.put('The specification lacks `name`, which several URLs do not suggest');
  return literal('');
}

function checkUrlPaths(source: Source): void {
  const paths = newList<Text>();
  for (let i = 0; i < source.files.count; i++) paths.push(source.files.at(i).path);
  checkPaths(paths);
}

/** At most one of `hash`, `fileHashes` and `lock`; hashes of URLs count as `fileHashes`. */
function parsePins(spec: Spec, root: Value): void {
  const hashes = optionalObject(root, 'fileHashes');
  const lock = spec.lock;
  // A variable, because inside a condition the compiler would add booleans, of which 1 + 1 is 1.
  const pins: i32 = (spec.hash !== null ? 1 : 0) + (hashes !== null ? 1 : 0) + (lock !== null ? 1 : 0);
  if (pins > 1) {
    problem(SPEC_INVALID).message.put('`hash`, `fileHashes` and `lock` exclude each other: keep one');
  }
  spec.fileHashes = null;
  if (hashes !== null) spec.fileHashes = parseFileHashes(spec, hashes);
  else if (spec.hash === null && lock === null) spec.fileHashes = urlHashes(spec.source);
}

function parseFileHashes(spec: Spec, hashes: Value): List<PinnedFile> {
  const files = newList<PinnedFile>();
  for (let i = 0; i < hashes.count && ok(); i++) {
    const hash = hashOf(hashes.child(i));
    if (hash !== null) files.push(pinnedFile(keyOf(hashes.child(i)), hash, false, 0));
    else if (ok()) invalid(hashes.child(i)).message.put(' has no hash');
  }
  if (files.count == 0) invalid(hashes).message.put(' is empty: it pins no file');
  checkAgainstUrls(spec.source, files);
  if (ok()) checkPinned(files);
  return files;
}

/** A file's hash and its URL's hash are the same one. */
function checkAgainstUrls(source: Source, files: List<PinnedFile>): void {
  for (let i = 0; i < source.files.count; i++) {
    const url = source.files.at(i);
    const hash = url.hash;
    for (let j = 0; hash !== null && j < files.count && ok(); j++) {
      const file = files.at(j);
      if (!sameBytes(file.path, url.path) || sameDigest(file.hash, hash)) continue;
      const made = problem(SPEC_INVALID);
      made.message.put('`fileHashes` and the URL of "').shown(url.path).put('" give different hashes');
      made.wanted(file.hash.sri()).found(hash.sri());
    }
  }
}

/** The pins of a url source, when every file of it has one. */
function urlHashes(source: Source): List<PinnedFile> | null {
  const files = newList<PinnedFile>();
  for (let i = 0; i < source.files.count; i++) {
    const hash = source.files.at(i).hash;
    if (hash === null) return null;
    files.push(pinnedFile(source.files.at(i).path, hash, false, 0));
  }
  if (files.count == 0) return null;
  checkPinned(files);
  return files;
}

/** The pinned files that the patterns choose; null where the model is not pinned by file. */
export function chosenFiles(spec: Spec): List<PinnedFile> | null {
  const lock = spec.lock;
  const pinned = lock !== null ? lock.contents : spec.fileHashes;
  if (pinned === null || spec.patterns.isEmpty) return pinned;
  const chosen = newList<PinnedFile>();
  for (let i = 0; i < pinned.count; i++) {
    const file = pinned.at(i);
    if (selects(spec.patterns.includes, spec.patterns.excludes, file.path)) chosen.push(file);
  }
  if (chosen.count == 0) {
    problem(NO_FILES_MATCH).message.put('None of the pinned files matches the `files` patterns');
  }
  return chosen;
}

/** The normalised spec as JSON (src/base/spec.ts); parsing it again gives the same. */
export function writeSpec(spec: Spec, to: Output): void {
  to.byte(0x7b).member('name').quoted(spec.name);
  const version = spec.version, meta = spec.meta, hash = spec.hash, lock = spec.lock;
  if (version !== null) to.member('version').quoted(version);
  if (meta !== null) meta.write(to.member('meta'));
  to.member('source');
  writeSource(spec.source, to);
  to.member('files');
  writePatterns(spec.patterns, to);
  if (hash !== null) to.member('hash').quoted(hash.sri());
  const hashes = spec.fileHashes;
  if (hashes !== null) {
    to.member('fileHashes').byte(0x7b);
    for (let i = 0; i < hashes.count; i++) {
      to.comma().quoted(hashes.at(i).path).byte(0x3a).quoted(hashes.at(i).hash.sri());
    }
    to.byte(0x7d);
  }
  if (lock !== null) writeLock(lock, to.member('lock'));
  if (spec.security.isGiven) writeSecurity(spec.security, to.member('security'));
  to.member('lazy').truth(spec.lazy).byte(0x7d);
}

/** A spec in any of its forms, as JSON; the reply is the normalised one. */
export function parsespec(ptr: usize, len: usize): usize {
  begin();
  const spec = parseSpec(ptr, len);
  const result = newOutput(512);
  if (ok()) writeSpec(spec, result);
  return finish(result);
}
