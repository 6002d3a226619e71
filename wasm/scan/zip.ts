// A zip's own directory is what counts: torch and numpy read nothing else. It is gone through twice, first
// for names and sizes (is it a checkpoint? does a name stand twice?), then member by member.

import { newOutput } from '../output';
import { textAt } from '../text';
import { mark, release } from '../abi';
import {
  ARCHIVE_BROKEN, ARCHIVE_DUPLICATE, ARCHIVE_LIMIT, ARCHIVE_MISMATCH, ARCHIVE_PATH,
} from '../../build/generated/scan-rules';
import { chooseMember } from '../inspect/members';
import { inspecting } from '../inspect/mode';
import { CERTAIN, RAW } from '../pickle/modes';
import { renameFormat, report, reportPlain } from './findings';
import { CONTENT, ZIP_MEMBER } from './format-ids';
import { FNV_SEED, hashBytes, hashFolded } from './hash64';
import { isKeras, isKerasConfigName, KERAS, noteKeras } from './keras-archive';
import { endsFolded, isHostilePath } from './path';
import { ABSENT, tableGet, tablePut } from './table';
import { AGAIN, canNest, DONE, MORE, nameMember, pushTask, Task, WINDOW_BYTES } from './task';
import { CODE, isTorchScriptCode } from './torchscript';
import { findEndRecord, LOCATOR_BYTES, TAIL_BYTES } from './zip-end';
import { Member } from './zip-member';
import { isConstants, isDataPickle } from './zip-name';

const START: u32 = 0;
const FIND_END: u32 = 1;
const ZIP64: u32 = 2;
const SURVEY: u32 = 3;
const VISIT: u32 = 4;

const ENTRY_BYTES: usize = 46;
const ENTRY_SIGNATURE: u32 = 0x02014b50;
const LOCATOR_SIGNATURE: u32 = 0x07064b50;
const END64_SIGNATURE: u32 = 0x06064b50;
const END64_BYTES: usize = 56;

/** In a task's state. */
@unmanaged
class State {
  /** torch-context.ts reads it: the hash of `<root>/data/`. */
  torchRoot: u64;
  /** torch-context.ts reads it: whether TorchScript's own loader reads this. */
  scripted: u32;
  /** The directory, in the source. */
  directory: u64;
  directoryEnd: u64;
  entries: u64;
  seen: u64;
  /** What offsets count from: not the first byte where something precedes the zip. */
  base: u64;
  /** Keeps the names of several zips apart. */
  seed: u64;
  endAt: u64;
  warned: u32;
  /** What of a Keras model it has: keras-archive.ts. */
  keras: u32;
  /** Bytes of all members that have been visited. */
  visited: u64;
}

let zips: u64 = 0;

export function stepZip(task: Task): u32 {
  const state = changetype<State>(task.state);
  switch (task.step) {
    case START: return seekEnd(task);
    case FIND_END: return readEnd(task, state);
    case ZIP64: return readEnd64(task, state);
    case SURVEY: return survey(task, state);
    case VISIT: return visit(task, state);
  }
  return DONE;
}

function broken(task: Task, why: string): u32 {
  reportPlain(ARCHIVE_BROKEN, task, task.pos, why);
  return DONE;
}

function seekEnd(task: Task): u32 {
  const size = task.end - task.from;
  task.pos = size > <u64>TAIL_BYTES ? task.end - <u64>TAIL_BYTES : task.from;
  task.step = FIND_END;
  return AGAIN;
}

function readEnd(task: Task, state: State): u32 {
  const size = <usize>task.left;
  if (!task.want(size)) return task.ended ? broken(task, 'The zip could not be read to its end.') : MORE;
  const at = findEndRecord(task.here, size, task.pos - task.from);
  if (at < 0) return broken(task, 'Begins as a zip and has no directory at its end.');
  const record = task.here + at;
  state.endAt = task.pos + <u64>at;
  state.entries = load<u16>(record, 10);
  state.directory = load<u32>(record, 16);
  state.directoryEnd = load<u32>(record, 12);
  state.seed = FNV_SEED + ++zips * 0x9e3779b97f4a7c15;
  const locator = record - LOCATOR_BYTES;
  if (<usize>at >= LOCATOR_BYTES && load<u32>(locator) == LOCATOR_SIGNATURE) {
    task.pos = seek64(task, state, load<u64>(locator, 8));
    task.step = ZIP64;
    return AGAIN;
  }
  return openDirectory(task, state, state.endAt);
}

/** Where the zip64 record is: where the locator says, or right before it. */
function seek64(task: Task, state: State, offset: u64): u64 {
  const before = state.endAt - <u64>LOCATOR_BYTES;
  const size = task.end - task.from;
  if (offset < size && task.from + offset + <u64>END64_BYTES <= before) return task.from + offset;
  return before - min<u64>(<u64>END64_BYTES, before - task.from);
}

