// Opcodes that make tuples, lists, dicts and sets, and that fill them.

import { DICT } from '../../../build/generated/pickle-names';
import { inspecting } from '../../inspect/mode';
import { newContainer, putItems, putPairs } from '../../inspect/places';
import { checkContainer } from '../calls';
import { fail, failure, pop, popMark, stackAt } from '../machine';
import { forget, itemsOf, MAX_ITEMS, newItems, recordOf } from '../objects';
import { collectKeys } from '../storages';
import { A_DICT, A_LIST, A_TUPLE, EMPTY, kindOf, value } from '../values';
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

/** EMPTY_LIST, EMPTY_DICT. */
export function emptyList(): u32 {
  return inspecting ? newContainer() : value(A_LIST);
}

export function emptyDict(): u32 {
  return inspecting ? newContainer() : value(A_DICT, newItems());
}

/** LIST, FROZENSET: everything down to the mark goes into one value. */
export function makeMarked(word: u32): void {
  const mark = popMark(machine);
  if (inspecting) putItems(word, mark, machine.stackTop);
  machine.stackTop = mark;
  give(word, 0);
}

export function makeDict(): void {
  const mark = popMark(machine);
  if (((machine.stackTop - mark) & 1) != 0) fail('Has a dict with a key that lacks its value.');
  const dict = inspecting ? newContainer() : value(A_DICT);
  if (inspecting) putPairs(dict, mark, machine.stackTop);
  machine.stackTop = mark;
  give(dict, 0);
}

/** APPEND: one value into what lies below it. */
export function addOne(kind: u32, right: u32): void {
  pop(machine);
  const container = pop(machine);
  if (failure !== null) return;
  const added = machine.stackTop + 1;
  if (inspecting) putItems(container, added, added + 1);
  else {
    collectKeys(machine, added, added + 1);
    checkContainer(machine, container, kind, right, position(cursor));
  }
  give(container, 0);
}

export function setOne(): void {
  const mark = machine.stackTop - 2;
  if (machine.stackTop < machine.fence + 3) return fail('Takes a value from an empty stack.');
  const container = stackAt(mark - 1);
  fill(container, mark, A_DICT, DICT, true);
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
    fill(container, mark, kind, right, inPairs);
  }
  machine.stackTop = mark;
  advance(1);
}

/** Everything from the mark on goes into the container. */
function fill(container: u32, mark: u32, kind: u32, right: u32, inPairs: bool): void {
  if (inspecting) {
    if (inPairs) putPairs(container, mark, machine.stackTop);
    else putItems(container, mark, machine.stackTop);
    return;
  }
  checkContainer(machine, container, kind, right, position(cursor));
  if (inPairs) remember(container, mark);
  else collectKeys(machine, mark, machine.stackTop);
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
