// The dictionaries, lists and objects of a checkpoint's pickle, as far as they give tensors their names:
// what is put where. The opcodes of wasm/pickle call this while a checkpoint is inspected.

import { itemsOf } from '../pickle/objects';
import { findString, stringPtr, stringSize } from '../pickle/strings';
import { failByLimit, machineAt, machineCount, stackAt } from '../pickle/machine';
import { A_PLACE, A_TENSOR, A_TUPLE, INTEGER, isLiteral, kindOf, payloadOf, value } from '../pickle/values';
import { keepBytes } from './kept';
import { addTensor, Tensor } from './listing';
import { newPlace, Place } from './path';

/** Places that are kept apart: tensors in later ones are named by their last key alone. */
const MAX_PLACES: u32 = 1_000_000;
/** Tuples in tuples that are looked into. */
const MAX_TUPLES = 2;

let places: u32 = 0;

export function openPlaces(): void {
  places = 0;
}

export function newContainer(args: u32 = 0): u32 {
  const address = places < MAX_PLACES ? newPlace() : 0;
  places++;
  const container = value(A_PLACE, <u32>(address >>> 4));
  if (address != 0) expectKey(changetype<Place>(address));
  const items = kindOf(args) == A_TUPLE ? itemsOf(args) : null;
  // What an object is made of lies in it.
  if (items !== null) for (let i: u32 = 0; i < items.count; i++) putAt(container, items.at(i), MAX_TUPLES);
  return container;
}

/** A dictionary writes its key, and then the value: by the time the two meet, strings in between may have
 * driven the key out of what is remembered. */
function expectKey(place: Place): void {
  const machine = machineAt(machineCount - 1);
  if (machine.stackTop == machine.stackBase) return;
  const word = stackAt(machine.stackTop - 1);
  if (!isLiteral(word) || !findString(word)) return;
  place.keyWord = word;
  place.key = keepBytes(stringPtr, stringSize);
  place.keySize = place.key == 0 ? 0 : stringSize;
}

/** Keys and values from one place of the stack to another, in turn. */
export function putPairs(container: u32, from: u32, to: u32): void {
  for (let i = from; i + 1 < to; i += 2) {
    if (!holdsTensors(stackAt(i + 1))) continue;
    findKey(stackAt(i));
    put(container, stackAt(i + 1), MAX_TUPLES);
  }
}

export function putItems(container: u32, from: u32, to: u32): void {
  for (let i = from; i < to; i++) putAt(container, stackAt(i), MAX_TUPLES);
}

/** An object's state: its names are the object's. */
export function putState(object: u32, state: u32): void {
  keyWord = 0;
  keySize = 0;
  put(object, state, MAX_TUPLES);
}

/** The key of what is put next. */
let key: usize = 0;
let keySize: usize = 0;
/** 0 for a position. */
let keyWord: u32 = 0;
const digits: usize = memory.data(24);
const UNKNOWN: usize = memory.data<u8>([0x3f]);

function findKey(word: u32): void {
  keyWord = word;
  if (kindOf(word) == INTEGER) return useNumber(payloadOf(word));
  const isKnown = findString(word);
  key = isKnown ? stringPtr : UNKNOWN;
  keySize = isKnown ? stringSize : 1;
}

function useNumber(number: u32): void {
  keyWord = 0;
  key = digits + 24;
  do {
    store<u8>(--key, 0x30 + number % 10);
    number /= 10;
  } while (number != 0);
  keySize = digits + 24 - key;
}

/** Behind what the container holds already. */
function putAt(container: u32, what: u32, tuples: i32): void {
  const place = placeOf(container);
  useNumber(place === null ? 0 : place.count++);
  put(container, what, tuples);
}

@inline
function holdsTensors(word: u32): bool {
  return kindOf(word) == A_TENSOR || kindOf(word) == A_PLACE || kindOf(word) == A_TUPLE;
}

function placeOf(word: u32): Place | null {
  if (kindOf(word) != A_PLACE || payloadOf(word) == 0) return null;
  return changetype<Place>(<usize>payloadOf(word) << 4);
}

function put(container: u32, what: u32, tuples: i32): void {
  const inside = placeOf(container);
  if (inside === null || !holdsTensors(what)) return;
  if (kindOf(what) == A_TENSOR) putTensor(inside, changetype<Tensor>(<usize>payloadOf(what) << 4));
  else if (kindOf(what) == A_PLACE) putPlace(inside, placeOf(what));
  else putTuple(container, what, tuples);
}

/** The same tensor in two places is there twice. */
function putTensor(inside: Place, tensor: Tensor): void {
  let named = tensor;
  if (tensor.parent != 0) {
    const twin = addTensor();
    if (twin === null) return failByLimit('Describes more tensors than 64 MiB hold.');
    memory.copy(changetype<usize>(twin), changetype<usize>(tensor), offsetof<Tensor>());
    twin.next = 0;
    twin.isTwin = true;
    named = twin;
  }
  named.parent = changetype<usize>(inside);
  named.name = keepBytes(key, keySize);
  named.nameSize = named.name == 0 ? 0 : keySize;
}

function putPlace(inside: Place, place: Place | null): void {
  if (place === null || place.placed || changetype<usize>(place) == changetype<usize>(inside)) return;
  place.placed = true;
  place.parent = changetype<usize>(inside);
  if (key == UNKNOWN && place.keyWord == keyWord) return;
  place.key = keepBytes(key, keySize);
  place.keySize = place.key == 0 ? 0 : keySize;
}

function putTuple(container: u32, tuple: u32, tuples: i32): void {
  const items = itemsOf(tuple);
  if (tuples == 0 || items === null) return;
  let found = false;
  for (let i: u32 = 0; i < items.count; i++) if (holdsTensors(items.at(i))) found = true;
  if (!found) return;
  const own = newContainer();
  putPlace(placeOf(container)!, placeOf(own));
  for (let i: u32 = 0; i < items.count; i++) putAt(own, items.at(i), tuples - 1);
}
