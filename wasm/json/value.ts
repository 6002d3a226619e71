// JSON as a tree: what the spec and the lock are parsed from. Each value knows its parent, so that a
// complaint can name its place (`source.url.urls[1].hash`) without anyone passing paths around.

import { allocate } from '../abi';
import { List, newList, sortList } from '../list';
import { newOutput, Output } from '../output';
import { ok, problem } from '../problem';
import { compareBytes, isDigit, isLetter, sameBytes, Text } from '../text';
import { close, enter, nextElement, nextKey, open, peek, readNumber, readString, readWord } from './reader';
import { FORMAT_LIMIT } from '../../build/generated/status';

export const NULL: u32 = 0;
export const BOOLEAN: u32 = 1;
export const NUMBER: u32 = 2;
export const STRING: u32 = 3;
export const ARRAY: u32 = 4;
export const OBJECT: u32 = 5;

/** Values in one document: a lock of 100,000 files has 400,000. About 56 bytes each. */
const MAX_VALUES = 4_000_000;

/** Up to this many members every pair is compared; beyond, the keys are sorted. */
const FEW_MEMBERS = 12;

/** As a Text: the content of a string, the digits of a number, `t` or `f` of a boolean. */
@unmanaged
export class Value extends Text {
  kind: u32;
  /** As a member of an object. */
  key: Text | null;
  parent: Value | null;
  /** Members or elements, in the order of the text. */
  children: List<Value>;

  @inline get count(): i32 {
    return this.children.count;
  }

  @inline child(index: i32): Value {
    return this.children.at(index);
  }

  get isTrue(): bool {
    return this.kind == BOOLEAN && this.size != 0;
  }

  /** The value as JSON again, without white space. */
  write(to: Output): void {
    switch (this.kind) {
      case STRING: to.quoted(this); break;
      case NUMBER: to.text(this); break;
      case BOOLEAN: to.put(this.isTrue ? 'true' : 'false'); break;
      case NULL: to.put('null'); break;
      default: {
        const isObject = this.kind == OBJECT;
        to.byte(isObject ? 0x7b : 0x5b);
        for (let i = 0; i < this.count; i++) {
          to.put(i > 0 ? ',' : '');
          if (isObject) to.quoted(keyOf(this.child(i))).byte(0x3a);
          this.child(i).write(to);
        }
        to.byte(isObject ? 0x7d : 0x5d);
      }
    }
  }

  /** A member by its name; null where it is absent or `null`, which mean the same everywhere. */
  member(name: string): Value | null {
    if (this.kind != OBJECT) return null;
    for (let i = 0; i < this.count; i++) {
      const child = this.child(i);
      if (keyOf(child).is(name)) return child.kind == NULL ? null : child;
    }
    return null;
  }
}

let values: i32 = 0;
/** What scalars share: no children. */
let none: List<Value> = changetype<List<Value>>(0);

/** The document as a tree. `onError` is the status of complaints. After one, parts are missing. */
export function parseJson(ptr: usize, size: usize, onError: u32): Value {
  values = 0;
  none = newList<Value>();
  open(ptr, size, onError);
  const root = readValue(null, null, onError);
  close();
  return root;
}

function newValue(parent: Value | null, key: Text | null): Value {
  const value = changetype<Value>(allocate(offsetof<Value>()));
  value.kind = NULL;
  value.ptr = 0;
  value.size = 0;
  value.key = key;
  value.parent = parent;
  value.children = none;
  return value;
}

function readValue(parent: Value | null, key: Text | null, onError: u32): Value {
  const value = newValue(parent, key);
  if (!ok()) return value;
  if (++values > MAX_VALUES) {
    problem(FORMAT_LIMIT).message.put('The JSON holds more than ').number(MAX_VALUES).put(' values');
    return value;
  }
  const byte = peek();
  if (byte == 0x22) setText(value, STRING, readString());
  else if (byte == 0x7b) readMembers(value, onError);
  else if (byte == 0x5b) readElements(value, onError);
  else if (byte == 0x2d || isDigit(byte)) setText(value, NUMBER, readNumber());
  else {
    const word = readWord();
    value.kind = word == 0x6e ? NULL : BOOLEAN;
    value.size = word == 0x74 ? 1 : 0;
  }
  return value;
}

