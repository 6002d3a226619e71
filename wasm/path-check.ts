// Names of a model's files come from a hub and are hostile until this module has seen them: they
// become paths on disk, on file systems that fold case and on Windows too.

import { HOSTILE_NAME } from '../build/generated/status';
import { foldCase } from './case-fold';
import { parseJson, STRING } from './json/value';
import { allocate } from './abi';
import { List, newList, sortList } from './list';
import { newOutput } from './output';
import { begin, finish, ok, Problem, problem } from './problem';
import { isDigit, isLetter, literal, Text } from './text';
import { compareTree } from './tree-order';
import { decodeRune, runeBytes } from './utf8';

/** Of most file systems. */
const MAX_COMPONENT_BYTES: usize = 255;
/** Leaves room below Linux's 4096 for the folder that holds the model. */
const MAX_PATH_BYTES: usize = 2048;
/** A NAR may nest 64 levels. */
const MAX_DEPTH: i32 = 60;

@unmanaged
class Folded {
  path: Text;
  key: Text;
}

/** Complains about a path that an honest model does not have. */
export function checkPath(path: Text): void {
  if (path.size == 0) return hostile(path, 'is empty');
  if (path.size > MAX_PATH_BYTES) return hostile(path, 'is longer than 2048 bytes');
  if (path.at(0) == 0x2f) return hostile(path, 'is absolute');
  if (path.size > 1 && isLetter(path.at(0)) && path.at(1) == 0x3a) return hostile(path, 'begins with a drive letter');
  checkCharacters(path);
  let depth = 0;
  let from: usize = 0;
  for (let to: usize = 0; to <= path.size; to++) {
    if (to < path.size && path.at(to) != 0x2f) continue;
    if (++depth > MAX_DEPTH) return hostile(path, 'is nested deeper than 60 folders');
    checkComponent(path, path.part(from, to));
    from = to + 1;
  }
}

function checkCharacters(path: Text): void {
  for (let i: usize = 0; i < path.size && ok(); i += runeBytes) {
    const rune = decodeRune(path.ptr + i, path.ptr + path.size);
    if (rune >= 0x110000) return hostile(path, 'is not UTF-8');
    if (rune == 0x5c) return hostile(path, 'has a backslash, a separator on Windows');
    if (rune < 0x20 || (rune >= 0x7f && rune < 0xa0)) return hostile(path, 'has a control character');
    // These turn the direction of writing round, so that a name reads as another.
    const turns = (rune >= 0x202a && rune <= 0x202e) || (rune >= 0x2066 && rune <= 0x2069);
    if (turns) return hostile(path, 'has a character that changes the direction of writing');
  }
}

function checkComponent(path: Text, name: Text): void {
  const size = name.size;
  if (size == 0) return hostile(path, 'has an empty component');
  if (size > MAX_COMPONENT_BYTES) return hostile(path, 'has a component longer than 255 bytes');
  if (name.is('.') || name.is('..')) return hostile(path, 'has a "." or ".." component');
  if (sameLetters(name, '.git') || sameLetters(name, 'git~1')) return hostile(path, 'lies in a .git folder');
  const last = name.at(size - 1);
  if (last == 0x2e || last == 0x20) return unwelcome(path, literal('has a component that ends with a dot or a space'));
  if (isDevice(name)) return unwelcome(path, literal('has a component that names a device on Windows'));
  for (let i: usize = 0; i < size; i++) {
    const marked = name.at(i) == 0x7e && name.part(i, size).startsWith('~nix~case~hack~');
    if (marked) return hostile(path, 'has the mark that Nix puts on names that differ in case');
  }
}

