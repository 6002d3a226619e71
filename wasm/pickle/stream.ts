// Reads a pickle file: one stream after the other until the bytes end, the raw storages behind the old
// format of torch, the raw arrays inside joblib's, and what all of it means for the report.

import { mark, release } from '../abi';
import {
  PICKLE_BROKEN, PICKLE_HIDDEN_ARRAY, PICKLE_LIMIT, STORAGE_MISMATCH, TRAILING_DATA,
} from '../../build/generated/scan-rules';
import { newOutput } from '../output';
import { countOpcodes, countPickle, renameFormat, report, reportPlain } from '../scan/findings';
import { PICKLE } from '../scan/format-ids';
import { AGAIN, canNest, DONE, MORE, pushInner, Task } from '../scan/task';
import { ABSENT } from '../scan/table';
import { isTorchScript } from '../scan/torch-context';
import { arrayBytes, arrayHasObjects, arrayIsPadded } from './array';
import { dangerSince, expectScript, forgetGlobals, globalCount, reportGlobals } from './globals';
import {
  clearFailure, eventAt, eventWords, failedByLimit, failure, Machine, machineAt, machineCount, MAX_MACHINES, MAX_RULES, note,
  popMachine, pushMachine, reserveMachines, startStream,
} from './machine';
import { CERTAIN, GUESS, IN_ARRAY, LIKELY, MAYBE, NESTED, UNLIKELY } from './modes';
import { run } from './opcodes';
import { AT_ARRAY, BROKEN, PAUSED, STOPPED, WAITING } from './opcodes/window';
import { keyCount, legacyStorage } from './storages';
import { kindOf, MAGIC } from './values';

/** What a pickle tells its parent (childResult). */
export const WAS_PICKLE: u32 = 1;
export const WAS_BROKEN: u32 = 2;

const START: u32 = 0;
const STREAM: u32 = 1;
const BETWEEN: u32 = 2;
const PADDING: u32 = 3;
const STORAGES: u32 = 4;
const ARRAY: u32 = 5;
const AFTER_PROBE: u32 = 6;
const AFTER_OBJECTS: u32 = 7;

/** Streams of torch's old format: magic, protocol, system, the model, the keys of its storages. */
const LEGACY_STREAMS: u32 = 5;

/** In a task's state. */
@unmanaged
class State {
  /** Behind the array that is being passed over. */
  arrayEnd: u64;
  /** The next raw storage. */
  storage: u32;
}

export function stepPickle(task: Task): u32 {
  switch (task.step) {
    case START: return start(task);
    case STREAM: return readStream(task);
    case BETWEEN: return between(task);
    case PADDING: return padding(task);
    case STORAGES: return storages(task);
    case ARRAY: return array(task);
    case AFTER_PROBE: return afterProbe(task);
  }
  return afterObjects(task);
}

@inline
function current(): Machine {
  return machineAt(machineCount - 1);
}

function start(task: Task): u32 {
  reserveMachines();
  if (machineCount == MAX_MACHINES) {
    reportPlain(PICKLE_LIMIT, task, task.pos, 'Is a pickle inside pickles, more than four levels deep.');
    task.pos = task.end;
    return DONE;
  }
  const machine = pushMachine();
  expectScript(isTorchScript(task));
  machine.inherits = task.mode == IN_ARRAY;
  startStream(machine, task.pos);
  task.step = STREAM;
  return AGAIN;
}

function readStream(task: Task): u32 {
  const machine = current();
  if (machine.inLine) return passLine(task, machine);
  clearFailure();
  switch (run(task, machine)) {
    case WAITING:
      if (!task.ended) return MORE;
      return breakOff(task, machine, task.have > 0 ? 'Ends in the middle of an opcode.' : 'Ends without the opcode STOP.');
    case PAUSED: return AGAIN;
    case BROKEN: return breakOff(task, machine, failure === null ? 'Is broken.' : failure!);
    case AT_ARRAY: task.step = ARRAY; return AGAIN;
    case STOPPED:
      machine.streams++;
      task.step = BETWEEN;
      return task.mode == NESTED ? finish(task, machine) : AGAIN;
  }
  return AGAIN;
}

/** The rest of a line that is longer than the window. */
function passLine(task: Task, machine: Machine): u32 {
  if (!task.want(1)) return task.ended ? breakOff(task, machine, 'Ends in the middle of a line.') : MORE;
  const from = task.here, size = task.have;
  let i: usize = 0;
  while (i < size && load<u8>(from + i) != 0x0a) i++;
  machine.inLine = i == size;
  task.skip(i == size ? size : i + 1);
  return AGAIN;
}

function between(task: Task): u32 {
  const machine = current();
  if (machine.streams == 1 && kindOf(machine.result) == MAGIC) {
    machine.legacy = true;
    renameFormat('pickle', 'torch-legacy');
  }
  if (machine.legacy && machine.streams == LEGACY_STREAMS) {
    task.step = STORAGES;
    return AGAIN;
  }
  if (!task.want(1)) {
    if (!task.ended) return MORE;
    if (!machine.legacy) return finish(task, machine);
    return breakOff(task, machine, 'Ends before all five parts of a torch file are there.');
  }
  const isZero = load<u8>(task.here) == 0;
  startStream(machine, task.pos);
  task.step = isZero ? PADDING : STREAM;
  return AGAIN;
}

/** Zeros behind the end do no harm; anything behind them is no padding. */
function padding(task: Task): u32 {
  const machine = current();
  if (!task.want(1)) return task.ended ? finish(task, machine) : MORE;
  const from = task.here, size = task.have;
  let i: usize = 0;
  while (i < size && load<u8>(from + i) == 0) i++;
  task.skip(i);
  if (i == size) return AGAIN;
  note(machine, TRAILING_DATA, task.pos, 'Something follows behind the end of the pickle and some zeros.');
  return finish(task, machine);
}

