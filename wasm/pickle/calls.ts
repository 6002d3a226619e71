// What a pickle may do with what it has named. A name that is not allowed has been reported when it was
// named; here are the rules for allowed ones, and for everything that is not a name.

import { ALLOWED, BUILD, CLASSES, DTYPE, ENCODE, FACTORY, REBUILD, SIZED, WRAPPER } from '../../build/generated/pickle-names';
import { PICKLE_CALL_ARGUMENTS, PICKLE_COMPUTED_CALL, PICKLE_OBJECT_UPDATE } from '../../build/generated/scan-rules';
import { inspecting } from '../inspect/mode';
import { putState } from '../inspect/places';
import { madeBy } from '../inspect/torch';
import { dtypeState, dtypeValue } from './dtype';
import { globalAt, noteCall } from './globals';
import { fail, Machine, note } from './machine';
import { Items, itemsOf } from './objects';
import {
  A_DTYPE, A_TUPLE, A_WRAPPER, BIG, DATA, EMPTY, GLOBAL, INSTANCE, INTEGER, isLiteral, kindOf, MAGIC, OPAQUE, payloadOf, value, WORD,
} from './values';
import { LATIN1_WORD } from './words';

/** Which check of the arguments a name has: bits 8 to 11 of its flags. */
const CHECK_MASK: u32 = 0xf00;
/** Elements that a pickle may ask for with one number. */
const MAX_SIZED: u32 = 64 * 1024 * 1024;

@inline
function flagsOf(word: u32): u32 {
  return globalAt(payloadOf(word)).flags;
}

/** REDUCE, NEWOBJ, OBJ, INST: calls `callable` and answers what is known of the result. */
export function call(machine: Machine, callable: u32, args: u32, pos: u64): u32 {
  machine.called = true;
  if (inspecting) return madeBy(callable, args);
  if (kindOf(callable) != GLOBAL) {
    note(machine, PICKLE_COMPUTED_CALL, pos, 'Calls an object that the pickle has made, not a function that it names.');
    return value(OPAQUE);
  }
  const number = payloadOf(callable), flags = globalAt(number).flags;
  noteCall(number, pos);
  if ((flags & ALLOWED) == 0) return value(INSTANCE, number);
  const items = itemsOf(args);
  switch (flags & CHECK_MASK) {
    case ENCODE: return checkEncode(machine, items, pos);
    case FACTORY: return checkFactory(machine, number, items, pos);
    case CLASSES: return checkClasses(machine, number, items, pos);
    case REBUILD: return checkRebuild(machine, number, items, pos);
    case DTYPE: return items === null || items.count == 0 ? value(A_DTYPE) : dtypeValue(items.at(0));
    case WRAPPER: return value(A_WRAPPER);
    case SIZED: return checkSized(machine, number, items, pos);
  }
  return value(INSTANCE, number);
}

/** Bytes of Python 3 in a pickle for Python 2. Other codecs unpack, rotate or look up modules. */
function checkEncode(machine: Machine, items: Items | null, pos: u64): u32 {
  if (items === null || items.count != 2 || !isLiteral(items.at(0)) || items.at(1) != value(WORD, LATIN1_WORD)) {
    note(machine, PICKLE_CALL_ARGUMENTS, pos, 'Calls _codecs.encode with something else than a text and "latin1".');
  }
  return value(DATA);
}

/** A defaultdict calls its factory whenever a key is missing. */
function checkFactory(machine: Machine, number: u32, items: Items | null, pos: u64): u32 {
  const factory = items === null ? value(OPAQUE) : items.count == 0 ? value(DATA) : items.at(0);
  const kind = kindOf(factory);
  const isPlain = kind == GLOBAL && ((flagsOf(factory) & CHECK_MASK) == 0 || (flagsOf(factory) & CHECK_MASK) == SIZED);
  if (kind != DATA && !isPlain) {
    note(machine, PICKLE_CALL_ARGUMENTS, pos, 'Makes a defaultdict whose factory is not a plain type.');
  }
  return value(INSTANCE, number);
}