/** CON, PRN, AUX, NUL, COM0-9, LPT0-9, CONIN$, CONOUT$, whatever the extension. */
function isDevice(name: Text): bool {
  const dot = name.indexOf(0x2e);
  let size = dot < 0 ? name.size : <usize>dot;
  while (size > 0 && name.at(size - 1) == 0x20) size--;
  const stem = name.part(0, size);
  if (size == 4 && isDigit(stem.at(3))) {
    return sameLetters(stem.part(0, 3), 'com') || sameLetters(stem.part(0, 3), 'lpt');
  }
  return sameLetters(stem, 'con') || sameLetters(stem, 'prn') || sameLetters(stem, 'aux')
    || sameLetters(stem, 'nul') || sameLetters(stem, 'conin$') || sameLetters(stem, 'conout$');
}

/** Equal to a lower-case literal but for the case of its letters. */
function sameLetters(text: Text, lower: string): bool {
  if (text.size != <usize>lower.length) return false;
  for (let i: usize = 0; i < text.size; i++) {
    const byte = text.at(i);
    if ((isLetter(byte) ? byte | 0x20 : byte) != <u32>lower.charCodeAt(<i32>i)) return false;
  }
  return true;
}

/** Checks each path, and that no two are one file or a file and a folder, on any file system. */
export function checkPaths(paths: List<Text>): void {
  const folded = newList<Folded>();
  for (let i = 0; i < paths.count && ok(); i++) {
    const path = paths.at(i);
    checkPath(path);
    const entry = changetype<Folded>(allocate(offsetof<Folded>()));
    entry.path = path;
    entry.key = foldCase(path);
    folded.push(entry);
  }
  if (!ok()) return;
  sortList<Folded>(folded, (a, b) => {
    const order = compareTree(a.key, b.key);
    return order != 0 ? order : compareTree(a.path, b.path);
  });
  for (let i = 1; i < folded.count && ok(); i++) checkNeighbours(folded.at(i - 1), folded.at(i));
}

/** In tree order whatever collides stands side by side. */
function checkNeighbours(a: Folded, b: Folded): void {
  if (compareTree(a.path, b.path) == 0) return hostile(b.path, 'is listed twice');
  const fileInFile = b.key.size > a.key.size && b.key.at(a.key.size) == 0x2f
    && compareTree(b.key.part(0, a.key.size), a.key) == 0;
  if (fileInFile) return hostile(b.path, 'lies below another file');
  let i: usize = 0, j: usize = 0;
  const x = a.path, y = b.path;
  while (true) {
    const endX = componentEnd(x, i), endY = componentEnd(y, j);
    const nameX = x.part(i, endX), nameY = y.part(j, endY);
    if (compareTree(foldCase(nameX), foldCase(nameY)) != 0) return;
    if (compareTree(nameX, nameY) != 0) break;
    if (endX == x.size || endY == y.size) return;
    i = endX + 1;
    j = endY + 1;
  }
  const clash = newOutput().put('differs only in case or in its accents from "').shown(x).byte(0x22);
  unwelcome(y, clash.asText());
}

function componentEnd(path: Text, from: usize): usize {
  const slash = path.indexOf(0x2f, from);
  return slash < 0 ? path.size : <usize>slash;
}

function hostile(path: Text, why: string): void {
  complain(path, literal(why));
}

/** Honest repositories have such names now and then: the model may still be used without the file. */
function unwelcome(path: Text, why: Text): void {
  const exclude = newOutput().put('Leave the file out: files = [ "!').shown(path).put('" ].').asText();
  complain(path, why).remedy(exclude).remedy(literal('Ask whoever publishes the model to rename it.'));
}

function complain(path: Text, why: Text): Problem {
  const made = problem(HOSTILE_NAME);
  made.message.put('The file name "').shown(path).put('" ').text(why);
  return made.subject(newOutput().shown(path).asText());
}

/** A JSON list of paths. The reply is empty; the first name that is refused is the failure. */
export function checkpaths(ptr: usize, len: usize): usize {
  begin();
  const input = parseJson(ptr, len, HOSTILE_NAME);
  const paths = newList<Text>();
  for (let i = 0; i < input.count && ok(); i++) {
    if (input.child(i).kind == STRING) paths.push(input.child(i));
    else problem(HOSTILE_NAME).message.put('A file name is no text');
  }
  if (ok()) checkPaths(paths);
  return finish(newOutput());
}
