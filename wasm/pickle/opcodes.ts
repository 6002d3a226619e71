// The opcodes of protocols 0 to 5, as CPython's C unpickler reads them. `run` goes through a window; what
// an opcode lacks is asked for before anything is changed, so each one is carried out whole or not at
// all. The body of a long string is passed over without being read.

import {
  PICKLE_EXTENSION, PICKLE_FRAME, PICKLE_HIDDEN_GLOBAL, PICKLE_LIMIT, PICKLE_OUT_OF_BAND,
} from '../../build/generated/scan-rules';
import { DICT, LIST, SET } from '../../build/generated/pickle-names';
import { Task } from '../scan/task';
import { validUtf8 } from '../utf8';
import { binaryInteger, looksLikeFloat, quotedString, rawUnicode, textIndex, textInteger, wholeNumber } from './arguments';
import { build, call, checkContainer } from './calls';
import { isTooMany, noteGlobal } from './globals';
import { collectKeys, persistent } from './storages';
import {
  fail, failByLimit, failure, Machine, machineAt, machineCount, note, pop, popMark, push, pushMark, stackAt,
} from './machine';
import { memoGet, memoPut, MAX_MEMO_INDEX, NO_ROOM } from './memo';
import { forget, itemsOf, MAX_ITEMS, newItems, recordOf } from './objects';
import { pagesAreLow } from './pages';
import { findString, keepString, MAX_NAME_BYTES, noteMemo, stringPtr, stringSize, stringValue } from './strings';
import {
  A_DICT, A_LIST, A_SET, A_TUPLE, A_WRAPPER, DATA, EMPTY, GLOBAL, INTEGER, isLiteral, kindOf, LONG_STRING, NOTHING, OPAQUE, RECENT, value,
} from './values';

/** What `run` answers. */
export const WAITING: u32 = 1; // the window lacks bytes
export const PAUSED: u32 = 2; // memory has to grow, or the window has to move
export const STOPPED: u32 = 3; // STOP: the stream is complete
export const BROKEN: u32 = 4; // machine.ts says why
export const AT_ARRAY: u32 = 5; // the raw bytes of an array follow

const RUNNING: u32 = 0;
/** Bytes of a line that is read as a whole; the rest of a longer one is passed over. */
const MAX_LINE_BYTES: usize = 64 * 1024;
const HIGHEST_PROTOCOL: u32 = 5;

let task: Task = changetype<Task>(0);
let machine: Machine = changetype<Machine>(0);
let cursor: usize = 0;
let windowEnd: usize = 0;
/** Where the inner loop leaves off: the end of the window or of the frame in it. */
let stop: usize = 0;
let outcome: u32 = RUNNING;

export function run(reading: Task, with_: Machine): u32 {
  task = reading;
  machine = with_;
  cursor = task.here;
  windowEnd = cursor + task.have;
  outcome = RUNNING;
  task.lacking = 1;
  let count: u64 = 0;
  placeStop();
  while (outcome == RUNNING) {
    if (cursor < stop) {
      count++;
      step(<u32>load<u8>(cursor));
      if (failure !== null) outcome = BROKEN;
    } else if (!passFrame()) {
      outcome = pagesAreLow() ? PAUSED : WAITING;
    }
  }
  // An opcode that waits is read again.
  machine.opcodes += outcome == WAITING ? count - (cursor < stop ? 1 : 0) : count;
  if (jump == 0) task.pos = position(cursor);
  else task.pos = jump;
  jump = 0;
  return outcome;
}

/** Where to go on, beyond the window; 0: at the cursor. */
let jump: u64 = 0;

@inline
function position(at: usize): u64 {
  return task.windowAt + <u64>(at - task.window);
}

function placeStop(): void {
  stop = windowEnd;
  if (machine.frameEnd == 0) return;
  const here = position(cursor);
  const left = machine.frameEnd > here ? machine.frameEnd - here : 0;
  if (left < <u64>(windowEnd - cursor)) stop = cursor + <usize>left;
}

