// Store paths of content-addressed objects, as Nix computes them (its manual, "Store path
// specification"): a model's path is known from its hash, before a byte of it is here.

import { SPEC_INVALID } from '../build/generated/status';
import { allocate } from './abi';
import { Digest, parseDigest, sha256Of } from './digest';
import { encode, NIX32 } from './encode';
import { parseJson, STRING, Value } from './json/value';
import { List, newList, sortList } from './list';
import { checkName } from './name';
import { newOutput, Output } from './output';
import { begin, finish, ok, problem } from './problem';
import { compareBytes, literal, sameBytes, Text } from './text';

/** Bytes of the digest in a store path, and the characters they take. */
const PATH_DIGEST_BYTES: usize = 20;
const PATH_DIGEST_TEXT: usize = 32;

/** The hash is of the file itself. */
export const FLAT: u32 = 0;
/** The hash is of the NAR of a file or tree. */
export const RECURSIVE: u32 = 1;

/** The store path of an object by its content. Only recursive sha256 may have references. */
export function contentPath(storeDir: Text, name: Text, method: u32, hash: Digest, references: List<Text>): Text {
  const type = newOutput();
  if (method == RECURSIVE && hash.isSha256) {
    type.put('source');
    sortList<Text>(references, compareBytes);
    for (let i = 0; i < references.count; i++) {
      const twice = i > 0 && sameBytes(references.at(i - 1), references.at(i));
      if (!twice) type.byte(0x3a).text(references.at(i));
    }
    return storePath(storeDir, name, type, hash);
  }
  const fixed = newOutput().put('fixed:out:').put(method == RECURSIVE ? 'r:' : '');
  fixed.put(hash.isSha256 ? 'sha256:' : 'sha512:').text(hash.hex()).byte(0x3a);
  return storePath(storeDir, name, type.put('output:out'), sha256Of(fixed.asText()));
}

/** Adds the type's fingerprint to the store directory and the name, and folds its digest to 160 bits. */
function storePath(storeDir: Text, name: Text, type: Output, hash: Digest): Text {
  type.put(':sha256:').text(hash.hex()).byte(0x3a).text(storeDir).byte(0x3a).text(name);
  const digest = sha256Of(type.asText()).ptr;
  for (let i = PATH_DIGEST_BYTES; i < 32; i++) {
    const at = digest + i - PATH_DIGEST_BYTES;
    store<u8>(at, load<u8>(at) ^ load<u8>(digest + i));
  }
  const path = newOutput(storeDir.size + name.size + 40).text(storeDir).byte(0x2f);
  encode(NIX32, digest, PATH_DIGEST_BYTES, path.reserve(PATH_DIGEST_TEXT));
  path.size += PATH_DIGEST_TEXT;
  return path.byte(0x2d).text(name).asText();
}

/** An absolute path without a slash at its end. */
export function checkStoreDir(storeDir: Text): void {
  const size = storeDir.size;
  if (size > 1 && storeDir.at(0) == 0x2f && storeDir.at(size - 1) != 0x2f) return;
  problem(SPEC_INVALID).message.put('Not a store directory: "').shown(storeDir).byte(0x22);
}

/** {"storeDir", "name", "hash", "method": "flat" | "recursive", "references"?: [path]} to a path. */
export function storepath(ptr: usize, len: usize): usize {
  begin();
  const input = parseJson(ptr, len, SPEC_INVALID);
  const storeDir = textMember(input, 'storeDir');
  const name = textMember(input, 'name');
  const hash = parseDigest(textMember(input, 'hash'));
  const flat = textMember(input, 'method').is('flat');
  checkStoreDir(storeDir);
  checkName(name);
  if (hash === null) problem(SPEC_INVALID).message.put('`hash` is no sha256 or sha512 hash');
  const references = referencesOf(input);
  if (references.count > 0 && (flat || (hash !== null && !hash.isSha256))) {
    problem(SPEC_INVALID).message.put('Only a recursive sha256 store path may have references');
  }
  if (!ok() || hash === null) return finish(newOutput());
  return finish(newOutput().text(contentPath(storeDir, name, flat ? FLAT : RECURSIVE, hash, references)));
}

function textMember(object: Value, name: string): Text {
  const value = object.member(name);
  return value !== null && value.kind == STRING ? value : literal('');
}

function referencesOf(input: Value): List<Text> {
  const references = newList<Text>();
  const given = input.member('references');
  if (given === null) return references;
  for (let i = 0; i < given.count && ok(); i++) {
    if (given.child(i).kind == STRING) references.push(given.child(i));
    else problem(SPEC_INVALID).message.put('`references` holds something that is no path');
  }
  return references;
}
