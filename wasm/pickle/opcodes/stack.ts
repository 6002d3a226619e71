// Opcodes that only move values: on the stack, into the memo and out of it.

import { inspecting } from '../../inspect/mode';
import { textIndex } from '../arguments';
import { fail, failByLimit, machineAt, machineCount, pop, popMark, push, stackAt } from '../machine';
import { MAX_MEMO_INDEX, memoGet, memoPut, NO_ROOM } from '../memo';
import { pagesAreLow } from '../pages';
import { keepString, noteMemo } from '../strings';
import { kindOf, NOTHING, RECENT } from '../values';
import { advance, cursor, end, give, lineEnd, machine, outcome, PAUSED, stopHere, STOPPED, WAITING } from './window';

export function popOne(): void {
  // A mark on top is what is popped.
  if (machine.marksTop > machine.marksBase && machine.stackTop == machine.fence) popMark(machine);
  else pop(machine);
  advance(1);
}

export function duplicate(): void {
  const word = pop(machine);
  push(machine, word);
  give(word, 0);
}

export function stopStream(): void {
  machine.result = pop(machine);
  advance(1);
  end(STOPPED);
}

export function getMemo(index: u64, size: usize): void {
  let word = memoGet(machine.memo, index);
  if (word == NOTHING && machine.inherits) word = memoGet(machineAt(machineCount - 2).memo, index);
  if (word == NOTHING) return fail('Refers to a value that it has not stored.');
  // A key that is used again and again stays known.
  if (inspecting && kindOf(word) == RECENT) keepString(word, machine.memo);
  push(machine, word);
  advance(size);
}

export function putMemo(index: u64, size: usize): void {
  if (machine.stackTop <= machine.fence) return fail('Takes a value from an empty stack.');
  if (index >= MAX_MEMO_INDEX) return failByLimit('Stores a value at an index beyond 16 million.');
  const word = stackAt(machine.stackTop - 1);
  const before = memoPut(machine.memo, index, word);
  if (before == NO_ROOM) {
    // The pool grows between steps; if it may not, this is the end.
    if (!pagesAreLow()) return failByLimit('Stores more values than 64 MiB hold.');
    end(PAUSED);
    return;
  }
  if (before == NOTHING) machine.memoCount++;
  if (kindOf(word) == RECENT) noteMemo(word, index);
  advance(size);
  if (pagesAreLow()) stopHere();
}

export function textMemo(isPut: bool): void {
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