/** At the end of a frame, or behind it: false where the window ends here. */
function passFrame(): bool {
  const here = position(cursor);
  if (machine.frameEnd != 0 && here >= machine.frameEnd) {
    if (here > machine.frameEnd) {
      note(machine, PICKLE_FRAME, here, 'An opcode goes on behind the end of its frame: versions of Python disagree about what follows.');
    }
    machine.frameEnd = 0;
    placeStop();
    return cursor < stop;
  }
  return false;
}

/** Whether an argument of so many bytes is in the window. */
@inline
function takes(size: usize): bool {
  if (cursor + 1 + size <= windowEnd) return true;
  task.lacking = 1 + size;
  outcome = WAITING;
  return false;
}

/** Passes over bytes from the cursor on, in the window or beyond it. */
function pass(size: u64): void {
  if (size <= <u64>(windowEnd - cursor)) {
    cursor += <usize>size;
    return;
  }
  const left = task.end - position(cursor);
  if (size > left) return fail('Ends in the middle of a string.');
  jump = position(cursor) + size;
  outcome = PAUSED;
}

/** The end of the line that begins at `from`; 0 where it is not in the window. */
function lineEnd(from: usize): usize {
  for (let at = from; at < windowEnd; at++) if (load<u8>(at) == 0x0a) return at;
  if (windowEnd - cursor > MAX_LINE_BYTES) return 0;
  task.lacking = windowEnd - cursor + 1;
  outcome = WAITING;
  return 0;
}

/** After lineEnd in vain: begins to pass over a line too long to be anything but data. */
function passLine(): void {
  if (outcome == WAITING) return;
  push(machine, value(LONG_STRING));
  machine.inLine = true;
  jump = position(windowEnd);
  outcome = PAUSED;
}

/** A value, and past an opcode whose argument has so many bytes. */
@inline
function give(word: u32, size: usize): void {
  push(machine, word);
  cursor += 1 + size;
}

