// Finds out what some bytes are, by themselves and never by their name, and has them read. Outermost for
// the file itself, and again for each member of an archive. What nobody understands is a finding only
// where its name says that it is loaded as a model.

import { CERTAIN, GUESS, LIKELY, MAYBE, RAW } from '../pickle/modes';
import { WAS_PICKLE } from '../pickle/stream';
import {
  ARCHIVE_LIMIT, PICKLE_BROKEN, TRAILING_DATA, UNKNOWN_FORMAT,
} from '../../build/generated/scan-rules';
import { keepDecoded, pushDecoded } from './decoding';
import { namedLikeModel, namedLikePickle } from './file-name';
import { countMember, nameFormat, renameFormat, reportPlain } from './findings';
import { NPY, PICKLE, TAR, ZIP } from './format-ids';
import {
  HARMLESS, isText, ANY_ARCHIVE, OPAQUE_CONTENT, sniff, sniffedMethod, sniffedName, THE_NPY, THE_PICKLE, THE_TAR, THE_ZIP,
} from './sniff';
import { AGAIN, canNest, count, DONE, MORE, pushInner, Task } from './task';
import { findEndRecord, TAIL_BYTES } from './zip-end';

/** Bytes that decide what a content is: a tar header is the longest. */
const HEAD_BYTES: usize = 512;

const SNIFF: u32 = 0;
const AFTER_PICKLE: u32 = 1;
const TAIL: u32 = 2;
const TAIL_READ: u32 = 3;
const END: u32 = 4;

export function stepContent(task: Task): u32 {
  switch (task.step) {
    case SNIFF: return begin(task);
    case AFTER_PICKLE: return afterPickle(task);
    case TAIL: return seekTail(task);
    case TAIL_READ: return readTail(task);
  }
  return DONE;
}

function begin(task: Task): u32 {
  if (!task.want(<usize>min(<u64>HEAD_BYTES, task.left))) return MORE;
  if (task.nameSize > 0) countMember();
  if (task.have == 0) return empty(task);
  const kind = sniff(task.here, task.have, task.left);
  if (task.mode == RAW) return beginRaw(task, kind);
  task.step = TAIL;
  if (kind == HARMLESS) {
    nameFormat(sniffedName);
    return AGAIN;
  }
  if (!canNest()) {
    reportPlain(ARCHIVE_LIMIT, task, task.pos, 'Lies in more archives inside each other than the scanner follows.');
    return DONE;
  }
  if (kind == THE_PICKLE) return tryPickle(task);
  // Archives are read from their ends, and hold packed parts that are read from their beginnings.
  if (!task.seekable && kind != THE_NPY && kind != OPAQUE_CONTENT) {
    keepDecoded(task);
    return AGAIN;
  }
  return enter(task, kind);
}

function enter(task: Task, kind: u32): u32 {
  nameFormat(sniffedName);
  if (kind == THE_ZIP) {
    task.step = END;
    pushInner(task, ZIP, task.pos, task.end);
  } else if (kind == THE_NPY) pushInner(task, NPY, task.pos, task.end);
  else if (kind == THE_TAR) pushInner(task, TAR, task.pos, task.end);
  else if (kind == ANY_ARCHIVE) pushDecoded(task, sniffedMethod, task.pos, task.left);
  else if (namedLikeModel(task.name, task.nameSize)) {
    reportPlain(UNKNOWN_FORMAT, task, task.pos, 'Is of a format that the scanner cannot look into yet.');
  }
  return AGAIN;
}

/** A storage: only looked at for a pickle that somebody may have hidden in it. */
function beginRaw(task: Task, kind: u32): u32 {
  task.step = END;
  if (kind == THE_PICKLE && load<u8>(task.here) == 0x80 && canNest()) pushInner(task, PICKLE, task.pos, task.end).mode = RAW;
  return AGAIN;
}

function empty(task: Task): u32 {
  nameFormat('empty');
  if (namedLikePickle(task.name, task.nameSize)) reportPlain(PICKLE_BROKEN, task, task.pos, 'Is empty.');
  return DONE;
}

/** Everything else may be a pickle: the old protocols have no beginning that tells them apart. */
function tryPickle(task: Task): u32 {
  const announced = load<u8>(task.here) == 0x80;
  const named = namedLikePickle(task.name, task.nameSize);
  task.step = AFTER_PICKLE;
  nameFormat('pickle');
  // Text is looked at once more afterwards, when the window has moved on.
  store<bool>(task.state, isText(task.here, task.have));
  store<bool>(task.state + 1, announced);
  const inner = pushInner(task, PICKLE, task.pos, task.end);
  inner.mode = announced ? (named ? CERTAIN : LIKELY) : named ? MAYBE : GUESS;
  return AGAIN;
}

function afterPickle(task: Task): u32 {
  task.step = TAIL;
  if ((task.childResult & WAS_PICKLE) != 0) return AGAIN;
  const text = load<bool>(task.state);
  renameFormat('pickle', text ? 'text' : 'unknown');
  const named = text ? namedLikePickle(task.name, task.nameSize) : namedLikeModel(task.name, task.nameSize);
  if (named) reportPlain(UNKNOWN_FORMAT, task, task.from, text
    ? 'Is named like a model, but is a text.' : 'Is named like a model, but is of no format that the scanner knows.');
  return AGAIN;
}

/** A zip is found by its end: whatever stands at the beginning, some programs will open it as a zip. */
function seekTail(task: Task): u32 {
  if (count > 1 || !task.seekable) return DONE;
  const size = task.end - task.from;
  task.pos = size > <u64>TAIL_BYTES ? task.end - <u64>TAIL_BYTES : task.from;
  task.step = TAIL_READ;
  return AGAIN;
}

function readTail(task: Task): u32 {
  const size = <usize>task.left;
  if (!task.want(size)) return task.ended ? DONE : MORE;
  task.step = END;
  if (size == 0 || findEndRecord(task.here, size, task.pos - task.from) < 0) return DONE;
  reportPlain(TRAILING_DATA, task, task.pos, 'A zip archive lies at the end of a file that begins as something else.');
  pushInner(task, ZIP, task.from, task.end);
  return AGAIN;
}

