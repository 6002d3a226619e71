// Finds out what some bytes are, by themselves and never by their name, and has them read. Outermost for
// the file itself, and again for each member of an archive. What nobody understands is a finding only
// where its name says that it is loaded as a model.

import { CERTAIN, GUESS, LIKELY, MAYBE, RAW, UNLIKELY } from '../pickle/modes';
import { WAS_PICKLE } from '../pickle/stream';
import {
  ARCHIVE_LIMIT, NATIVE_CODE, PICKLE_BROKEN, TRAILING_DATA, UNKNOWN_FORMAT,
} from '../../build/generated/scan-rules';
import { keepDecoded, pushDecoded } from './decoding';
import { namedFormat, namedLikeBinary, namedLikeMessagePack, namedLikeModel, namedLikePickle } from './file-name';
import { countMember, nameFormat, renameFormat, reportPlain } from './findings';
import { FOUND_BEHIND } from '../hdf5/reader';
import { HDF5, KERAS_CONFIG, NPY, PICKLE, PROTOBUF, TAR, TORCHSCRIPT_CODE, ZIP } from './format-ids';
import { KERAS } from './keras-archive';
import { mayBeKerasConfig } from './keras-file';
import { WAS_METADATA } from './keras-metadata';
import { isMessagePack } from './known-data';
import { WAS_MODEL } from './proto-model';
import { beginsAsMessage, mayBeMessage } from './proto-sniff';
import {
  ANY_ARCHIVE, HARMLESS, HEAD_BYTES, isText, OPAQUE_CONTENT, PROGRAM, sniff, sniffedFormat, sniffedMethod, sniffedName,
  sniffedSkip, THE_NPY, THE_PICKLE, THE_TAR, THE_ZIP, WITH_HEADER,
} from './sniff';
import { AGAIN, canNest, count, DONE, MORE, pushInner, Task } from './task';
import { CODE } from './torchscript';
import { findEndRecord, TAIL_BYTES } from './zip-end';

const SNIFF: u32 = 0;
const AFTER_PICKLE: u32 = 1;
const TAIL: u32 = 2;
const TAIL_READ: u32 = 3;
const END: u32 = 4;
const AFTER_READER: u32 = 5;
const AFTER_SEARCH: u32 = 6;
const AFTER_PROTOBUF: u32 = 7;

/** In a task's state. */
@unmanaged
class State {
  kind: u32;
  /** Known from the first bytes, which are gone from the window when the question comes up. */
  isText: bool;
  /** An HDF5 file begins behind it: some programs will open that. */
  holdsHdf5: bool;
  mayBeMessage: bool;
}

export function stepContent(task: Task): u32 {
  switch (task.step) {
    case SNIFF: return begin(task);
    case AFTER_PICKLE: return afterPickle(task);
    case TAIL: return seekTail(task);
    case TAIL_READ: return readTail(task);
    case AFTER_READER: return afterReader(task);
    case AFTER_SEARCH: return afterSearch(task);
    case AFTER_PROTOBUF: return afterProtobuf(task);
  }
  return DONE;
}

function begin(task: Task): u32 {
  if (!task.want(<usize>min(<u64>HEAD_BYTES, task.left))) return MORE;
  if (task.nameSize > 0) countMember();
  if (task.have == 0 && task.mode != KERAS) return empty(task);
  const kind = sniff(task.here, task.have, task.left);
  if (task.mode == RAW) return beginRaw(task, kind);
  if (!canNest()) {
    reportPlain(ARCHIVE_LIMIT, task, task.pos, 'Lies in more archives inside each other than the scanner follows.');
    return DONE;
  }
  nameFormat(sniffedName);
  if (count > 1 || !task.seekable || (kind == WITH_HEADER && sniffedFormat == HDF5)) return enterFormat(task, kind);
  task.step = AFTER_SEARCH;
  pushInner(task, HDF5, task.pos, task.end);
  return AGAIN;
}

function afterSearch(task: Task): u32 {
  if (!task.want(<usize>min(<u64>HEAD_BYTES, task.left))) return MORE;
  const kind = sniff(task.here, task.have, task.left);
  const holds = task.childResult == FOUND_BEHIND;
  changetype<State>(task.state).holdsHdf5 = holds;
  if (!holds) return enterFormat(task, kind);
  if (kind == THE_PICKLE) renameFormat('pickle', 'hdf5');
  else reportHdf5(task);
  return enterFormat(task, kind);
}

function reportHdf5(task: Task): void {
  reportPlain(TRAILING_DATA, task, task.pos, 'An HDF5 file begins inside of a file that begins as something else.');
}

function enterFormat(task: Task, kind: u32): u32 {
  const named = kind == WITH_HEADER ? sniffedFormat : namedFormat(task.name, task.nameSize);
  const format = task.mode == KERAS ? KERAS_CONFIG : task.mode == CODE ? TORCHSCRIPT_CODE : named;
  if (format == 0 && kind == THE_PICKLE && mayBeKerasConfig(task)) return enterReader(task, KERAS_CONFIG);
  return format != 0 ? enterReader(task, format) : goOn(task, kind);
}

/** Read at any place, and to the end of what may be a large header; then looked at as anything else. */
function enterReader(task: Task, format: u32): u32 {
  if (task.seekable) {
    task.step = AFTER_READER;
    pushInner(task, format, task.pos, task.end);
  } else keepDecoded(task);
  return AGAIN;
}