function step(opcode: u32): void {
  switch (opcode) {
    case 0x28: pushMark(machine); cursor++; return; // MARK
    case 0x29: return give(value(EMPTY), 0); // EMPTY_TUPLE
    case 0x2e: return stopStream(); // STOP
    case 0x30: return popOne(); // POP
    case 0x31: machine.stackTop = popMark(machine); cursor++; return; // POP_MARK
    case 0x32: return duplicate(); // DUP
    case 0x42: if (takes(4)) literal(5, <u64>load<u32>(cursor + 1), false); return; // BINBYTES
    case 0x43: if (takes(1)) literal(2, <u64>load<u8>(cursor + 1), false); return; // SHORT_BINBYTES
    case 0x46: return textFloat(); // FLOAT
    case 0x47: if (takes(8)) give(value(DATA), 8); return; // BINFLOAT
    case 0x49: return textNumber(0x49); // INT
    case 0x4a: if (takes(4)) give(signed(load<i32>(cursor + 1)), 4); return; // BININT
    case 0x4b: if (takes(1)) give(value(INTEGER, load<u8>(cursor + 1)), 1); return; // BININT1
    case 0x4c: return textNumber(0x4c); // LONG
    case 0x4d: if (takes(2)) give(value(INTEGER, load<u16>(cursor + 1)), 2); return; // BININT2
    case 0x4e: return give(value(DATA), 0); // NONE
    case 0x50: return persistentLine(); // PERSID
    case 0x51: cursor++; push(machine, persistent(task, machine, pop(machine), position(cursor - 1))); return; // BINPERSID
    case 0x52: return reduce(); // REDUCE
    case 0x53: return textString(true); // STRING
    case 0x54: if (takes(4)) binaryString(); return; // BINSTRING
    case 0x55: if (takes(1)) literal(2, <u64>load<u8>(cursor + 1), true); return; // SHORT_BINSTRING
    case 0x56: return textString(false); // UNICODE
    case 0x58: if (takes(4)) literal(5, <u64>load<u32>(cursor + 1), true); return; // BINUNICODE
    case 0x5d: return give(value(A_LIST), 0); // EMPTY_LIST
    case 0x61: return addOne(A_LIST, LIST); // APPEND
    case 0x62: return buildObject(); // BUILD
    case 0x63: return globalLines(false); // GLOBAL
    case 0x64: return makeDict(); // DICT
    case 0x65: return addMany(A_LIST, LIST, false); // APPENDS
    case 0x67: return textMemo(false); // GET
    case 0x68: if (takes(1)) getMemo(<u64>load<u8>(cursor + 1), 2); return; // BINGET
    case 0x69: return globalLines(true); // INST
    case 0x6a: if (takes(4)) getMemo(<u64>load<u32>(cursor + 1), 5); return; // LONG_BINGET
    case 0x6c: return makeMarked(value(A_LIST)); // LIST
    case 0x6f: return makeObject(); // OBJ
    case 0x70: return textMemo(true); // PUT
    case 0x71: if (takes(1)) putMemo(<u64>load<u8>(cursor + 1), 2); return; // BINPUT
    case 0x72: if (takes(4)) putMemo(<u64>load<u32>(cursor + 1), 5); return; // LONG_BINPUT
    case 0x73: return setOne(); // SETITEM
    case 0x74: return makeTuple(); // TUPLE
    case 0x75: return addMany(A_DICT, DICT, true); // SETITEMS
    case 0x7d: return give(value(A_DICT, newItems()), 0); // EMPTY_DICT
    case 0x80: if (takes(1)) protocol(); return; // PROTO
    case 0x81: return newObject(false); // NEWOBJ
    case 0x82: if (takes(1)) extension(1); return; // EXT1
    case 0x83: if (takes(2)) extension(2); return; // EXT2
    case 0x84: if (takes(4)) extension(4); return; // EXT4
    case 0x85: return shortTuple(1); // TUPLE1
    case 0x86: return shortTuple(2); // TUPLE2
    case 0x87: return shortTuple(3); // TUPLE3
    case 0x88: return give(value(DATA), 0); // NEWTRUE
    case 0x89: return give(value(DATA), 0); // NEWFALSE
    case 0x8a: if (takes(1)) binaryLong(2, <u64>load<u8>(cursor + 1)); return; // LONG1
    case 0x8b: if (takes(4)) binaryLong(5, <u64>load<u32>(cursor + 1)); return; // LONG4
    case 0x8c: if (takes(1)) literal(2, <u64>load<u8>(cursor + 1), true); return; // SHORT_BINUNICODE
    case 0x8d: if (takes(8)) literal(9, load<u64>(cursor + 1), true); return; // BINUNICODE8
    case 0x8e: if (takes(8)) literal(9, load<u64>(cursor + 1), false); return; // BINBYTES8
    case 0x8f: return give(value(A_SET), 0); // EMPTY_SET
    case 0x90: return addMany(A_SET, SET, false); // ADDITEMS
    case 0x91: return makeMarked(value(DATA)); // FROZENSET
    case 0x92: return newObject(true); // NEWOBJ_EX
    case 0x93: return stackGlobal(); // STACK_GLOBAL
    case 0x94: return putMemo(<u64>machine.memoCount, 1); // MEMOIZE
    case 0x95: if (takes(8)) frame(); return; // FRAME
    case 0x96: if (takes(8)) literal(9, load<u64>(cursor + 1), false); return; // BYTEARRAY8
    case 0x97: // NEXT_BUFFER
      note(machine, PICKLE_OUT_OF_BAND, position(cursor), 'Asks for a buffer that is handed over outside the file.');
      return give(value(OPAQUE), 0);
    case 0x98: cursor++; push(machine, pop(machine)); return; // READONLY_BUFFER
  }
  fail('Has a byte that is no opcode.');
}

@inline
function signed(number: i32): u32 {
  return number < 0 ? value(DATA) : wholeNumber(<u64>number);
}

function stopStream(): void {
  machine.result = pop(machine);
  cursor++;
  outcome = STOPPED;
}

function popOne(): void {
  // A mark on top is what is popped.
  if (machine.marksTop > machine.marksBase && machine.stackTop == machine.fence) popMark(machine);
  else pop(machine);
  cursor++;
}

