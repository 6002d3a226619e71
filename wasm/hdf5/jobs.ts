// What is still to be read of an HDF5 file: pieces at addresses, each at most once, so that files that
// point in circles end. The latest comes first, which keeps the list as short as the file is deep.

import { reserve } from '../abi';
import { FNV_SEED, hashBytes } from '../scan/hash64';
import { ABSENT, tableGet, tablePut } from '../scan/table';
import { Task } from '../scan/task';
import { tooMuch, UNDEFINED } from './file';

/** The kinds of jobs, which are the steps of reader.ts. */
export const OBJECT: u32 = 2;
export const BLOCK: u32 = 3;
export const GROUP_TREE: u32 = 4;
export const GROUP_ENTRIES: u32 = 5;
export const SYMBOLS: u32 = 6;
export const INDEX: u32 = 7;
export const NODE: u32 = 8;
export const MANAGED: u32 = 9;
export const DENSE_MESSAGE: u32 = 10;
export const COLLECTION: u32 = 11;
export const HEAP_OBJECT: u32 = 12;
export const TEXT: u32 = 13;
/** Those that are waiting, and all of a file: each costs a read. */
const MAX_JOBS: u32 = 1 << 16;
const MAX_DONE: u32 = 200_000;

@unmanaged
export class Job {
  kind: u32;
  /** Of what: records, entries, the level of a tree, an index. */
  count: u32;
  depth: u32;
  /** A header's version and flags, or the type of a message. */
  flags: u32;
  address: u64;
  size: u64;
  /** Of what a heap holds. */
  length: u64;
  /** Dense storage: where its heap and its index begin. */
  heap: u64;
  tree: u64;
  /** Of a node of a tree: children that have not been read, and whether its beginning has been. */
  children: u32;
  begun: bool;
}

let list: usize = 0;
let waiting: u32 = 0;
let done: u32 = 0;
/** Tells one file's addresses from another's in the table. */
let files: u64 = 0;
const key: usize = memory.data(24);

/** The job that is being done. */
export let job: Job = changetype<Job>(0);

export function openJobs(): void {
  if (list == 0) {
    list = reserve(<usize>MAX_JOBS * offsetof<Job>());
    job = changetype<Job>(reserve(offsetof<Job>()));
  }
  waiting = 0;
  done = 0;
  files++;
}

export function nextJob(task: Task): bool {
  if (waiting == 0) return false;
  if (++done > MAX_DONE) {
    tooMuch(task, 'The HDF5 file has more parts than the scanner follows.');
    return false;
  }
  waiting--;
  memory.copy(changetype<usize>(job), list + <usize>waiting * offsetof<Job>(), offsetof<Job>());
  return true;
}

/** A job to be filled in by the caller; a throw-away where there are too many. */
export function addJob(task: Task, kind: u32, address: u64, size: u64): Job {
  if (waiting == MAX_JOBS) {
    tooMuch(task, 'The HDF5 file has more parts than the scanner follows.');
    waiting--;
  }
  const made = changetype<Job>(list + <usize>waiting * offsetof<Job>());
  waiting++;
  memory.fill(changetype<usize>(made), 0, offsetof<Job>());
  made.kind = kind;
  made.address = address;
  made.size = size;
  return made;
}

/** Whether a piece of this kind at this address has to be read, for the first time. */
export function isNew(task: Task, kind: u32, address: u64): bool {
  if (address == UNDEFINED) return false;
  store<u64>(key, address);
  store<u64>(key, <u64>kind, 8);
  store<u64>(key, files, 16);
  const hash = hashBytes(key, 24, FNV_SEED ^ 0x48444635);
  if (tableGet(hash) != ABSENT) return false;
  if (tablePut(hash, 0)) return true;
  tooMuch(task, 'The HDF5 file has more than 100,000 parts.');
  return false;
}
