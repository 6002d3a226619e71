// Scans or inspects one file: a machine that its host drives, because the core has no imports and the Nix evaluator
// has no threads to wait in.
//
//   scanopen(name, size)   begins; one scan at a time in an instance
//   inspectopen(name, size)  the same, for what the file holds; the last reply is src/core/inspect.ts's
//                          ModelFile as JSON, or a problem
//   scanstep()             works until it needs its host; the reply's data is a request:
//     +0  u32 kind    1 read    put `length` bytes from `offset` of `source` at `ptr`; scanfeed(count),
//                               fewer than `length` only at the source's end
//                     2 open    decode `length` bytes from `offset` of source `from` by `method`: they
//                               become `source`, read forwards only; scanfeed(0)
//                     3 keep    the same, but all of it in memory and read anywhere, if it is no more
//                               than `limit` bytes; scanfeed(size)
//                     4 close   `source` is not needed any more; scanfeed(0)
//                     5 done    the report follows the request, JSON
//     +4  u32 source   +8 u64 offset   +16 u64 length   +24 u32 ptr   +28 u32 method   +32 u32 from
//     +36 u32 limit
//   scanfeed(answer)       a number of bytes; or, where the content ends for a reason, -(256 * bytes +
//                          reason). 1: cannot decode this, 2: the data is broken, 3: it is more than may
//                          be kept, 4: what follows is not compressed
//
// A host that cannot decode says so: what it could not decode is reported as unscannable.

import { reply } from '../abi';
import { Output, newOutput } from '../output';
import { ARCHIVE_BROKEN, ARCHIVE_LIMIT, ARCHIVE_UNREADABLE, TRAILING_DATA } from '../../build/generated/scan-rules';
import { closePickles, openPickles } from '../pickle/machine';
import { provideMemory } from '../pickle/pages';
import { setInspecting, inspecting } from '../inspect/mode';
import { openInspection, writeInspection } from '../inspect/result';
import { begin, finish } from '../problem';
import { compareChecksum, passChecksum } from './checksum';
import { CONTENT, INSPECTION } from './format-ids';
import { openFindings, reportPlain, writeReport } from './findings';
import { openKeys } from '../pickle/storages';
import { openTable } from './table';
import { gatherAt, gathered, gatherSize, gatherTo, mustGather, openWhole, prepareGather } from './whole';
import { nameFile } from './file-name';
import { stepTask } from './formats';
import {
  count, DONE, fed, MORE, openTasks, ownerOf, parentOf, popTask, prepareRead, pushTask, readAt, readSize, readTo, Task, taskAt, topTask,
} from './task';
import { KEEP, OPEN } from './decoding';

export const READ: u32 = 1;
const CLOSE: u32 = 4;
export const FINISHED: u32 = 5;
/** Of a request; the report of FINISHED follows. */
export const REQUEST_BYTES: usize = 40;

/** The answer of a host that decodes nothing. */
export const CANNOT: i64 = -1;
/** Reasons: see above. */
const NO_DECODER: u32 = 1;
const TOO_LARGE: u32 = 3;
const TRAILING: u32 = 4;

/** Bytes that archives may unpack to in the host's memory at one time, where they are read anywhere. */
const MAX_KEPT_BYTES: u64 = 256 * 1024 * 1024;
/** Bytes that one file may unpack to, all its parts together: bombs end here. */
const MAX_DECODED_BYTES: u64 = 8 * 1024 * 1024 * 1024;

let fileSize: u64 = 0;
/** Decoded sources that are open; their numbers count from 1. */
let sources: u32 = 0;
let kept: u64 = 0;
let decoded: u64 = 0;
/** What was asked of the host last. */
let asked: u32 = 0;
/** What was to be read: from where, how much, and the address that it goes to. */
let askedAt: u64 = 0;
let askedSize: u64 = 0;
let askedTo: usize = 0;
/** Per open source: how far it has been decoded. */
const decodedTo: usize = memory.data(16 * 8);

export function scanopen(ptr: usize, len: usize, size: u64): void {
  open(ptr, len, size);
  setInspecting(false);
  pushTask(CONTENT, 0, 0, size);
}

export function inspectopen(ptr: usize, len: usize, size: u64): void {
  open(ptr, len, size);
  setInspecting(true);
  openInspection();
  pushTask(INSPECTION, 0, 0, size);
}

function open(ptr: usize, len: usize, size: u64): void {
  // The name lies in the arena, which `reserve` empties.
  nameFile(ptr, len);
  fileSize = size;
  sources = 0;
  kept = 0;
  decoded = 0;
  asked = 0;
  openTasks();
  openFindings();
  openPickles();
  openTable();
  openKeys();
  openWhole();
}

