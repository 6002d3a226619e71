// Opcodes that name something: functions and classes, numbers of the registry of extensions, and what
// only the loader knows.

import { PICKLE_EXTENSION, PICKLE_HIDDEN_GLOBAL, PICKLE_LIMIT } from '../../../build/generated/scan-rules';
import { validUtf8 } from '../../utf8';
import { call } from '../calls';
import { isTooMany, noteGlobal } from '../globals';
import { fail, failByLimit, failure, note, pop, popMark, push } from '../machine';
import { UNLIKELY } from '../modes';
import { persistent } from '../storages';
import { findString, keepString, stringPtr, stringSize } from '../strings';
import { GLOBAL, isLiteral, kindOf, LONG_STRING, OPAQUE, value } from '../values';
import { tupleFrom } from './containers';
import { advance, cursor, give, lineEnd, machine, outcome, passLine, position, task, WAITING } from './window';

/** GLOBAL, and INST, which also calls what it names. */
export function globalLines(isCalled: bool): void {
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
  if (task.mode == UNLIKELY && !isModuleName(module, moduleEnd - module)) fail('Has a name that no module has.');
  if (failure !== null) return;
  const global = nameIt(module, moduleEnd - module, name, nameEnd - name, at);
  advance(nameEnd + 1 - cursor);
  if (!isCalled) return push(machine, global);
  const args = tupleFrom(mark);
  machine.stackTop = mark;
  push(machine, call(machine, global, args, at));
}

/**
 * Lines of a text that begin with c read as names: `chapters/one.md,12`. Loading it ends there, because
 * nothing is imported by a name with such characters in it.
 */
function isModuleName(ptr: usize, size: usize): bool {
  for (let i: usize = 0; i < size; i++) {
    const byte = load<u8>(ptr + i);
    const isPlain = (byte | 0x20) - 0x61 < 26 || byte - 0x30 < 10 || byte == 0x5f || byte == 0x2e || byte == 0x2d;
    if (!isPlain && byte < 0x80) return false;
  }
  return true;
}

/** STACK_GLOBAL: both names must be strings that stand in the stream. */
export function stackGlobal(): void {
  const at = position(cursor);
  const name = pop(machine), module = pop(machine);
  if (failure !== null) return;
  advance(1);
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

export function extension(size: usize): void {
  note(machine, PICKLE_EXTENSION, position(cursor), 'Names something by a number of the registry of extensions (copyreg).');
  machine.called = true;
  give(value(OPAQUE), size);
}

export function persistentLine(): void {
  const end = lineEnd(cursor + 1);
  if (end == 0) return passLine();
  const word = persistent(task, machine, value(LONG_STRING), position(cursor));
  give(word, end - cursor);
}
