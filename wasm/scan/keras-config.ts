// A Keras model's configuration: config.json of a .keras file, model_config of an HDF5 file, the metadata
// of a SavedModel. Loading it makes every object that it names, so all of it is walked, in whatever nesting;
// keras-object.ts judges what is named. A key that stands twice counts with its last value, as for Python,
// and is reported.

import { KERAS_DUPLICATE_KEY, KERAS_FILE, KERAS_LAMBDA, KERAS_UNREADABLE } from '../../build/generated/scan-rules';
import { FORMAT_INVALID, FORMAT_LIMIT } from '../../build/generated/status';
import { allocate, mark, release } from '../abi';
import { close, enter, nextElement, nextKey, open, peek, readNumber, readString, readWord, takeWord } from '../json/reader';
import { begin, ok, problem } from '../problem';
import { isDigit, Text } from '../text';
import { reportPlain } from './findings';
import { Entry, judgeEntry, placeFindings, tell } from './keras-object';
import { Task } from './task';

/** Bits of an entry's `seen`. */
const CLASS_NAME: u32 = 1;
const MODULE: u32 = 2;
const REGISTERED: u32 = 4;
const CONFIG: u32 = 8;
const LAYER: u32 = 16;
const SPEC_NAME: u32 = 32;
const SYMBOL: u32 = 64;
const NODE: u32 = 128;
const OPERATION: u32 = 256;

/** Keys that stand twice, per configuration: what is kept of each lies in the arena. */
const MAX_DUPLICATES: u32 = 64;
/** Base64 of a marshalled function is longer. */
const MIN_CODE_BYTES: usize = 40;

/** What readValue read, where it is a string or an object. */
let text: Text | null = null;
let object: Entry | null = null;
let duplicates: u32 = 0;

/** Reports what is wrong with the configuration in this memory as findings at `at` of the task. */
export function judgeKerasConfig(task: Task, at: u64, ptr: usize, size: usize): void {
  const before = mark();
  placeFindings(task, at);
  duplicates = 0;
  begin();
  open(ptr, size, FORMAT_INVALID);
  readValue();
  close();
  if (!ok()) reportPlain(KERAS_UNREADABLE, task, at, 'The configuration of the Keras model is no JSON that could be read to its end.');
  begin();
  release(before);
}

function readValue(): void {
  const byte = peek();
  let string: Text | null = null;
  let entry: Entry | null = null;
  if (byte == 0x7b) entry = readObject();
  else if (byte == 0x5b) readList();
  else if (byte == 0x22) {
    string = readString();
    if (isCode(string)) tell(KERAS_LAMBDA, null, 'holds Python code', null);
  } else readScalar(byte);
  text = string;
  object = entry;
}

/** Python writes and reads three numbers that JSON does not have. */
function readScalar(byte: u32): void {
  if (takeWord('NaN') || takeWord('Infinity') || takeWord('-Infinity')) return;
  if (byte == 0x2d || isDigit(byte)) readNumber();
  else readWord();
}

function readList(): void {
  enter(0x5b);
  for (let first = true; nextElement(first); first = false) {
    const before = mark();
    readValue();
    if (ok()) release(before);
  }
}

/** Keeps in the arena only what decides, so that a large configuration needs no more than its own bytes. */
function readObject(): Entry {
  const entry = changetype<Entry>(allocate(offsetof<Entry>()));
  memory.fill(changetype<usize>(entry), 0, offsetof<Entry>());
  enter(0x7b);
  for (let first = true; ok(); first = false) {
    const before = mark();
    const key = nextKey(first);
    if (key === null) break;
    const bit = keptKey(key);
    if ((entry.seen & bit) != 0) countDuplicate(entry, key);
    entry.seen |= bit;
    readValue();
    keep(entry, bit);
    judgeMember(entry, key);
    if (bit == 0 && ok()) release(before);
  }
  judgeEntry(entry);
  return entry;
}

function countDuplicate(entry: Entry, key: Text): void {
  if (duplicates++ == 0) tell(KERAS_DUPLICATE_KEY, entry, 'has a key twice, so that programs disagree about what it is', key);
  if (duplicates > MAX_DUPLICATES) problem(FORMAT_LIMIT);
}

function keptKey(key: Text): u32 {
  if (key.is('class_name')) return CLASS_NAME;
  if (key.is('module')) return MODULE;
  if (key.is('registered_name')) return REGISTERED;
  if (key.is('config')) return CONFIG;
  if (key.is('name')) return LAYER;
  if (key.is('spec_name')) return SPEC_NAME;
  if (key.is('function')) return SYMBOL;
  if (key.is('node_def')) return NODE;
  return key.is('op') ? OPERATION : 0;
}

function keep(entry: Entry, bit: u32): void {
  switch (bit) {
    case CLASS_NAME: entry.className = text; break;
    case MODULE: entry.module = text; break;
    case REGISTERED: entry.registered = text; break;
    case LAYER: entry.layer = text; break;
    case SPEC_NAME: entry.spec = text; break;
    case SYMBOL: entry.symbol = text; break;
    case NODE: entry.node = object; break;
    case OPERATION: entry.op = text; break;
    case CONFIG: {
      entry.target = text;
      entry.inner = object;
    }
  }
}

/** What a member says by itself, whatever class it belongs to. */
function judgeMember(entry: Entry, key: Text): void {
  const string = text;
  if (string === null || string.size == 0) return;
  if (key.is('vocabulary')) tell(KERAS_FILE, entry, 'reads its vocabulary from a file when the model is loaded', string);
  // Keras 1 and 2 had layers with functions beside Lambda: Merge, and outputs' shapes.
  if (string.is('lambda') && key.endsWith('_type')) tell(KERAS_LAMBDA, entry, 'holds Python code', key);
}

/** Base64 of a marshalled function: type `c`, with or without a flag, and the number of its arguments. */
function isCode(string: Text): bool {
  if (string.size < MIN_CODE_BYTES || string.at(1) != 0x77) return false;
  const type = string.at(0);
  return (type == 0x34 || type == 0x59) && string.at(3) == 0x41 && string.at(4) == 0x41 && string.at(5) == 0x41;
}
