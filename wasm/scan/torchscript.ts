// The code of a TorchScript model, which torch.jit.load compiles and runs: Python cut down to calls of
// torch's operators, and some of these read and write files. Word by word, as torch's own lexer sees
// strings and comments; torchscript-names.ts judges what is called. bytecode.pkl holds the same calls as
// texts of a pickle, and is gone through without strings and comments.

import { mark, release } from '../abi';
import { TORCHSCRIPT_CALL, TORCHSCRIPT_OPERATOR } from '../../build/generated/scan-rules';
import { newOutput } from '../output';
import { textAt } from '../text';
import { report } from './findings';
import { hashBytes } from './hash64';
import { endsFolded } from './path';
import { DONE, MORE, Task } from './task';
import { beforeWord, beginNames, explainName, judgeCall, judgeWord, MALICIOUS_CALL, NOTHING, quotedWord } from './torchscript-names';

/** A content's `mode`: a member of a TorchScript archive that is compiled. */
export const CODE: u32 = 9;

/** Words that are longer name nothing that matters. */
const WORD_BYTES: usize = 64;
/** Findings of one member that differ; more of the same are not repeated. */
const MAX_TOLD: u32 = 64;

const PLAIN: u32 = 0;
const COMMENT: u32 = 1;
const STRING: u32 = 2;

const START: u32 = 0;
const READ: u32 = 1;

/** One member is read at a time. */
const word: usize = memory.data(64);
let wordSize: usize = 0;
let context: u32 = PLAIN;
let isBytecode = false;
/** The quotation mark of the string, how many begin it, how many have been seen. */
let quote: u32 = 0;
let quoteCount: u32 = 0;
let quotesSeen: u32 = 0;
let escaped = false;
let stringHasEscape = false;
/** Colons in a row. */
let colons: u32 = 0;
const told: usize = memory.data(64 * 8);
let toldCount: u32 = 0;

/** `<root>/code/….py`, or what the interpreter for phones runs instead. */
export function isTorchScriptCode(name: usize, size: usize): bool {
  if (endsFolded(name, size, 'bytecode.pkl')) return true;
  if (!endsFolded(name, size, '.py')) return false;
  for (let i: usize = 0; i < size; i++) {
    if (load<u8>(name + i) == 0x2f && endsFolded(name, i, 'code') && (i == 4 || load<u8>(name + i - 5) == 0x2f)) return true;
  }
  return false;
}

export function stepTorchScript(task: Task): u32 {
  if (task.step == START) open(task);
  while (task.want(1)) {
    const from = task.here, size = task.have;
    for (let i: usize = 0; i < size; i++) {
      readByte(task, load<u8>(from + i));
      task.pos++;
    }
  }
  if (!task.ended) return MORE;
  // The end is as good as a semicolon.
  readByte(task, 0x3b);
  return DONE;
}

function open(task: Task): void {
  isBytecode = endsFolded(task.name, task.nameSize, '.pkl');
  wordSize = 0;
  context = PLAIN;
  quoteCount = 0;
  toldCount = 0;
  colons = 0;
  beginNames(isBytecode);
  task.step = READ;
}

function readByte(task: Task, byte: u32): void {
  if (context == STRING) inString(task, byte);
  else if (context == COMMENT) context = byte == 0x0a ? PLAIN : COMMENT;
  else if (isWordByte(byte)) {
    if (wordSize < WORD_BYTES) store<u8>(word + wordSize, byte);
    wordSize++;
  } else {
    if (wordSize > 0) endWord(task);
    plainByte(task, byte);
  }
}

@inline
function isWordByte(byte: u32): bool {
  return (byte | 0x20) - 0x61 < 26 || byte - 0x30 < 10 || byte == 0x5f;
}

function endWord(task: Task): void {
  const size = min(wordSize, WORD_BYTES);
  wordSize = 0;
  tell(task, beforeWord());
  tell(task, judgeWord(word, size));
}

function plainByte(task: Task, byte: u32): void {
  if (isBytecode) {
    colons = byte == 0x3a ? colons + 1 : 0;
    judgeCall(colons == 0 ? byte : colons == 1 ? 0x20 : 0x2e);
    return;
  }
  // A comment may stand inside of a name.
  if (byte == 0x23) {
    context = COMMENT;
    return;
  }
  tell(task, judgeCall(byte));
  if (byte == 0x22 || byte == 0x27) openString(byte);
}

function openString(byte: u32): void {
  context = STRING;
  quote = byte;
  quoteCount = 0;
  quotesSeen = 1;
  escaped = false;
  stringHasEscape = false;
  wordSize = 0;
}

/** The first bytes tell whether it has one quotation mark at each end, or three. */
function inString(task: Task, byte: u32): void {
  if (quoteCount == 0) {
    if (byte == quote && quotesSeen < 3) {
      if (++quotesSeen == 3) startBody(3);
      return;
    }
    if (quotesSeen == 2) {
      // Nothing between two.
      context = PLAIN;
      readByte(task, byte);
      return;
    }
    startBody(1);
  }
  if (escaped) escaped = false;
  else if (byte == 0x5c) {
    escaped = true;
    stringHasEscape = true;
  } else if (byte == quote) {
    if (++quotesSeen == quoteCount) closeString(task);
    return;
  } else if (byte == 0x0a && quoteCount == 1) closeString(task);
  quotesSeen = 0;
  if (wordSize < WORD_BYTES) store<u8>(word + wordSize, byte);
  wordSize++;
}

function startBody(count: u32): void {
  quoteCount = count;
  quotesSeen = 0;
}

function closeString(task: Task): void {
  context = PLAIN;
  const size = min(wordSize, WORD_BYTES);
  wordSize = 0;
  tell(task, quotedWord(word, size, stringHasEscape));
  quotesSeen = 0;
}

/** What the judge says of the word that has just ended. */
function tell(task: Task, what: u32): void {
  if (what == NOTHING) return;
  const before = mark();
  const words = newOutput(), name = newOutput();
  const rule = what == MALICIOUS_CALL ? TORCHSCRIPT_CALL : TORCHSCRIPT_OPERATOR;
  explainName(what, words, name);
  const hash = hashBytes(name.ptr, name.size, <u64>rule + 1);
  let known = false;
  for (let i: u32 = 0; i < toldCount; i++) if (load<u64>(told + i * 8) == hash) known = true;
  if (!known && toldCount < MAX_TOLD) {
    store<u64>(told + toldCount++ * 8, hash);
    report(rule, task, task.pos, words, textAt(name.ptr, name.size));
  }
  release(before);
}