function duplicate(): void {
  const word = pop(machine);
  push(machine, word);
  give(word, 0);
}

/** A string or bytes with its length before it. `isText`: it may be used as a name. */
function literal(header: usize, size: u64, isText: bool): void {
  if (!isText || size > <u64>MAX_NAME_BYTES) {
    push(machine, value(isText ? LONG_STRING : DATA));
    if (size > u64.MAX_VALUE - <u64>header) return fail('Ends in the middle of a string.');
    return pass(<u64>header + size);
  }
  if (!takes(header - 1 + <usize>size)) return;
  push(machine, stringValue(cursor + header, <usize>size));
  cursor += header + <usize>size;
}

/** BINSTRING's length has a sign. */
function binaryString(): void {
  const size = load<i32>(cursor + 1);
  if (size < 0) return fail('Has a string of negative length.');
  literal(5, <u64>size, true);
}

function binaryLong(header: usize, size: u64): void {
  if (size > <u64>i32.MAX_VALUE) return fail('Has a number of negative length.');
  if (size > 16) {
    push(machine, value(DATA));
    return pass(<u64>header + size);
  }
  if (!takes(header - 1 + <usize>size)) return;
  push(machine, binaryInteger(cursor + header, <usize>size));
  cursor += header + <usize>size;
}

function textNumber(opcode: u32): void {
  const from = cursor + 1, end = lineEnd(from);
  if (end == 0) return passLine();
  // INT spells booleans 00 and 01.
  const isBoolean = opcode == 0x49 && end - from == 2 && load<u8>(from) == 0x30 && (load<u8>(from + 1) | 1) == 0x31;
  const word = isBoolean ? value(DATA) : textInteger(from, end - from, 0);
  if (word == 0) return fail('Has a number that is none.');
  give(word, end - from + 1);
}

function textFloat(): void {
  const from = cursor + 1, end = lineEnd(from);
  if (end == 0) return passLine();
  if (!looksLikeFloat(from, end - from)) return fail('Has a number that is none.');
  give(value(DATA), end - from + 1);
}

function textString(isQuoted: bool): void {
  const from = cursor + 1, end = lineEnd(from);
  if (end == 0) return passLine();
  const word = isQuoted ? quotedString(from, end - from) : rawUnicode(from, end - from);
  if (word == 0) return fail('Has a string that is not written as one.');
  give(word, end - from + 1);
}

function persistentLine(): void {
  const end = lineEnd(cursor + 1);
  if (end == 0) return passLine();
  const word = persistent(task, machine, value(LONG_STRING), position(cursor));
  give(word, end - cursor);
}

/** GLOBAL, and INST, which also calls what it names. */
function globalLines(isCalled: bool): void {
  const at = position(cursor), module = cursor + 1, moduleEnd = lineEnd(module);
  const nameEnd: usize = moduleEnd == 0 ? 0 : lineEnd(moduleEnd + 1);
  if (nameEnd == 0) {
    if (outcome != WAITING) failByLimit('Has a name of more than 64 KiB.');
    return;
  }
  const mark = isCalled ? popMark(machine) : 0;
  const name = moduleEnd + 1;
  if (moduleEnd == module || nameEnd == name) fail('Has an empty name.');
  if (validUtf8(module, moduleEnd - module) != moduleEnd - module || validUtf8(name, nameEnd - name) != nameEnd - name) {
    fail('Has a name that is not UTF-8.');
  }
  if (failure !== null) return;
  const global = nameIt(module, moduleEnd - module, name, nameEnd - name, at);
  cursor = nameEnd + 1;
  if (!isCalled) return push(machine, global);
  const args = tupleFrom(mark);
  machine.stackTop = mark;
  push(machine, call(machine, global, args, at));
}