@inline
function setText(value: Value, kind: u32, text: Text): void {
  value.kind = kind;
  value.ptr = text.ptr;
  value.size = text.size;
}

/** An empty object that stands where `place` does: what a short form means. */
export function newObject(place: Value): Value {
  const object = newValue(place.parent, place.key);
  object.kind = OBJECT;
  object.children = newList<Value>();
  return object;
}

export function addText(object: Value, key: Text, text: Text): void {
  const member = newValue(object, key);
  setText(member, STRING, text);
  object.children.push(member);
}

export function addBoolean(object: Value, key: Text, isTrue: bool): void {
  const member = newValue(object, key);
  member.kind = BOOLEAN;
  member.size = isTrue ? 1 : 0;
  object.children.push(member);
}

function readMembers(object: Value, onError: u32): void {
  object.kind = OBJECT;
  object.children = newList<Value>();
  enter(0x7b);
  for (let key = nextKey(true); key !== null; key = nextKey(false)) {
    object.children.push(readValue(object, key, onError));
  }
  if (!ok()) return;
  const twice = object.count <= FEW_MEMBERS ? duplicateAmongFew(object) : duplicateAmongMany(object);
  if (twice !== null) problem(onError).message.byte(0x60).text(pathOf(twice)).put('` is given twice');
}

function readElements(array: Value, onError: u32): void {
  array.kind = ARRAY;
  array.children = newList<Value>();
  enter(0x5b);
  for (let first = true; nextElement(first); first = false) {
    array.children.push(readValue(array, null, onError));
  }
}

function duplicateAmongFew(object: Value): Value | null {
  for (let i = 1; i < object.count; i++) {
    for (let j = 0; j < i; j++) {
      if (sameBytes(keyOf(object.child(i)), keyOf(object.child(j)))) return object.child(i);
    }
  }
  return null;
}

function duplicateAmongMany(object: Value): Value | null {
  const members = newList<Value>();
  for (let i = 0; i < object.count; i++) members.push(object.child(i));
  sortList<Value>(members, (a, b) => compareBytes(keyOf(a), keyOf(b)));
  for (let i = 1; i < members.count; i++) {
    if (sameBytes(keyOf(members.at(i - 1)), keyOf(members.at(i)))) return members.at(i);
  }
  return null;
}

/** The key of an object's member. */
@inline
export function keyOf(member: Value): Text {
  return changetype<Text>(member.key);
}

/** Where a value stands, as Nix would write it: `source.url.urls[1].hash`, `fileHashes."a.bin"`. */
export function pathOf(value: Value): Text {
  const path = newOutput();
  writePath(value, path);
  return path.asText();
}

function writePath(value: Value, path: Output): void {
  const parent = value.parent;
  if (parent === null) return;
  writePath(parent, path);
  const key = value.key;
  if (key === null) {
    path.byte(0x5b).number(indexIn(parent, value)).byte(0x5d);
    return;
  }
  if (path.size > 0) path.byte(0x2e);
  if (isPlainKey(key)) path.text(key);
  else path.byte(0x22).shown(key).byte(0x22);
}

function indexIn(parent: Value, value: Value): u64 {
  let index = 0;
  while (index < parent.count && parent.child(index) !== value) index++;
  return index;
}

function isPlainKey(key: Text): bool {
  for (let i: usize = 0; i < key.size; i++) {
    const byte = key.at(i);
    if (!isLetter(byte) && byte != 0x5f && (i == 0 || (!isDigit(byte) && byte != 0x2d))) return false;
  }
  return key.size > 0;
}
