// The opcodes of protocols 0 to 5, as CPython's C unpickler reads them. `run` goes through a window; what
// an opcode lacks is asked for before anything is changed, so each one is carried out whole or not at
// all. What each family of opcodes does is in opcodes/.

import { PICKLE_OUT_OF_BAND } from '../../build/generated/scan-rules';
import { DICT, LIST, SET } from '../../build/generated/pickle-names';
import { Task } from '../scan/task';
import { fail, failure, Machine, note, pop, popMark, push, pushMark } from './machine';
import { buildObject, makeObject, newObject, reduce } from './opcodes/calls';
import { addMany, addOne, emptyDict, emptyList, makeDict, makeMarked, makeTuple, setOne, shortTuple } from './opcodes/containers';
import { frame, passFrame, protocol } from './opcodes/frames';
import { binaryLong, binaryString, literal, signed, textFloat, textNumber, textString } from './opcodes/literals';
import { extension, globalLines, persistentLine, stackGlobal } from './opcodes/names';
import { duplicate, getMemo, popOne, putMemo, stopStream, textMemo } from './opcodes/stack';
import {
  advance, BROKEN, closeWindow, cursor, end, give, machine, openWindow, outcome, PAUSED, position, RUNNING, stop, takes, task, WAITING,
} from './opcodes/window';
import { pagesAreLow } from './pages';
import { persistent } from './storages';
import { A_DICT, A_LIST, A_SET, DATA, EMPTY, INTEGER, OPAQUE, value } from './values';

/** Answers one of the constants of opcodes/window.ts. */
export function run(reading: Task, with_: Machine): u32 {
  openWindow(reading, with_);
  let count: u64 = 0;
  while (outcome == RUNNING) {
    if (cursor < stop) {
      count++;
      step(<u32>load<u8>(cursor));
      if (failure !== null) end(BROKEN);
    } else if (!passFrame()) {
      end(pagesAreLow() ? PAUSED : WAITING);
    }
  }
  // An opcode that waits is read again.
  machine.opcodes += outcome == WAITING ? count - (cursor < stop ? 1 : 0) : count;
  closeWindow();
  return outcome;
}

function step(opcode: u32): void {
  switch (opcode) {
    case 0x28: pushMark(machine); advance(1); return; // MARK
    case 0x29: return give(value(EMPTY), 0); // EMPTY_TUPLE
    case 0x2e: return stopStream(); // STOP
    case 0x30: return popOne(); // POP
    case 0x31: machine.stackTop = popMark(machine); advance(1); return; // POP_MARK
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
    case 0x51: advance(1); push(machine, persistent(task, machine, pop(machine), position(cursor - 1))); return; // BINPERSID
    case 0x52: return reduce(); // REDUCE
    case 0x53: return textString(true); // STRING
    case 0x54: if (takes(4)) binaryString(); return; // BINSTRING
    case 0x55: if (takes(1)) literal(2, <u64>load<u8>(cursor + 1), true); return; // SHORT_BINSTRING
    case 0x56: return textString(false); // UNICODE
    case 0x58: if (takes(4)) literal(5, <u64>load<u32>(cursor + 1), true); return; // BINUNICODE
    case 0x5d: return give(emptyList(), 0); // EMPTY_LIST
    case 0x61: return addOne(A_LIST, LIST); // APPEND
    case 0x62: return buildObject(); // BUILD
    case 0x63: return globalLines(false); // GLOBAL
    case 0x64: return makeDict(); // DICT
    case 0x65: return addMany(A_LIST, LIST, false); // APPENDS
    case 0x67: return textMemo(false); // GET
    case 0x68: if (takes(1)) getMemo(<u64>load<u8>(cursor + 1), 2); return; // BINGET
    case 0x69: return globalLines(true); // INST
    case 0x6a: if (takes(4)) getMemo(<u64>load<u32>(cursor + 1), 5); return; // LONG_BINGET
    case 0x6c: return makeMarked(emptyList()); // LIST
    case 0x6f: return makeObject(); // OBJ
    case 0x70: return textMemo(true); // PUT
    case 0x71: if (takes(1)) putMemo(<u64>load<u8>(cursor + 1), 2); return; // BINPUT
    case 0x72: if (takes(4)) putMemo(<u64>load<u32>(cursor + 1), 5); return; // LONG_BINPUT
    case 0x73: return setOne(); // SETITEM
    case 0x74: return makeTuple(); // TUPLE
    case 0x75: return addMany(A_DICT, DICT, true); // SETITEMS
    case 0x7d: return give(emptyDict(), 0); // EMPTY_DICT
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
    case 0x98: advance(1); push(machine, pop(machine)); return; // READONLY_BUFFER
  }
  fail('Has a byte that is no opcode.');
}
