// torch's storages: what a persistent id in a checkpoint may be, and whether the bytes that it promises
// are there. In a zip each storage is a member `<root>/data/<key>`; in the old format all of them follow
// behind the five pickles, in the order of the last one's list.

import { reserve } from '../abi';
import { ALLOWED } from '../../build/generated/pickle-names';
import { PICKLE_LIMIT, PICKLE_PERSISTENT_ID, STORAGE_MISMATCH } from '../../build/generated/scan-rules';
import { hashBytes, hashFolded } from '../scan/hash64';
import { inspecting } from '../inspect/mode';
import { storageFor } from '../inspect/torch';
import { ABSENT, MAX_NAMES, tableGet, tablePut } from '../scan/table';
import { Task } from '../scan/task';
import { torchRoot } from '../scan/torch-context';
import { globalAt } from './globals';
import { Machine, note, stackAt } from './machine';
import { Items, itemsOf } from './objects';
import { findString, stringPtr, stringSize } from './strings';
import { A_STORAGE, BIG, GLOBAL, INTEGER, kindOf, OPAQUE, payloadOf, value, WORD } from './values';
import { STORAGE_WORD } from './words';

/** Storages of the old format share the table with the members of archives. */
const LEGACY_SEED: u64 = 0x746f726368000001;
/** The stream of the old format that lists the keys. */
const KEYS_STREAM: u32 = 4;

let keys: usize = 0;
/** Storages that follow behind the pickles of the old format. */
export let keyCount: u32 = 0;

export function openKeys(): void {
  keyCount = 0;
}

/** BINPERSID, PERSID: what the loader would be asked for. */
export function persistent(task: Task, machine: Machine, id: u32, pos: u64): u32 {
  if (inspecting) return storageFor(task, id);
  const root = torchRoot(task);
  if (root == 0 && !machine.legacy) {
    note(machine, PICKLE_PERSISTENT_ID, pos, 'Asks its loader for an object by a persistent id, and is no torch checkpoint.');
    return value(OPAQUE);
  }
  const items = itemsOf(id);
  if (machine.legacy && items !== null && isClassWithSource(items)) return items.at(1);
  if (items === null || items.count < 5 || items.at(0) != value(WORD, STORAGE_WORD) || !isStorageType(items.at(1))
    || !findString(items.at(2)) || wholeOf(items.at(4)) == ABSENT) {
    note(machine, PICKLE_PERSISTENT_ID, pos, 'Asks torch for something that is no storage.');
    return value(OPAQUE);
  }
  const elements = wholeOf(items.at(4)), bytes = elementBytes(items.at(1));
  if (elements > u64.MAX_VALUE >> 8) note(machine, STORAGE_MISMATCH, pos, 'Has a storage of more elements than there can be.');
  else if (root != 0) checkMember(machine, root, elements * bytes, pos);
  else if (!tablePut(hashBytes(stringPtr, stringSize, LEGACY_SEED), (elements << 8) | bytes)) {
    note(machine, PICKLE_LIMIT, pos, 'Has more than 100,000 storages.');
  }
  return value(A_STORAGE);
}

/** The old format names the classes of modules in this way, and adds their source, which it only compares. */
function isClassWithSource(items: Items): bool {
  return items.count == 4 && kindOf(items.at(1)) == GLOBAL && findString(items.at(0)) && stringSize == 6
    && load<u32>(stringPtr) == 0x75646f6d && load<u16>(stringPtr, 4) == 0x656c; // module
}

/** The member of the key that findString has just found. */
function checkMember(machine: Machine, root: u64, bytes: u64, pos: u64): void {
  const size = tableGet(hashFolded(stringPtr, stringSize, root));
  if (size == ABSENT) note(machine, STORAGE_MISMATCH, pos, 'Refers to a storage that the archive does not hold.');
  else if (size < bytes) note(machine, STORAGE_MISMATCH, pos, 'Refers to a storage that is shorter in the archive than the pickle says.');
}

export function isStorageType(word: u32): bool {
  return kindOf(word) == GLOBAL && elementBytes(word) != 0 && (globalAt(payloadOf(word)).flags & ALLOWED) != 0;
}

/** 0 for what is no storage type. Bits 12 to 14 of its flags: one more than the logarithm. */
export function elementBytes(word: u32): u64 {
  const size = (globalAt(payloadOf(word)).flags >> 12) & 7;
  return size == 0 ? 0 : 1 << (size - 1);
}

/** A number from 0 on; ABSENT for anything else. */
export function wholeOf(word: u32): u64 {
  if (kindOf(word) == INTEGER) return payloadOf(word);
  const items = kindOf(word) == BIG ? itemsOf(word) : null;
  return items === null ? ABSENT : <u64>items.at(0) | (<u64>items.at(1) << 32);
}

/** The strings between two places of the stack go into a list: keys, if it is the list of them. */
export function collectKeys(machine: Machine, from: u32, to: u32): void {
  if (!machine.legacy || machine.streams != KEYS_STREAM) return;
  if (keys == 0) keys = reserve(<usize>MAX_NAMES * 8);
  for (let i = from; i < to && keyCount < MAX_NAMES; i++) {
    if (!findString(stackAt(i))) continue;
    store<u64>(keys + <usize>(keyCount++) * 8, hashBytes(stringPtr, stringSize, LEGACY_SEED));
  }
}

/** What the pickle says of a key's storage: elements << 8 | bytes of each; ABSENT for an unknown key. */
export function legacyStorage(index: u32): u64 {
  return tableGet(load<u64>(keys + <usize>index * 8));
}