/** STACK_GLOBAL: both names must be strings that stand in the stream. */
function stackGlobal(): void {
  const at = position(cursor);
  const name = pop(machine), module = pop(machine);
  if (failure !== null) return;
  cursor++;
  if (!isLiteral(name) || !isLiteral(module) || kindOf(name) == LONG_STRING || kindOf(module) == LONG_STRING) {
    note(machine, PICKLE_HIDDEN_GLOBAL, at, 'Takes the name of what it loads from something that is not a plain string.');
    return push(machine, value(OPAQUE));
  }
  if (!findString(module)) return forgotten(at);
  const modulePtr = stringPtr, moduleSize = stringSize;
  if (!findString(name)) return forgotten(at);
  const global = nameIt(modulePtr, moduleSize, stringPtr, stringSize, at);
  keepString(module, machine.memo);
  keepString(name, machine.memo);
  push(machine, global);
}

function forgotten(at: u64): void {
  note(machine, PICKLE_LIMIT, at, 'Takes a name from a string so far back that it is not known any more.');
  push(machine, value(OPAQUE));
}

function nameIt(module: usize, moduleSize: usize, name: usize, nameSize: usize, at: u64): u32 {
  const number = noteGlobal(module, moduleSize, name, nameSize, machine.protocol, at);
  if (!isTooMany(number)) return value(GLOBAL, number);
  note(machine, PICKLE_LIMIT, at, 'Names more than 4,096 different functions and classes.');
  return value(OPAQUE);
}

function reduce(): void {
  const args = pop(machine), callable = pop(machine);
  if (failure !== null) return;
  push(machine, call(machine, callable, args, position(cursor)));
  cursor++;
}

function newObject(withKeywords: bool): void {
  if (withKeywords) pop(machine);
  const args = pop(machine), type = pop(machine);
  if (failure !== null) return;
  push(machine, call(machine, type, args, position(cursor)));
  cursor++;
}

function makeObject(): void {
  const mark = popMark(machine);
  if (machine.stackTop == mark) fail('Makes an object of nothing.');
  if (failure !== null) return;
  const args = tupleFrom(mark + 1), type = stackAt(mark);
  machine.stackTop = mark;
  push(machine, call(machine, type, args, position(cursor)));
  cursor++;
}

/** The values from an index on, as a tuple. */
function tupleFrom(first: u32): u32 {
  const count = machine.stackTop - first;
  if (count == 0) return value(EMPTY);
  const number = count > MAX_ITEMS ? 0 : newItems();
  if (number == 0) return value(A_TUPLE, 0);
  const items = recordOf(number);
  for (let i: u32 = 0; i < count; i++) items.set(i, stackAt(first + i));
  items.count = count;
  return value(A_TUPLE, number);
}

function shortTuple(count: u32): void {
  if (machine.stackTop < machine.fence + count) return fail('Takes a value from an empty stack.');
  const tuple = tupleFrom(machine.stackTop - count);
  machine.stackTop -= count;
  give(tuple, 0);
}

function makeTuple(): void {
  const mark = popMark(machine);
  const tuple = tupleFrom(mark);
  machine.stackTop = mark;
  give(tuple, 0);
}

/** LIST, FROZENSET: everything down to the mark goes into one value. */
function makeMarked(word: u32): void {
  machine.stackTop = popMark(machine);
  give(word, 0);
}

function makeDict(): void {
  const mark = popMark(machine);
  if (((machine.stackTop - mark) & 1) != 0) fail('Has a dict with a key that lacks its value.');
  machine.stackTop = mark;
  give(value(A_DICT), 0);
}

/** APPEND: one value into what lies below it. */
function addOne(kind: u32, right: u32): void {
  pop(machine);
  const container = pop(machine);
  if (failure !== null) return;
  collectKeys(machine, machine.stackTop + 1, machine.stackTop + 2);
  checkContainer(machine, container, kind, right, position(cursor));
  give(container, 0);
}

function setOne(): void {
  const mark = machine.stackTop - 2;
  if (machine.stackTop < machine.fence + 3) return fail('Takes a value from an empty stack.');
  const container = stackAt(mark - 1);
  checkContainer(machine, container, A_DICT, DICT, position(cursor));
  remember(container, mark);
  machine.stackTop = mark;
  cursor++;
}

