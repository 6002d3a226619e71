// Opcodes that make tuples, lists, dicts and sets, and that fill them.

import { DICT } from '../../../build/generated/pickle-names';
import { checkContainer } from '../calls';
import { fail, failure, pop, popMark, stackAt } from '../machine';
import { forget, itemsOf, MAX_ITEMS, newItems, recordOf } from '../objects';
import { collectKeys } from '../storages';
import { A_DICT, A_TUPLE, EMPTY, kindOf, value } from '../values';
import { advance, cursor, give, machine, position } from './window';

/** The values from an index on, as a tuple. */
export function tupleFrom(first: u32): u32 {
  const count = machine.stackTop - first;
  if (count == 0) return value(EMPTY);
  const number = count > MAX_ITEMS ? 0 : newItems();
  if (number == 0) return value(A_TUPLE, 0);
  const items = recordOf(number);
  for (let i: u32 = 0; i < count; i++) items.set(i, stackAt(first + i));
  items.count = count;
  return value(A_TUPLE, number);
}

export function shortTuple(count: u32): void {
  if (machine.stackTop < machine.fence + count) return fail('Takes a value from an empty stack.');
  const tuple = tupleFrom(machine.stackTop - count);
  machine.stackTop -= count;
  give(tuple, 0);
}

export function makeTuple(): void {
  const mark = popMark(machine);
  const tuple = tupleFrom(mark);
  machine.stackTop = mark;
  give(tuple, 0);
}

/** LIST, FROZENSET: everything down to the mark goes into one value. */
export function makeMarked(word: u32): void {
  machine.stackTop = popMark(machine);
  give(word, 0);
}

export function makeDict(): void {
  const mark = popMark(machine);
  if (((machine.stackTop - mark) & 1) != 0) fail('Has a dict with a key that lacks its value.');
  machine.stackTop = mark;
  give(value(A_DICT), 0);
}

/** APPEND: one value into what lies below it. */
export function addOne(kind: u32, right: u32): void {
  pop(machine);
  const container = pop(machine);
  if (failure !== null) return;
  collectKeys(machine, machine.stackTop + 1, machine.stackTop + 2);
  checkContainer(machine, container, kind, right, position(cursor));
  give(container, 0);
}

export function setOne(): void {
  const mark = machine.stackTop - 2;
  if (machine.stackTop < machine.fence + 3) return fail('Takes a value from an empty stack.');
  const container = stackAt(mark - 1);
  checkContainer(machine, container, A_DICT, DICT, position(cursor));
  remember(container, mark);
  machine.stackTop = mark;
  advance(1);
}

/** APPENDS, SETITEMS, ADDITEMS: everything above the mark into what lies below it. */
export function addMany(kind: u32, right: u32, inPairs: bool): void {
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
  advance(1);
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