function afterReader(task: Task): u32 {
  task.pos = task.from;
  if (!task.want(<usize>min(<u64>HEAD_BYTES, task.left))) return task.ended ? DONE : MORE;
  if (task.childResult != WAS_METADATA) return goOn(task, sniff(task.here, task.have, task.left));
  renameFormat('pickle', 'keras-metadata');
  return goOn(task, HARMLESS);
}

function goOn(task: Task, kind: u32): u32 {
  if (kind == THE_PICKLE && namedLikeMessagePack(task.name, task.nameSize) && isMessagePack(task.here, task.have)) {
    renameFormat('pickle', 'msgpack');
    task.step = TAIL;
    return AGAIN;
  }
  if (kind == PROGRAM) reportPlain(NATIVE_CODE, task, task.pos, 'Is a program or a shared library.');
  // What begins with letters of an opcode can be a pickle besides: `GGUF` is a float with 8 bytes.
  if (kind == THE_PICKLE || kind == HARMLESS || kind == WITH_HEADER || kind == PROGRAM || kind == THE_TAR) return tryPickle(task, kind);
  // Archives are read from their ends, and hold packed parts that are read from their beginnings.
  if (!task.seekable && kind != THE_NPY && kind != OPAQUE_CONTENT) {
    keepDecoded(task);
    return AGAIN;
  }
  return enter(task, kind);
}

function enter(task: Task, kind: u32): u32 {
  task.step = TAIL;
  if (kind == THE_ZIP) {
    task.step = END;
    pushInner(task, ZIP, task.pos, task.end);
  } else if (kind == THE_NPY) pushInner(task, NPY, task.pos, task.end);
  else if (kind == ANY_ARCHIVE) pushUnpacked(task);
  else if (namedLikeModel(task.name, task.nameSize)) {
    reportPlain(UNKNOWN_FORMAT, task, task.pos, 'Is of a format that the scanner cannot look into yet.');
  }
  return AGAIN;
}

function pushUnpacked(task: Task): void {
  const skip = min(sniffedSkip, task.left);
  pushDecoded(task, sniffedMethod, task.pos + skip, task.left - skip);
}

/** A storage: only looked at for a pickle that somebody may have hidden in it. */
function beginRaw(task: Task, kind: u32): u32 {
  task.step = END;
  if (kind == THE_PICKLE && load<u8>(task.here) == 0x80 && canNest()) pushInner(task, PICKLE, task.pos, task.end).mode = RAW;
  return AGAIN;
}

function empty(task: Task): u32 {
  nameFormat('empty');
  if (namedLikeModel(task.name, task.nameSize)) reportPlain(PICKLE_BROKEN, task, task.pos, 'Is empty.');
  return DONE;
}

/** Everything else may be a pickle: the old protocols have no beginning that tells them apart. */
function tryPickle(task: Task, kind: u32): u32 {
  const announced = load<u8>(task.here) == 0x80;
  const named = namedLikePickle(task.name, task.nameSize);
  task.step = AFTER_PICKLE;
  const state = changetype<State>(task.state);
  state.kind = kind;
  state.isText = isText(task.here, task.have);
  if (kind == THE_PICKLE && beginsAsMessage(task.here, task.have)) return tryProtobuf(task);
  state.mayBeMessage = mayBeMessage(task.here, task.have);
  const inner = pushInner(task, PICKLE, task.pos, task.end);
  if (kind != THE_PICKLE) inner.mode = UNLIKELY;
  else if (announced) inner.mode = named ? CERTAIN : LIKELY;
  else inner.mode = named ? MAYBE : state.isText ? UNLIKELY : GUESS;
  return AGAIN;
}

function afterPickle(task: Task): u32 {
  const state = changetype<State>(task.state);
  task.step = TAIL;
  if (state.kind == THE_TAR) return enterTar(task);
  if (state.holdsHdf5 && (task.childResult & WAS_PICKLE) != 0) reportHdf5(task);
  if ((task.childResult & WAS_PICKLE) != 0) return AGAIN;
  if (!state.mayBeMessage) return unknown(task, state);
  task.pos = task.from;
  return tryProtobuf(task);
}

/** ONNX, TensorFlow: messages have no beginning of their own either. */
function tryProtobuf(task: Task): u32 {
  if (task.pos == task.from && task.have == 0 && !task.seekable) {
    keepDecoded(task);
    return AGAIN;
  }
  task.step = AFTER_PROTOBUF;
  pushInner(task, PROTOBUF, task.pos, task.end);
  return AGAIN;
}

function afterProtobuf(task: Task): u32 {
  task.step = TAIL;
  return (task.childResult & WAS_MODEL) != 0 ? AGAIN : unknown(task, changetype<State>(task.state));
}

/** What nobody understands matters where its name says that it is a model. */
function unknown(task: Task, state: State): u32 {
  if (state.kind != THE_PICKLE || state.holdsHdf5) return AGAIN;
  const text = state.isText;
  renameFormat('pickle', text ? 'text' : 'unknown');
  const named = text ? namedLikeBinary(task.name, task.nameSize) : namedLikeModel(task.name, task.nameSize);
  if (named) reportPlain(UNKNOWN_FORMAT, task, task.from, text
    ? 'Is named like a model, but is a text.' : 'Is named like a model, but is of no format that the scanner knows.');
  return AGAIN;
}

/** Its members as well, whatever its first bytes mean as a pickle. */
function enterTar(task: Task): u32 {
  if (!task.seekable) {
    keepDecoded(task);
    return AGAIN;
  }
  task.pos = task.from;
  pushInner(task, TAR, task.from, task.end);
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