/** APPENDS, SETITEMS, ADDITEMS: everything above the mark into what lies below it. */
function addMany(kind: u32, right: u32, inPairs: bool): void {
  const mark = popMark(machine);
  if (mark <= machine.fence) fail('Takes a value from an empty stack.');
  if (failure !== null) return;
  if (machine.stackTop != mark) {
    if (inPairs && ((machine.stackTop - mark) & 1) != 0) return fail('Has a dict with a key that lacks its value.');
    const container = stackAt(mark - 1);
    checkContainer(machine, container, kind, right, position(cursor));
    if (inPairs) remember(container, mark);
    else collectKeys(machine, mark, machine.stackTop);
  }
  machine.stackTop = mark;
  cursor++;
}

/** Keeps what a small dict holds. */
function remember(container: u32, mark: u32): void {
  if (kindOf(container) != A_DICT) return;
  const items = itemsOf(container);
  if (items === null) return;
  const count = machine.stackTop - mark;
  if (items.count + count > MAX_ITEMS) return forget(items);
  for (let i: u32 = 0; i < count; i++) items.set(items.count + i, stackAt(mark + i));
  items.count += count;
}

function buildObject(): void {
  const state = pop(machine), object = pop(machine);
  if (failure !== null) return;
  const built = build(machine, object, state, position(cursor));
  give(built, 0);
  if (kindOf(object) != A_WRAPPER) return;
  machine.result = state;
  outcome = AT_ARRAY;
}

function getMemo(index: u64, size: usize): void {
  let word = memoGet(machine.memo, index);
  if (word == NOTHING && machine.inherits) word = memoGet(machineAt(machineCount - 2).memo, index);
  if (word == NOTHING) return fail('Refers to a value that it has not stored.');
  push(machine, word);
  cursor += size;
}

function putMemo(index: u64, size: usize): void {
  if (machine.stackTop <= machine.fence) return fail('Takes a value from an empty stack.');
  if (index >= MAX_MEMO_INDEX) return failByLimit('Stores a value at an index beyond 16 million.');
  const word = stackAt(machine.stackTop - 1);
  const before = memoPut(machine.memo, index, word);
  if (before == NO_ROOM) {
    // The pool grows between steps; if it may not, this is the end.
    if (!pagesAreLow()) return failByLimit('Stores more values than 64 MiB hold.');
    outcome = PAUSED;
    return;
  }
  if (before == NOTHING) machine.memoCount++;
  if (kindOf(word) == RECENT) noteMemo(word, index);
  cursor += size;
  if (pagesAreLow()) stop = cursor;
}

function textMemo(isPut: bool): void {
  const from = cursor + 1, end = lineEnd(from);
  if (end == 0) {
    if (outcome != WAITING) fail('Has an index that is none.');
    return;
  }
  const index = textIndex(from, end - from);
  if (index == u64.MAX_VALUE) return fail('Has an index that is none.');
  if (isPut) putMemo(index, end - cursor + 1);
  else getMemo(index, end - cursor + 1);
}

function protocol(): void {
  const number = <u32>load<u8>(cursor + 1);
  if (number > HIGHEST_PROTOCOL) return fail('Is of a protocol that there is not.');
  machine.protocol = number;
  machine.announced = true;
  cursor += 2;
}

function extension(size: usize): void {
  note(machine, PICKLE_EXTENSION, position(cursor), 'Names something by a number of the registry of extensions (copyreg).');
  machine.called = true;
  give(value(OPAQUE), size);
}

function frame(): void {
  const size = load<u64>(cursor + 1), at = position(cursor);
  cursor += 9;
  if (machine.frameEnd != 0) {
    note(machine, PICKLE_FRAME, at, 'Begins a frame inside a frame.');
  }
  if (size > task.end - position(cursor)) {
    note(machine, PICKLE_FRAME, at, 'Has a frame that is longer than the file.');
    return fail('Ends in the middle of a frame.');
  }
  machine.frameEnd = position(cursor) + size;
  placeStop();
}

