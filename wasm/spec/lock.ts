// The `lock` attribute: the parsed models.lock.json, of which the model's entry is taken by name, or
// one entry. Attributes that are not known here are left alone: the file's version says what counts.

import { LOCK_INVALID, LOCK_MISSING_MODEL, LOCK_STALE, SPEC_INVALID } from '../../build/generated/status';
import { allocate } from '../abi';
import { parseDigest } from '../digest';
import { ARRAY, keyOf, OBJECT, STRING, Value } from '../json/value';
import { List, newList } from '../list';
import { newOutput, Output } from '../output';
import { ok, problem } from '../problem';
import { literal, sameBytes, Text } from '../text';
import {
  complainWith, expectObject, invalid, lastUnsigned, optionalText, optionalUnsigned, wrongType,
} from './expect';
import { parseSource } from './kinds';
import { parsePatterns, Patterns, samePatterns, writePatterns } from './patterns';
import { checkPinned, PinnedFile, pinnedFile } from './pinned-file';
import { otherVersion, sameModel, Source, writeSource } from './source';

const LOCK_VERSION: u64 = 1;

@unmanaged
export class Lock {
  /** Its name in the lock file; null for a bare entry. */
  name: Text | null;
  source: Source;
  patterns: Patterns;
  revision: Text | null;
  totalSize: u64;
  contents: List<PinnedFile>;
}

/** The model's entry. `name` or else `title` says which; a file's only entry needs neither. */
export function parseLock(value: Value, name: Text | null, title: Text | null): Lock | null {
  complainWith(LOCK_INVALID);
  const entry = chooseEntry(value, name !== null ? name : title);
  const lock = entry !== null && ok() ? parseEntry(entry) : null;
  complainWith(SPEC_INVALID);
  if (lock !== null && entry !== null && entry !== value) lock.name = keyOf(entry);
  return lock;
}

function chooseEntry(value: Value, name: Text | null): Value | null {
  if (value.kind == STRING) {
    const made = invalid(value);
    made.message.put(' must be the content of the lock file, not its name');
    made.remedy(literal('In Nix write a path, without quotes: lock = ./models.lock.json;'));
    made.remedy(literal('Elsewhere give the parsed JSON of the file.'));
    return null;
  }
  if (!expectObject(value)) return null;
  if (value.member('contents') !== null) return value;
  const models = value.member('models');
  if (models === null) {
    invalid(value).message.put(' is neither a lock file nor an entry of one');
    return null;
  }
  checkVersion(value);
  if (!expectObject(models)) return null;
  if (name === null && models.count == 1) return models.child(0);
  for (let i = 0; name !== null && i < models.count; i++) {
    if (sameBytes(keyOf(models.child(i)), name)) return models.child(i);
  }
  complainMissing(models, name);
  return null;
}

function checkVersion(file: Value): void {
  if (optionalUnsigned(file, 'version') && lastUnsigned() == LOCK_VERSION) return;
  const made = invalid(file);
  made.wanted(literal('version 1')).message.put(' has an unknown version');
}

function complainMissing(models: Value, name: Text | null): void {
  const made = problem(LOCK_MISSING_MODEL);
  if (name === null) made.message.put('The lock file has several models: `name` must say which');
  else made.message.put('The lock file has no model named "').shown(name).byte(0x22);
  const found = newOutput();
  for (let i = 0; i < models.count && found.size < 400; i++) {
    found.put(i > 0 ? ', ' : '').shown(keyOf(models.child(i)));
  }
  made.found(found.size > 0 ? found.asText() : literal('no models'));
}

function parseEntry(entry: Value): Lock | null {
  const source = entry.member('source');
  const contents = entry.member('contents');
  if (!expectObject(entry)) return null;
  if (source !== null && !expectObject(source)) return null;
  if (source === null || contents === null || contents.kind != ARRAY) {
    invalid(entry).message.put(source === null ? ' lacks `source`' : ' lacks `contents`, the list of its files');
    return null;
  }
  const lock = changetype<Lock>(allocate(offsetof<Lock>()));
  lock.name = null;
  lock.source = parseSource(source);
  lock.patterns = parsePatterns(entry.member('files'));
  lock.revision = optionalText(entry, 'revision');
  lock.totalSize = 0;
  lock.contents = newList<PinnedFile>();
  for (let i = 0; i < contents.count && ok(); i++) parseFile(lock, contents.child(i));
  if (contents.count == 0) invalid(contents).message.put(' is empty: the model would have no files');
  if (ok()) checkPinned(lock.contents);
  if (optionalUnsigned(entry, 'totalSize') && lastUnsigned() != lock.totalSize) {
    invalid(entry).message.put(' has a `totalSize` that is not the sum of its files');
  }
  return lock;
}

function parseFile(lock: Lock, row: Value): void {
  if (row.kind != OBJECT) return wrongType(row, 'a file with path, size and sha256');
  const path = optionalText(row, 'path');
  const sha256 = optionalText(row, 'sha256');
  const sized = optionalUnsigned(row, 'size');
  const size = lastUnsigned();
  const hash = sha256 !== null && sha256.size == 64 ? parseDigest(sha256) : null;
  if (path === null || !sized || hash === null) {
    invalid(row).message.put(path === null ? ' lacks `path`'
      : !sized ? ' lacks `size`' : ' lacks a `sha256` of 64 hexadecimal digits');
    return;
  }
  if (lock.totalSize + size < size) invalid(row).message.put(' makes the model larger than 64 bits can count');
  lock.totalSize += size;
  const file = pinnedFile(path, hash, true, size);
  file.version = optionalText(row, 'version');
  lock.contents.push(file);
}

/** Complains where the spec asks for something else than what was locked. */
export function checkFresh(lock: Lock, source: Source, patterns: Patterns): void {
  if (!sameModel(lock.source, source)) return stale(lock, 'another source', source);
  const other = otherVersion(source, lock.source, lock.revision);
  if (other !== null) {
    return stale(lock, other.name == 'lfsFiles' ? 'other `lfsFiles`' : 'another revision', source);
  }
  if (patterns.isEmpty || lock.patterns.isEmpty || samePatterns(lock.patterns, patterns)) return;
  const made = problem(LOCK_STALE);
  made.message.put('The lock was made with other `files` patterns');
  made.wanted(patternText(patterns)).found(patternText(lock.patterns));
}

function stale(lock: Lock, what: string, source: Source): void {
  const wanted = newOutput(), found = newOutput();
  writeSource(source, wanted);
  writeSource(lock.source, found);
  const made = problem(LOCK_STALE);
  made.message.put('The lock was made for ').put(what);
  made.wanted(wanted.asText()).found(found.asText());
}

function patternText(patterns: Patterns): Text {
  const out: Output = newOutput();
  writePatterns(patterns, out);
  return out.asText();
}

/** The entry as a lock file has it. */
export function writeLock(lock: Lock, to: Output): void {
  to.byte(0x7b).member('source');
  writeSource(lock.source, to);
  if (!lock.patterns.isEmpty) {
    to.member('files');
    writePatterns(lock.patterns, to);
  }
  const revision = lock.revision;
  if (revision !== null) to.member('revision').quoted(revision);
  to.member('totalSize').number(lock.totalSize).member('contents').byte(0x5b);
  for (let i = 0; i < lock.contents.count; i++) {
    const file = lock.contents.at(i);
    to.comma().byte(0x7b).member('path').quoted(file.path).member('size').number(file.size);
    to.member('sha256').quoted(file.hash.hex());
    const version = file.version;
    if (version !== null) to.member('version').quoted(version);
    to.byte(0x7d);
  }
  to.put(']}');
}
