// HDF5: finds what Keras reads when it loads a model, the texts of some attributes, and what names other
// files. Tensors are passed over. The format is that of the HDF5 group's specification, versions 0 to 3 of
// the superblock; what cannot be followed is unscannable.
//
//   superblock -> root object -> messages -> attributes, links, groups -> objects ...

import { AGAIN, DONE, MORE, Task } from '../scan/task';
import { openTexts, readCollection, readHeapObject, readText } from './attribute';
import { readDenseMessage, readIndex, readManaged, readNode } from './dense';
import { base, complain, lacks, offsetAt, offsetBytes, openFile, seek, setBase, setWidths, UNDEFINED } from './file';
import { readEntries, readGroupTree, readSymbols, symbolEntry } from './group';
import {
  addJob, BLOCK, COLLECTION, DENSE_MESSAGE, GROUP_ENTRIES, GROUP_TREE, HEAP_OBJECT, INDEX, isNew, job, MANAGED, nextJob, NODE, OBJECT,
  openJobs, SYMBOLS, TEXT,
} from './jobs';
import { forgetHeap } from './heap';
import { readBlock, readObject } from './object';
import { forgetTree } from './tree';

const START: u32 = 0;
const SEARCH: u32 = 1;
const NEXT: u32 = 20;

/** childResult: an HDF5 file begins behind something else. */
export const FOUND_BEHIND: u32 = 0x1000;

/** The signature, as a number: 89 HDF 0d 0a 1a 0a. */
const SIGNATURE: u64 = 0x0a1a0a0d46444889;
/** The first place besides the beginning; each further one is twice as far. */
const FIRST_BLOCK: u64 = 512;
/** With the root's symbol table entry, and addresses of 8 bytes. */
const SUPERBLOCK_BYTES: usize = 100;

export function stepHdf5(task: Task): u32 {
  switch (task.step) {
    case START: {
      openFile();
      openJobs();
      openTexts();
      forgetTree();
      forgetHeap();
      task.step = SEARCH;
      return AGAIN;
    }
    case SEARCH: return search(task);
    case NEXT: return next(task);
  }
  const what = read(task);
  if (what == DONE) task.step = NEXT;
  return what == DONE ? AGAIN : what;
}

/** A reader of a job answers DONE when it is done with it. */
function read(task: Task): u32 {
  switch (task.step) {
    case OBJECT: return readObject(task);
    case BLOCK: return readBlock(task);
    case GROUP_TREE: return readGroupTree(task);
    case GROUP_ENTRIES: return readEntries(task);
    case SYMBOLS: return readSymbols(task);
    case INDEX: return readIndex(task);
    case NODE: return readNode(task);
    case MANAGED: return readManaged(task);
    case DENSE_MESSAGE: return readDenseMessage(task);
    case COLLECTION: return readCollection(task);
    case HEAP_OBJECT: return readHeapObject(task);
    case TEXT: return readText(task);
  }
  return DONE;
}

/** At the beginning, or behind a block of the user's own of 512 bytes, 1024, 2048 and so on. */
function search(task: Task): u32 {
  const size = task.end - task.from;
  if (base + 8 > size) return finish(task);
  seek(task, 0);
  if (!task.want(8)) return task.ended ? finish(task) : MORE;
  if (load<u64>(task.here) != SIGNATURE) {
    setBase(base == 0 ? FIRST_BLOCK : base << 1);
    return AGAIN;
  }
  if (!task.want(<usize>min(<u64>SUPERBLOCK_BYTES, task.left))) return lacks(task) == MORE ? MORE : finish(task);
  if (base > 0) task.childResult = FOUND_BEHIND;
  if (!readSuperblock(task, task.here, task.have)) complain(task, 'Begins as HDF5, but in a version or with numbers that the scanner does not know.');
  task.step = NEXT;
  return AGAIN;
}

function readSuperblock(task: Task, ptr: usize, size: usize): bool {
  if (size < 48) return false;
  const version = load<u8>(ptr, 8);
  if (version > 3) return false;
  return version < 2 ? readOldSuperblock(task, ptr, size, version) : readNewSuperblock(task, ptr);
}

function readOldSuperblock(task: Task, ptr: usize, size: usize, version: u32): bool {
  if (!setWidths(load<u8>(ptr, 13), load<u8>(ptr, 14))) return false;
  const addresses = ptr + (version == 0 ? 24 : 28), root = addresses + 4 * offsetBytes;
  if (root + 2 * offsetBytes + 24 > ptr + size) return false;
  if (offsetAt(addresses + 3 * offsetBytes) != UNDEFINED) return false;
  symbolEntry(task, root);
  return true;
}

function readNewSuperblock(task: Task, ptr: usize): bool {
  if (!setWidths(load<u8>(ptr, 9), load<u8>(ptr, 10))) return false;
  const extension = offsetAt(ptr + 12 + offsetBytes), root = offsetAt(ptr + 12 + 3 * offsetBytes);
  if (isNew(task, OBJECT, extension)) addJob(task, OBJECT, extension, 0);
  if (!isNew(task, OBJECT, root)) return false;
  addJob(task, OBJECT, root, 0);
  return true;
}

function next(task: Task): u32 {
  if (!nextJob(task)) return finish(task);
  if (seek(task, job.address)) task.step = job.kind;
  else complain(task, 'The HDF5 file points behind its end.');
  return AGAIN;
}

/** The position is given back as it was: the content is tried as other formats as well. */
function finish(task: Task): u32 {
  task.pos = task.from;
  return DONE;
}
