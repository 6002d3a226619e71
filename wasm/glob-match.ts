// Runs a compiled file pattern over a path, in all of its states at once; the choice of a model's
// files by several patterns.

import { SPEC_INVALID } from '../build/generated/status';
import { ANY, CLASS, compileGlob, IN_NAME, INSTRUCTION_BYTES, JUMP, MATCH, RUNE, SPLIT } from './glob';
import { parseJson, STRING, Value } from './json/value';
import { List, newList } from './list';
import { newOutput, Output } from './output';
import { begin, finish, ok, problem } from './problem';
import { Text, textAt } from './text';
import { decodeRune, runeBytes } from './utf8';

let code: usize = 0;
/** Per instruction: the step at which it was last entered, so that none is entered twice. */
let marks: usize = 0;
let step: u32 = 0;
/** States of this step and the next: instruction numbers. */
let states: usize = 0;
let following: usize = 0;
let count: usize = 0;

/** Whether the whole path matches. */
export function matches(program: Output, path: Text): bool {
  const size = program.size / INSTRUCTION_BYTES * 4;
  code = program.ptr;
  marks = code + program.size;
  memory.fill(marks, 0, size);
  states = marks + size;
  following = states + size;
  step = 1;
  count = 0;
  enter(0);
  for (let i: usize = 0; i < path.size && count > 0; i += runeBytes) {
    advance(decodeRune(path.ptr + i, path.ptr + path.size));
  }
  return accepts();
}

function accepts(): bool {
  for (let i: usize = 0; i < count; i++) {
    if (load<u32>(instruction(load<u32>(states + i * 4))) == MATCH) return true;
  }
  return false;
}

/** Adds a state, and whatever it leads to without taking a character. */
function enter(number: u32): void {
  const mark = marks + number * 4;
  if (load<u32>(mark) == step) return;
  store<u32>(mark, step);
  const at = instruction(number);
  const operation = load<u32>(at);
  if (operation == SPLIT || operation == JUMP) {
    enter(load<u32>(at, 4));
    if (operation == SPLIT) enter(load<u32>(at, 8));
  } else {
    store<u32>(states + count++ * 4, number);
  }
}

function advance(rune: u32): void {
  const from = states;
  const size = count;
  states = following;
  following = from;
  count = 0;
  step++;
  for (let i: usize = 0; i < size; i++) {
    const number = load<u32>(from + i * 4);
    if (takes(instruction(number), rune)) enter(number + 1);
  }
}

function takes(at: usize, rune: u32): bool {
  switch (load<u32>(at)) {
    case RUNE: return load<u32>(at, 4) == rune;
    case IN_NAME: return rune != 0x2f;
    case ANY: return true;
    case CLASS: return rune != 0x2f && inRanges(load<u32>(at, 4), rune) == (load<u32>(at, 8) == 0);
  }
  return false;
}

function inRanges(ranges: usize, rune: u32): bool {
  const end = ranges + 4 + load<u32>(ranges) * 8;
  for (let at = ranges + 4; at < end; at += 8) {
    if (rune >= load<u32>(at) && rune <= load<u32>(at, 4)) return true;
  }
  return false;
}

@inline
function instruction(number: u32): usize {
  return code + number * INSTRUCTION_BYTES;
}

/** Programs of a list of patterns. */
export function compileGlobs(patterns: List<Text>): List<Output> {
  const programs = newList<Output>();
  for (let i = 0; i < patterns.count && ok(); i++) programs.push(compileGlob(patterns.at(i)));
  return programs;
}

/** Whether `include` (empty: everything) takes the path and `exclude` does not. */
export function selects(include: List<Output>, exclude: List<Output>, path: Text): bool {
  if (include.count > 0 && !anyMatches(include, path)) return false;
  return !anyMatches(exclude, path);
}

function anyMatches(programs: List<Output>, path: Text): bool {
  for (let i = 0; i < programs.count; i++) if (matches(programs.at(i), path)) return true;
  return false;
}

/** The reply is one byte: 1 where the pattern matches the path. */
export function globmatch(pattern: usize, patternSize: usize, path: usize, pathSize: usize): usize {
  begin();
  const program = compileGlob(textAt(pattern, patternSize));
  const result = newOutput();
  return finish(ok() ? result.byte(matches(program, textAt(path, pathSize)) ? 1 : 0) : result);
}

/** {"include": [pattern], "exclude": [pattern], "paths": [path]}: one byte for each path, 1 = chosen. */
export function selectpaths(ptr: usize, len: usize): usize {
  begin();
  const input = parseJson(ptr, len, SPEC_INVALID);
  const include = compileGlobs(textsOf(input.member('include')));
  const exclude = compileGlobs(textsOf(input.member('exclude')));
  const paths = textsOf(input.member('paths'));
  const chosen = newOutput(paths.count);
  for (let i = 0; i < paths.count && ok(); i++) chosen.byte(selects(include, exclude, paths.at(i)) ? 1 : 0);
  return finish(chosen);
}

function textsOf(list: Value | null): List<Text> {
  const texts = newList<Text>();
  if (list === null) return texts;
  for (let i = 0; i < list.count && ok(); i++) {
    if (list.child(i).kind == STRING) texts.push(list.child(i));
    else problem(SPEC_INVALID).message.put('Not a list of texts');
  }
  return texts;
}