function readEnd64(task: Task, state: State): u32 {
  if (!task.want(END64_BYTES)) return task.ended ? broken(task, 'The zip64 record is cut off.') : MORE;
  const record = task.here;
  if (load<u32>(record) != END64_SIGNATURE) return broken(task, 'The zip64 record is not where the zip says.');
  const entries = load<u64>(record, 32), size = load<u64>(record, 40), offset = load<u64>(record, 48);
  const differs = (state.entries != 0xffff && state.entries != entries)
    || (state.directoryEnd != 0xffffffff && state.directoryEnd != size)
    || (state.directory != 0xffffffff && state.directory != offset);
  if (differs) reportPlain(ARCHIVE_MISMATCH, task, task.pos, 'The two end records of the zip disagree.');
  state.entries = entries;
  state.directory = offset;
  state.directoryEnd = size;
  return openDirectory(task, state, task.pos);
}

/** directoryEnd holds the size, directory the stated offset; both become positions. */
function openDirectory(task: Task, state: State, endAt: u64): u32 {
  const size = state.directoryEnd, stated = state.directory;
  if (size > endAt - task.from) return broken(task, 'The directory of the zip is larger than the file.');
  state.directory = endAt - size;
  state.directoryEnd = endAt;
  if (state.directory - task.from < stated) return broken(task, 'The directory of the zip is not where the zip says.');
  state.base = state.directory - stated;
  if (state.base != task.from) {
    reportPlain(ARCHIVE_MISMATCH, task, state.directory, 'Something lies before the zip or between its parts: programs disagree about where it begins.');
  }
  return rewind(task, state, SURVEY);
}

function rewind(task: Task, state: State, step: u32): u32 {
  task.pos = state.directory;
  state.seen = 0;
  task.step = step;
  return AGAIN;
}

/** The entry at pos, with its name and extra field in the window: its size, or 0 with `answer` set. */
let answer: u32 = 0;

function entrySize(task: Task): usize {
  answer = MORE;
  if (!task.want(ENTRY_BYTES)) return task.ended ? badEntry(task, 'The directory of the zip is cut off.') : 0;
  const entry = task.here;
  if (load<u32>(entry) != ENTRY_SIGNATURE) return badEntry(task, 'The directory of the zip holds something that is no entry.');
  const size = ENTRY_BYTES + <usize>load<u16>(entry, 28) + <usize>load<u16>(entry, 30);
  if (size > WINDOW_BYTES) return badEntry(task, 'The directory of the zip has an entry that is too long.');
  if (!task.want(size)) return task.ended ? badEntry(task, 'The directory of the zip is cut off.') : 0;
  return size;
}

function badEntry(task: Task, why: string): usize {
  answer = broken(task, why);
  return 0;
}

function survey(task: Task, state: State): u32 {
  while (task.pos < state.directoryEnd) {
    const size = entrySize(task);
    if (size == 0) return answer;
    const entry = task.here, name = entry + ENTRY_BYTES, nameSize = <usize>load<u16>(entry, 28);
    if (!noteName(task, state, name, nameSize, unpackedSize(entry))) return DONE;
    noteTorch(state, name, nameSize);
    state.keras |= noteKeras(name, nameSize);
    state.seen++;
    task.skip(<u64>(size + <usize>load<u16>(entry, 32)));
  }
  if (state.seen != state.entries) {
    reportPlain(ARCHIVE_MISMATCH, task, state.directory, 'The directory of the zip has another number of entries than its end says.');
  }
  if (isKeras(state.keras, task)) renameFormat('zip', 'keras');
  if (state.torchRoot != 0) renameFormat('zip', state.scripted != 0 ? 'torchscript' : 'torch');
  return rewind(task, state, VISIT);
}

function noteName(task: Task, state: State, name: usize, size: usize, bytes: u64): bool {
  const hash = hashFolded(name, size, state.seed);
  const at = task.pos;
  if (tableGet(hash) != ABSENT) explain(ARCHIVE_DUPLICATE, task, at, 'The zip holds this name twice, or differing in case only: ', name, size);
  if (isHostilePath(name, size)) explain(ARCHIVE_PATH, task, at, 'The zip holds a name that leads out of its directory: ', name, size);
  if (tablePut(hash, bytes)) return true;
  reportPlain(ARCHIVE_LIMIT, task, at, 'Holds more than 100,000 members.');
  return false;
}

function explain(rule: u32, task: Task, at: u64, words: string, name: usize, size: usize): void {
  const before = mark();
  report(rule, task, at, newOutput().put(words).shown(textAt(name, size)));
  release(before);
}