export function scanstep(): usize {
  while (count > 0) {
    provideMemory();
    const task = topTask();
    if (task.pending != 0) return askToDecode(task);
    const what = stepTask(task);
    if (what == MORE && !task.ended) return askToRead(task);
    if (what == DONE || what == MORE) {
      compareChecksum(task);
      popTask();
      if (task.owns) return askToClose(task);
    }
  }
  closePickles();
  begin();
  const json = inspecting ? writeInspection() : writeReport(fileSize);
  return finish(request(FINISHED, 0, 0, 0).bytes(json.ptr, json.size));
}

/** The host's answer to the last request. */
export function scanfeed(answer: i64): void {
  const kind = asked;
  asked = 0;
  if (kind != READ && kind != OPEN && kind != KEEP) return;
  const task = topTask();
  const reason: u32 = answer < 0 ? <u32>(-answer & 255) : 0;
  const size: u64 = answer < 0 ? <u64>(-answer >> 8) : <u64>answer;
  if (kind == READ) take(task, size, reason);
  else if (reason == NO_DECODER || reason == TOO_LARGE) {
    reportFailure(task, reason);
    sources--;
    popTask();
  } else opened(task, kind, size, reason);
}

/** The reader goes on; where there is a reason, as if the content ended here. */
function take(task: Task, size: u64, reason: u32): void {
  const count = min(size, askedSize);
  passChecksum(ownerOf(task), askedAt, askedTo, <usize>count);
  if (mustGather(task)) gathered(task, <usize>count);
  else fed(task, <usize>count);
  if (task.source > 0) countDecoded(task, askedAt + count);
  if (reason == 0) return;
  task.end = min(task.end, askedAt + count);
  reportFailure(task, reason);
  // Nobody can say what the rest of it would have been.
  ownerOf(task).checks = false;
}

function opened(task: Task, kind: u32, size: u64, reason: u32): void {
  task.pending = 0;
  task.owns = true;
  if (kind == KEEP) {
    task.end = size;
    kept += size;
    task.seekable = true;
  }
  if (reason != 0) reportFailure(task, reason);
}

function countDecoded(task: Task, to: u64): void {
  const slot = decodedTo + <usize>task.source * 8;
  const before = load<u64>(slot);
  if (to <= before) return;
  store<u64>(slot, to);
  decoded += to - before;
  if (decoded <= MAX_DECODED_BYTES) return;
  if (task.end > askedAt) reportPlain(ARCHIVE_LIMIT, task, task.from, 'Unpacks to more than 8 GiB; the rest was not read.');
  task.end = askedAt;
}

function reportFailure(task: Task, reason: u32): void {
  if (reason == NO_DECODER) reportPlain(ARCHIVE_UNREADABLE, task, task.from, 'Is compressed by a method that this scanner cannot decode, or so that it takes too much memory.');
  else if (reason == TOO_LARGE) reportPlain(ARCHIVE_LIMIT, task, task.from, 'Is an archive inside an archive that unpacks to more than 256 MiB.');
  else if (reason == TRAILING) reportPlain(TRAILING_DATA, task, task.end, 'Something follows behind the compressed data that is not compressed.');
  else reportPlain(ARCHIVE_BROKEN, task, task.pos, 'The compressed data is broken.');
}

function askToRead(task: Task): usize {
  const gathers = mustGather(task);
  if (gathers) prepareGather(task);
  else prepareRead(task);
  askedAt = gathers ? gatherAt : readAt;
  askedSize = gathers ? <u64>gatherSize : <u64>readSize;
  askedTo = gathers ? gatherTo : readTo;
  const made = request(READ, task.source, askedAt, askedSize);
  store<u32>(made.ptr, <u32>askedTo, 24);
  return reply(0, made.ptr, made.size);
}

function askToDecode(task: Task): usize {
  if (!task.owns) sources++;
  task.source = sources;
  store<u64>(decodedTo + <usize>task.source * 8, 0);
  const made = request(task.pending, task.source, task.packedFrom, task.packedSize);
  store<u32>(made.ptr, task.method, 28);
  store<u32>(made.ptr, parentOf(task).source, 32);
  store<u32>(made.ptr, <u32>(MAX_KEPT_BYTES - min(kept, MAX_KEPT_BYTES)), 36);
  return reply(0, made.ptr, made.size);
}

function askToClose(task: Task): usize {
  sources--;
  if (task.seekable) kept -= min(kept, task.end);
  const made = request(CLOSE, task.source, 0, 0);
  return reply(0, made.ptr, made.size);
}

function request(kind: u32, source: u32, offset: u64, length: u64): Output {
  asked = kind;
  return newOutput(48).u32(kind).u32(source).u64(offset).u64(length).u32(0).u32(0).u32(0).u32(0);
}