/** Each storage is a count of elements, then their bytes. */
function storages(task: Task): u32 {
  const machine = current(), state = changetype<State>(task.state);
  while (state.storage < keyCount) {
    if (!task.want(8)) return task.ended ? breakOff(task, machine, 'Ends before all storages are there.') : MORE;
    const elements = load<u64>(task.here), wanted = legacyStorage(state.storage);
    if (wanted == ABSENT || wanted >> 8 != elements) {
      note(machine, STORAGE_MISMATCH, task.pos, 'Has a storage of another size than the pickle says.');
      return finish(task, machine);
    }
    if (!task.skip(8 + elements * (wanted & 255))) return breakOff(task, machine, 'Ends in the middle of a storage.');
    state.storage++;
  }
  if (!task.want(1)) return task.ended ? finish(task, machine) : MORE;
  note(machine, TRAILING_DATA, task.pos, 'Something follows behind the last storage.');
  return finish(task, machine);
}

/** Behind the BUILD of joblib's NumpyArrayWrapper. */
function array(task: Task): u32 {
  const machine = current(), state = changetype<State>(task.state);
  const bytes = arrayBytes(machine.result), isPadded = arrayIsPadded(machine.result);
  renameFormat('pickle', 'joblib');
  if (machine.frameEnd != 0 && machine.frameEnd != task.pos) {
    note(machine, PICKLE_HIDDEN_ARRAY, task.pos, 'Has an array in the middle of a frame: some loaders read other opcodes than others.');
  }
  machine.frameEnd = 0;
  if (arrayHasObjects(machine.result)) {
    task.step = AFTER_OBJECTS;
    return nest(task, machine, NESTED, task.end);
  }
  if (bytes == ABSENT) {
    note(machine, PICKLE_LIMIT, task.pos, 'Has an array whose length cannot be told, so what follows it cannot be read.');
    return finish(task, machine);
  }
  let size = bytes;
  if (isPadded) {
    if (!task.want(1)) return task.ended ? breakOff(task, machine, 'Ends before an array.') : MORE;
    const padding = <u64>load<u8>(task.here) + 1;
    if (size > u64.MAX_VALUE - padding) return breakOff(task, machine, 'Ends in the middle of an array.');
    size += padding;
  }
  if (size > task.left) return breakOff(task, machine, 'Ends in the middle of an array.');
  state.arrayEnd = task.pos + size;
  task.step = AFTER_PROBE;
  return size == 0 ? AGAIN : nest(task, machine, IN_ARRAY, state.arrayEnd);
}

function nest(task: Task, machine: Machine, mode: u32, end: u64): u32 {
  if (!canNest()) {
    note(machine, PICKLE_LIMIT, task.pos, 'Is nested more deeply than the scanner follows.');
    return finish(task, machine);
  }
  pushInner(task, PICKLE, task.pos, end).mode = mode;
  return AGAIN;
}

function afterProbe(task: Task): u32 {
  const machine = current(), state = changetype<State>(task.state);
  if ((task.childResult & WAS_PICKLE) != 0) {
    note(machine, PICKLE_HIDDEN_ARRAY, task.pos, 'Has an array whose bytes are opcodes to a loader that knows no arrays.');
  }
  task.childResult = 0;
  task.pos = state.arrayEnd;
  task.step = STREAM;
  return AGAIN;
}

function afterObjects(task: Task): u32 {
  const broken = (task.childResult & WAS_BROKEN) != 0;
  task.childResult = 0;
  task.step = STREAM;
  return broken ? finish(task, current()) : AGAIN;
}

function breakOff(task: Task, machine: Machine, why: string): u32 {
  machine.broken = true;
  const isTail = machine.streams > 0 && !machine.announced && !machine.legacy;
  if (failure !== null && failedByLimit) note(machine, PICKLE_LIMIT, task.pos, why);
  else if (isTail) note(machine, TRAILING_DATA, machine.streamAt, 'Something that is no pickle follows behind the end of the pickle.');
  else note(machine, PICKLE_BROKEN, task.pos, why);
  return finish(task, machine);
}

/** Writes what was found, if it was a pickle at all. */
function finish(task: Task, machine: Machine): u32 {
  clearFailure();
  const result: u32 = wasPickle(task, machine) ? WAS_PICKLE : 0;
  if (result == 0) {
    forgetGlobals(machine.globalsBefore);
  } else {
    countPickle();
    countOpcodes(machine.opcodes);
    if (machineCount == 1) reportGlobals(task);
    reportEvents(task, machine);
  }
  const broken = machine.broken;
  popMachine();
  task.childResult = result | (broken ? WAS_BROKEN : 0);
  return DONE;
}

function wasPickle(task: Task, machine: Machine): bool {
  const danger = dangerSince(machine.globalsBefore), named = globalCount > machine.globalsBefore;
  switch (task.mode) {
    case CERTAIN: case NESTED: return true;
    case LIKELY: return machine.streams > 0 || machine.called || named || eventWords(machine, PICKLE_LIMIT) !== null;
    case MAYBE: return machine.streams > 0 || machine.called || named;
    case GUESS: return machine.called || danger;
    case UNLIKELY: return machine.called;
  }
  return danger || (machine.called && named);
}

function reportEvents(task: Task, machine: Machine): void {
  for (let rule: u32 = 0; rule < <u32>MAX_RULES; rule++) {
    const words = eventWords(machine, rule);
    if (words === null) continue;
    const before = mark();
    report(rule, task, eventAt(machine, rule), newOutput().put(words));
    release(before);
  }
}
