// Opcodes that make or change an object by calling something; calls.ts above says what is allowed.

import { build, call } from '../calls';
import { fail, failure, pop, popMark, push, stackAt } from '../machine';
import { A_WRAPPER, kindOf } from '../values';
import { tupleFrom } from './containers';
import { advance, AT_ARRAY, cursor, end, give, machine, position } from './window';

export function reduce(): void {
  const args = pop(machine), callable = pop(machine);
  if (failure !== null) return;
  push(machine, call(machine, callable, args, position(cursor)));
  advance(1);
}

export function newObject(withKeywords: bool): void {
  if (withKeywords) pop(machine);
  const args = pop(machine), type = pop(machine);
  if (failure !== null) return;
  push(machine, call(machine, type, args, position(cursor)));
  advance(1);
}

export function makeObject(): void {
  const mark = popMark(machine);
  if (machine.stackTop == mark) fail('Makes an object of nothing.');
  if (failure !== null) return;
  const args = tupleFrom(mark + 1), type = stackAt(mark);
  machine.stackTop = mark;
  push(machine, call(machine, type, args, position(cursor)));
  advance(1);
}

export function buildObject(): void {
  const state = pop(machine), object = pop(machine);
  if (failure !== null) return;
  const built = build(machine, object, state, position(cursor));
  give(built, 0);
  if (kindOf(object) != A_WRAPPER) return;
  machine.result = state;
  end(AT_ARRAY);
}