/** copyreg._reconstructor and numpy's _reconstruct make an object of the class that comes first. */
function checkClasses(machine: Machine, number: u32, items: Items | null, pos: u64): u32 {
  const made = items === null || items.count == 0 ? value(OPAQUE) : items.at(0);
  if (kindOf(made) != GLOBAL) {
    note(machine, PICKLE_CALL_ARGUMENTS, pos, 'Makes an object of a class that the pickle has computed.');
    return value(OPAQUE);
  }
  // The object has the rights of its class, where the maker itself grants none.
  const flags = flagsOf(made);
  if ((flags & CHECK_MASK) == WRAPPER) return value(A_WRAPPER);
  return value(INSTANCE, (flags & ALLOWED) != 0 && (flags & BUILD) == 0 ? payloadOf(made) : number);
}

/** torch's rebuilders call their first argument. */
function checkRebuild(machine: Machine, number: u32, items: Items | null, pos: u64): u32 {
  const inner = items === null || items.count < 2 ? value(OPAQUE) : items.at(0);
  if (kindOf(inner) != GLOBAL || (flagsOf(inner) & CHECK_MASK) != 0) {
    note(machine, PICKLE_COMPUTED_CALL, pos, 'Has torch call an object that the pickle has made, not a function that it names.');
  } else {
    noteCall(payloadOf(inner), pos);
  }
  return value(INSTANCE, number);
}

/** bytearray(10 ** 12) and list(range(10 ** 12)) fill the memory of whoever loads them. */
function checkSized(machine: Machine, number: u32, items: Items | null, pos: u64): u32 {
  const first = items === null || items.count == 0 ? value(DATA) : items.at(0);
  const kind = kindOf(first);
  if (kind == BIG || kind == INSTANCE || kind == OPAQUE || (kind == INTEGER && payloadOf(first) > MAX_SIZED)) {
    note(machine, PICKLE_CALL_ARGUMENTS, pos, 'Makes a container of a size that the file does not hold.');
  }
  return value(INSTANCE, number);
}

/** Whether what `word` stands for has been reported already, so that what is done to it is no news. */
function isReported(word: u32): bool {
  return kindOf(word) == OPAQUE || (kindOf(word) == INSTANCE && (flagsOf(word) & ALLOWED) == 0);
}

function holdsNothing(word: u32): bool {
  const kind = kindOf(word);
  return kind == INTEGER || kind == BIG || kind == MAGIC || kind == A_TUPLE || kind == EMPTY || isLiteral(word);
}

/** SETITEM(S), APPEND(S), ADDITEMS: `kind` is the container that may be changed, or one with that right. */
export function checkContainer(machine: Machine, word: u32, kind: u32, right: u32, pos: u64): void {
  if (kindOf(word) == kind || isReported(word)) return;
  if (kindOf(word) == INSTANCE && (flagsOf(word) & right) != 0) return;
  // Python stops here, before anything else has run: texts that begin with opcodes mostly end so.
  if (holdsNothing(word)) return fail('Puts items into a number, a text or a tuple.');
  machine.called = true;
  note(machine, PICKLE_OBJECT_UPDATE, pos, 'Puts items into an object that is not the container for them.');
}

/** BUILD: what the object is afterwards. */
export function build(machine: Machine, object: u32, state: u32, pos: u64): u32 {
  if (inspecting) {
    putState(object, state);
    return object;
  }
  if (kindOf(object) == A_DTYPE) return dtypeState(object, state);
  if (kindOf(object) == A_WRAPPER || isReported(object)) return object;
  if (kindOf(object) == INSTANCE && (flagsOf(object) & BUILD) != 0) return object;
  machine.called = true;
  note(machine, PICKLE_OBJECT_UPDATE, pos, kindOf(object) == GLOBAL
    ? 'Overwrites attributes of a module, class or function that it names.'
    : 'Overwrites attributes of an object whose state it may not set.');
  return object;
}