/** `<root>/data.pkl`, in any case: torch's checkpoint. */
function noteTorch(state: State, name: usize, size: usize): void {
  if (isConstants(name, size)) state.scripted = 1;
  if (!isDataPickle(name, size)) return;
  state.torchRoot = hashBytes(folder, 5, hashFolded(name, size - 8, state.seed));
}

const folder: usize = memory.data<u8>([0x64, 0x61, 0x74, 0x61, 0x2f]);

function visit(task: Task, state: State): u32 {
  if (task.pos >= state.directoryEnd) {
    task.pos = task.end;
    return DONE;
  }
  const size = entrySize(task);
  if (size == 0) return answer;
  const entry = task.here, name = entry + ENTRY_BYTES, nameSize = <usize>load<u16>(entry, 28);
  const at = task.pos;
  task.skip(<u64>(size + <usize>load<u16>(entry, 32)));
  const packed = packedSize(entry), offset = localOffset(entry);
  if (nameSize > 0 && load<u8>(name + nameSize - 1) == 0x2f && packed == 0) return AGAIN;
  const content = inspecting ? chooseMember(state.torchRoot != 0, name, nameSize, unpackedSize(entry)) : CONTENT;
  if (content == 0) return AGAIN;
  if (!canNest()) {
    reportPlain(ARCHIVE_LIMIT, task, at, 'Lies in more archives inside each other than the scanner follows.');
    return DONE;
  }
  if (offset > task.end - state.base) {
    reportPlain(ARCHIVE_BROKEN, task, at, 'The directory of the zip points behind its end.');
    return AGAIN;
  }
  if (overlaps(task, state, packed)) {
    reportPlain(ARCHIVE_MISMATCH, task, at, 'The members of the zip overlap: together they are larger than all of it. The rest was not read.');
    task.pos = task.end;
    return DONE;
  }
  const child = pushTask(ZIP_MEMBER, task.source, state.base + offset, task.end);
  nameMember(child, task, name, nameSize);
  const member = changetype<Member>(child.state);
  member.content = content;
  member.name = hashBytes(name, nameSize);
  member.nameSize = <u32>nameSize;
  member.flags = load<u16>(entry, 8);
  member.method = load<u16>(entry, 10);
  member.crc = load<u32>(entry, 16);
  member.packed = packed;
  member.unpacked = unpackedSize(entry);
  member.mode = state.torchRoot != 0 && isStorage(name, nameSize) ? RAW : CERTAIN;
  if (isKerasConfigName(name, nameSize) && isKeras(state.keras, task)) member.mode = KERAS;
  if (state.scripted != 0 && isTorchScriptCode(name, nameSize)) member.mode = CODE;
  return AGAIN;
}

/** A hundred thousand members that share their bytes would take hours. */
function overlaps(task: Task, state: State, packed: u64): bool {
  const size = task.end - task.from;
  if (packed <= size) state.visited += packed;
  return state.visited > size;
}

/** `…/data/0`, `…/constants/0`: what torch reads as raw bytes. */
function isStorage(name: usize, size: usize): bool {
  let slash = <isize>size - 1;
  while (slash >= 0 && load<u8>(name + slash) != 0x2f) slash--;
  if (slash < 0 || <usize>slash + 1 == size) return false;
  for (let i = <usize>slash + 1; i < size; i++) if (<u32>load<u8>(name + i) - 0x30 > 9) return false;
  return endsFolded(name, <usize>slash, 'data') || endsFolded(name, <usize>slash, 'constants');
}

/** A field of 32 bits, or of 64 bits in the zip64 extra field where it is all ones. */
function packedSize(entry: usize): u64 {
  return wide(entry, 20, load<u32>(entry, 24) == u32.MAX_VALUE ? 1 : 0);
}

function unpackedSize(entry: usize): u64 {
  return wide(entry, 24, 0);
}

function localOffset(entry: usize): u64 {
  const before = (load<u32>(entry, 24) == u32.MAX_VALUE ? 1 : 0) + (load<u32>(entry, 20) == u32.MAX_VALUE ? 1 : 0);
  return wide(entry, 42, before);
}

/** `index`: how many 64-bit fields stand before it in the extra field. */
function wide(entry: usize, at: usize, index: usize): u64 {
  const short = load<u32>(entry + at);
  if (short != u32.MAX_VALUE) return short;
  let field = entry + ENTRY_BYTES + <usize>load<u16>(entry, 28);
  const end = field + <usize>load<u16>(entry, 30);
  while (field + 4 <= end) {
    const size = <usize>load<u16>(field, 2);
    if (load<u16>(field) == 1 && size >= (index + 1) * 8 && field + 4 + size <= end) return load<u64>(field + 4 + index * 8);
    field += 4 + size;
  }
  return short;
}

