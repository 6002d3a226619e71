// Walks a value of the evaluator and writes it as the JSON of a spec, as the plugin does
// (nix/plugin/spec-json.cc). It judges no attribute: names and types are the core's business.

import { LOCK_INVALID, SPEC_INVALID } from '../../build/generated/status';
import { allocate, mark, release } from '../abi';
import { writeFloat } from '../gguf/number';
import { close, open, skipValue } from '../json/reader';
import { List, newList } from '../list';
import { Output } from '../output';
import { begin, ok, Problem, problem } from '../problem';
import { literal, Text, textAt } from '../text';
import { failNow } from './failure';
import { nameOf, readText, stringText } from './file';
import {
  ATTRIBUTES, BOOLEAN, callFunction, copyAttrname, copyAttrset, copyList, FLOAT, getAttr, getBool, getFloat, getInt,
  getType, INTEGER, LIST, NULL, PATH, STRING,
} from './host';

/** Levels of sets and lists. A spec has fewer than ten; a set that contains itself has no end. */
const MAX_DEPTH = 64;
/** Bytes of JSON. A lock of 100,000 files has about 20 MB; shared values can multiply without end. */
const MAX_BYTES: usize = 64 << 20;

/** Stands beside the spec's own attributes, and is none of them. */
export const STORE_DIRECTORY = 'storeDir';

/** Names of the attributes from the argument down to the value in hand. */
let names: List<Text> = changetype<List<Text>>(0);
let depth = 0;

export function writeArgument(argument: u32, to: Output): void {
  names = newList<Text>();
  depth = 0;
  writeNode(argument, to);
}

function writeNode(value: u32, to: Output): void {
  if (depth > MAX_DEPTH || to.size > MAX_BYTES) refuse(' is nested too deeply or too large');
  const type = getType(value);
  if (type == STRING) writeText(value, to);
  else if (type == ATTRIBUTES) writeSet(value, to);
  else if (type == LIST) writeList(value, to);
  else if (type == BOOLEAN) to.put(getBool(value) != 0 ? 'true' : 'false');
  else if (type == INTEGER) writeInteger(getInt(value), to);
  else if (type == FLOAT) writeNumber(getFloat(value), to);
  else if (type == NULL) to.put('null');
  else if (type == PATH && isLock()) writeLockFile(value, to);
  else if (type == PATH) refuse(' is a path, where only `lock` may be one');
  else refuse(' is a function, which no spec holds');
}

function writeText(value: u32, to: Output): void {
  const before = mark();
  to.quoted(stringText(value));
  giveBack(before, to);
}

/** All digits: JSON has no limit, and the core keeps integers exact. */
function writeInteger(value: i64, to: Output): void {
  to.put(value < 0 ? '-' : '').number(value < 0 ? 0 - <u64>value : <u64>value);
}

/** JSON knows neither infinity nor NaN. */
function writeNumber(value: f64, to: Output): void {
  if (isFinite(value)) writeFloat<f64>(to, value);
  else to.put('null');
}

function writeList(list: u32, to: Output): void {
  const before = mark();
  const count = copyList(list, 0, 0);
  const ids = allocate(4 * count);
  copyList(list, ids, count);
  to.byte(0x5b);
  depth++;
  for (let i: usize = 0; i < count; i++) {
    to.comma();
    writeNode(load<u32>(ids + 4 * i), to);
  }
  depth--;
  to.byte(0x5d);
  giveBack(before, to);
}

function writeSet(set: u32, to: Output): void {
  const string = stringOf(set);
  if (string != 0) {
    // Counted, because a set that is its own outPath has no end.
    depth++;
    writeNode(string, to);
    depth--;
    return;
  }
  const before = mark();
  const count = copyAttrset(set, 0, 0);
  const rows = allocate(8 * count);
  copyAttrset(set, rows, count);
  to.byte(0x7b);
  depth++;
  for (let i: usize = 0; i < count; i++) {
    const size = load<u32>(rows + 8 * i, 4);
    const name = textAt(allocate(size), size);
    copyAttrname(set, <u32>i, name.ptr, size);
    writeMember(name, load<u32>(rows + 8 * i), to);
  }
  depth--;
  to.byte(0x7d);
  giveBack(before, to);
}

function writeMember(name: Text, value: u32, to: Output): void {
  // `meta` may hold functions and be costly to evaluate.
  if (depth == 1 && (name.is('meta') || name.is(STORE_DIRECTORY))) return;
  names.push(name);
  to.comma().quoted(name).byte(0x3a);
  writeNode(value, to);
  names.count--;
}

/** What a set that stands for a string is (`outPath`, `__toString`); 0 for another one. */
function stringOf(set: u32): u32 {
  const before = mark();
  const convert = attributeOf(set, '__toString');
  const argument = allocate(4);
  store<u32>(argument, set);
  const string = convert != 0 ? callFunction(convert, argument, 1) : attributeOf(set, 'outPath');
  release(before);
  return string;
}

/** 0 where the set has none of this name. */
export function attributeOf(set: u32, name: string): u32 {
  const text = literal(name);
  return getAttr(set, text.ptr, text.size);
}

function writeLockFile(path: u32, to: Output): void {
  const text = readText(path);
  begin();
  open(text.ptr, text.size, LOCK_INVALID);
  skipValue();
  close();
  if (!ok()) failNow(nameOf(path));
  to.text(text);
}

function isLock(): bool {
  return names.count == 1 && names.at(0).is('lock');
}

/** "`source.url` <why>", at most four names of it. */
function refuse(why: string): void {
  begin();
  const made: Problem = problem(SPEC_INVALID);
  if (names.count == 0) made.message.put('The argument');
  for (let i = 0; i < min(names.count, 4); i++) made.message.put(i == 0 ? '`' : '.').shown(names.at(i));
  if (names.count > 0) made.message.put(names.count > 4 ? '...`' : '`');
  made.message.put(why);
  failNow(null);
}

/** Unless the output has moved behind what would be given back. */
function giveBack(before: usize, to: Output): void {
  if (to.ptr < before) release(before);
}
