// The pickle machine's memory: stack, marks, memo and what was noticed. Nested pickles (an object array
// inside a joblib file) have machines of their own, one above the other on the same stack.
//
// The rules of the stack are those of CPython's C unpickler: a mark puts up a fence that nothing is
// popped through.

import { reserve } from '../abi';
import { globalCount, openGlobals } from './globals';
import { DIRECTORY_BYTES, memoClear } from './memo';
import { openObjects } from './objects';
import { wantPages } from './pages';
import { openStrings } from './strings';
import { DATA, OPAQUE, value } from './values';

/** Values on the stack at one time, 4 bytes each: a tuple of so many items is the longest. */
const MAX_STACK: u32 = 4 * 1024 * 1024;
/** Marks at one time: levels of lists, dicts and tuples. */
const MAX_MARKS: u32 = 256 * 1024;
/** Pickles inside pickles. */
export const MAX_MACHINES = 4;
/** Rules of which a machine remembers the first breach: more than there are. */
export const MAX_RULES: usize = 64;

@unmanaged
export class Machine {
  protocol: u32;
  /** First entry of the stack and of the marks that are this machine's. */
  stackBase: u32;
  stackTop: u32;
  marksBase: u32;
  marksTop: u32;
  fence: u32;
  memo: usize;
  /** Entries of the memo, which is the index that MEMOIZE uses. */
  memoCount: u32;
  /** Where the frame ends, in the source; 0 without one. */
  frameEnd: u64;
  /** Where the current stream begins. */
  streamAt: u64;
  /** Streams that have ended with STOP. */
  streams: u32;
  /** What the last one returned. */
  result: u32;
  /** Whether the current stream has said its protocol. */
  announced: bool;
  called: bool;
  broken: bool;
  /** A legacy torch file: its magic number was the first stream. */
  legacy: bool;
  /** A line too long for the window is being passed over. */
  inLine: bool;
  opcodes: u64;
  /** Names that there were before this pickle. */
  globalsBefore: u32;
  /** Reads the memo of the pickle around it where its own has no entry. */
  inherits: bool;
  /** Per rule: where it was first broken, and the words for it (an AssemblyScript literal). */
  events: usize;
}

const EVENT_BYTES: usize = 16;
let machines: usize = 0;
export let machineCount = 0;
export let stack: usize = 0;
export let marks: usize = 0;

/** At the start of each scan. */
export function openPickles(): void {
  machineCount = 0;
}

/** Reserves memory, once per instance, when the first pickle comes. Only between steps. */
export function reserveMachines(): void {
  wantPages();
  if (machines == 0) {
    const size = machineBytes();
    machines = reserve(size * <usize>MAX_MACHINES);
    for (let i: usize = 0; i < <usize>MAX_MACHINES; i++) {
      const machine = machineAt(<i32>i);
      machine.events = machines + i * size + ((offsetof<Machine>() + 15) & ~15);
      machine.memo = machine.events + MAX_RULES * EVENT_BYTES;
    }
    stack = reserve(<usize>MAX_STACK * 4);
    marks = reserve(<usize>MAX_MARKS * 4);
  }
}

function machineBytes(): usize {
  return ((offsetof<Machine>() + 15) & ~15) + MAX_RULES * EVENT_BYTES + DIRECTORY_BYTES;
}

export function machineAt(index: i32): Machine {
  return changetype<Machine>(machines + <usize>index * machineBytes());
}

/** A machine for a pickle; the caller has seen that there are fewer than MAX_MACHINES. */
export function pushMachine(): Machine {
  if (machineCount == 0) {
    openGlobals();
    openStrings();
    openObjects();
  }
  const machine = machineAt(machineCount);
  const below = machineAt(max(machineCount - 1, 0));
  machine.stackBase = machineCount == 0 ? 0 : below.stackTop;
  machine.marksBase = machineCount == 0 ? 0 : below.marksTop;
  machine.streams = 0;
  machine.called = false;
  machine.broken = false;
  machine.legacy = false;
  machine.opcodes = 0;
  machine.globalsBefore = globalCount;
  machine.inherits = false;
  memory.fill(machine.events, 0, MAX_RULES * EVENT_BYTES);
  memoClear(machine.memo);
  machineCount++;
  return machine;
}

export function popMachine(): void {
  memoClear(machineAt(--machineCount).memo);
}

/** Gives back what an unfinished scan has left. */
export function closePickles(): void {
  while (machineCount > 0) popMachine();
}

/** Everything that a new stream begins with. */
export function startStream(machine: Machine, pos: u64): void {
  machine.protocol = 0;
  machine.stackTop = machine.stackBase;
  machine.marksTop = machine.marksBase;
  machine.fence = machine.stackBase;
  machine.memoCount = 0;
  machine.frameEnd = 0;
  machine.streamAt = pos;
  machine.announced = false;
  machine.inLine = false;
  machine.result = value(DATA);
  memoClear(machine.memo);
}

/** Notes the first breach of a rule; `words` explains it. */
export function note(machine: Machine, rule: u32, pos: u64, words: string): void {
  const event = machine.events + <usize>rule * EVENT_BYTES;
  if (load<u32>(event, 8) != 0) return;
  store<u64>(event, pos);
  store<u32>(event, <u32>changetype<usize>(words), 8);
}

export function eventWords(machine: Machine, rule: u32): string | null {
  const words = load<u32>(machine.events + <usize>rule * EVENT_BYTES, 8);
  return words == 0 ? null : changetype<string>(<usize>words);
}

export function eventAt(machine: Machine, rule: u32): u64 {
  return load<u64>(machine.events + <usize>rule * EVENT_BYTES);
}

/** Why the opcode that is being read cannot be carried out; null while all is well. */
export let failure: string | null = null;
/** The failure is one of this reader's limits. */
export let failedByLimit = false;

export function fail(why: string): void {
  if (failure === null) failure = why;
}

export function failByLimit(why: string): void {
  if (failure !== null) return;
  failure = why;
  failedByLimit = true;
}

export function clearFailure(): void {
  failure = null;
  failedByLimit = false;
}

@inline
export function push(machine: Machine, word: u32): void {
  if (machine.stackTop == MAX_STACK) return failByLimit('More than 4 million values on the stack.');
  store<u32>(stack + <usize>(machine.stackTop++) * 4, word);
}

/** OPAQUE, and a failure, where the fence or the bottom is reached. */
@inline
export function pop(machine: Machine): u32 {
  if (machine.stackTop <= machine.fence) {
    fail('Takes a value from an empty stack.');
    return value(OPAQUE);
  }
  return load<u32>(stack + <usize>(--machine.stackTop) * 4);
}

@inline
export function stackAt(index: u32): u32 {
  return load<u32>(stack + <usize>index * 4);
}

@inline
export function setStackAt(index: u32, word: u32): void {
  store<u32>(stack + <usize>index * 4, word);
}

export function pushMark(machine: Machine): void {
  if (machine.marksTop == MAX_MARKS) return failByLimit('More than 256 thousand marks on the stack.');
  store<u32>(marks + <usize>(machine.marksTop++) * 4, machine.stackTop);
  machine.fence = machine.stackTop;
}

/** Takes the last mark; the stack's index that it was set at. */
export function popMark(machine: Machine): u32 {
  if (machine.marksTop == machine.marksBase) {
    fail('Looks for a mark that is not there.');
    return machine.stackTop;
  }
  const mark = load<u32>(marks + <usize>(--machine.marksTop) * 4);
  machine.fence = machine.marksTop == machine.marksBase ? machine.stackBase
    : load<u32>(marks + <usize>(machine.marksTop - 1) * 4);
  return mark;
}

