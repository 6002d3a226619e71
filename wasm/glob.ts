// File patterns. A pattern is compiled to a small program that is run over the path with all of its
// possible states at once (Thompson's method): time grows with pattern × path, never exponentially.
//
//   *        any characters but /            [a-z] [!a-z]   one character of a set, never /
//   **       any characters                  {a,b}          one of several patterns
//   **/      any folders, also none          \x             the character x itself
//   ?        one character but /
//
// A pattern without a slash matches the base name in every folder; one that begins with a slash is
// tied to the top; one that ends with a slash means everything in that folder.

import { SPEC_INVALID } from '../build/generated/status';
import { newOutput, Output } from './output';
import { ok, problem } from './problem';
import { Text } from './text';
import { decodeRune, runeBytes } from './utf8';

/** Longer ones are a mistake; the bound keeps programs, and their running time, small. */
const MAX_PATTERN_BYTES: usize = 1024;
/** Braces within braces. */
const MAX_BRACES: i32 = 8;

// Instructions: u32 operation, u32 a, u32 b. Targets are instruction numbers.
export const MATCH: u32 = 0;
/** The character a. */
export const RUNE: u32 = 1;
/** Any character but a slash. */
export const IN_NAME: u32 = 2;
export const ANY: u32 = 3;
/** One of the ranges at a; b = 1 turns it round. */
export const CLASS: u32 = 4;
/** Go on at a as well as at b. */
export const SPLIT: u32 = 5;
export const JUMP: u32 = 6;
export const INSTRUCTION_BYTES: u32 = 12;

let pattern: Text = changetype<Text>(0);
let at: usize = 0;
let code: Output = changetype<Output>(0);

/** A compiled pattern; run it with `matches`. Complains about a pattern that is malformed. */
export function compileGlob(text: Text): Output {
  pattern = text;
  at = 0;
  code = newOutput(384);
  if (text.size == 0) refuse('is empty');
  if (text.size > MAX_PATTERN_BYTES) refuse('is longer than 1024 bytes');
  if (!ok()) return code;
  if (text.at(0) == 0x2f) at = 1;
  else if (!hasSlash(text)) emitFolders();
  compileUntil(false, 0);
  if (text.at(text.size - 1) == 0x2f) emitStar(ANY);
  emit(MATCH, 0, 0);
  // Room to run in, three words for each instruction: used again for every path.
  code.reserve(code.size);
  return code;
}

/** Whether the pattern names a folder: a slash that no backslash precedes. */
function hasSlash(text: Text): bool {
  for (let i: usize = 0; i < text.size; i++) {
    if (text.at(i) == 0x5c) i++;
    else if (text.at(i) == 0x2f) return true;
  }
  return false;
}

/** Compiles up to the end, or up to the `,` or `}` that ends an alternative. */
function compileUntil(inBraces: bool, braces: i32): void {
  while (at < pattern.size && ok()) {
    const byte = pattern.at(at);
    if (inBraces && (byte == 0x2c || byte == 0x7d)) return;
    if (byte == 0x2a) compileStars();
    else if (byte == 0x5b) compileClass();
    else if (byte == 0x7b) compileBraces(braces + 1);
    else if (byte == 0x3f) emitOne(IN_NAME);
    else emit(RUNE, takeRune(), 0);
  }
  if (inBraces && ok()) refuse('has a `{` without its `}`');
}

function compileStars(): void {
  const begin = at;
  while (at < pattern.size && pattern.at(at) == 0x2a) at++;
  const before = begin == 0 ? 0x2f : pattern.at(begin - 1);
  const opens = before == 0x2f || before == 0x7b || before == 0x2c;
  if (at - begin < 2) {
    emitStar(IN_NAME);
  } else if (opens && at < pattern.size && pattern.at(at) == 0x2f) {
    at++;
    emitFolders();
  } else {
    emitStar(ANY);
  }
}

function compileBraces(braces: i32): void {
  if (braces > MAX_BRACES) return refuse('nests braces deeper than 8 levels');
  let exit = NO_JUMP;
  do {
    at++;
    const split = emit(SPLIT, here() + 1, 0);
    compileUntil(true, braces);
    // The jumps to the common end are chained through their targets until it is known.
    exit = emit(JUMP, exit, 0);
    aim(split, 8, here());
  } while (ok() && pattern.at(at) == 0x2c);
  at++;
  // The last alternative has no other to fall back to: the dead end is never reached again.
  emit(RUNE, NO_RUNE, 0);
  while (exit != NO_JUMP && ok()) {
    const next = load<u32>(code.ptr + exit * INSTRUCTION_BYTES, 4);
    aim(exit, 4, here());
    exit = next;
  }
}

const NO_JUMP: u32 = 0xffffffff;
const NO_RUNE: u32 = 0xffffffff;

/** `[a-z]`: the ranges go where the program can find them, as pairs of code points. */
function compileClass(): void {
  const open = at++;
  const inverted = at < pattern.size && (pattern.at(at) == 0x21 || pattern.at(at) == 0x5e);
  if (inverted) at++;
  const ranges = newOutput(32).u32(0);
  let count = 0;
  do {
    if (at >= pattern.size) break;
    const low = takeRune();
    const isRange = at + 1 < pattern.size && pattern.at(at) == 0x2d && pattern.at(at + 1) != 0x5d;
    if (isRange) at++;
    const high = isRange ? takeRune() : low;
    if (high < low && ok()) refuse('has a range that runs backwards');
    ranges.u32(low).u32(high);
    count++;
  } while (ok() && at < pattern.size && pattern.at(at) != 0x5d);
  if (at >= pattern.size && ok()) {
    at = open;
    refuse('has a `[` without its `]`');
  }
  at++;
  store<u32>(ranges.ptr, count);
  emit(CLASS, <u32>ranges.ptr, inverted ? 1 : 0);
}

/** One character of the pattern, a backslash taken off. */
function takeRune(): u32 {
  if (pattern.at(at) == 0x5c) at++;
  if (at >= pattern.size) {
    refuse('ends with a backslash');
    return 0;
  }
  const rune = decodeRune(pattern.ptr + at, pattern.ptr + pattern.size);
  at += runeBytes;
  return rune;
}

function emitOne(operation: u32): void {
  at++;
  emit(operation, 0, 0);
}

/** Any number of what `operation` takes. */
function emitStar(operation: u32): void {
  const split = emit(SPLIT, here() + 1, here() + 3);
  emit(operation, 0, 0);
  emit(JUMP, split, 0);
}

/** Any number of folders, each with its slash. */
function emitFolders(): void {
  emit(SPLIT, here() + 1, here() + 5);
  emitStar(ANY);
  emit(RUNE, 0x2f, 0);
}

/** Appends an instruction and answers its number. */
function emit(operation: u32, a: u32, b: u32): u32 {
  const number = here();
  code.u32(operation).u32(a).u32(b);
  return number;
}

function here(): u32 {
  return <u32>code.size / INSTRUCTION_BYTES;
}

function aim(instruction: u32, offset: usize, target: u32): void {
  store<u32>(code.ptr + instruction * INSTRUCTION_BYTES + offset, target);
}

function refuse(why: string): void {
  problem(SPEC_INVALID).message.put('The file pattern "').shown(pattern).put('" ').put(why);
}
