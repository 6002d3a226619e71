// From the core's JSON to values of the evaluator.

import { FORMAT_LIMIT, INTERNAL } from '../../build/generated/status';
import { allocate, mark, release } from '../abi';
import { parseUnsigned, unsigned } from '../json/reader';
import { ARRAY, BOOLEAN, keyOf, NUMBER, OBJECT, parseJson, STRING, Value } from '../json/value';
import { begin, ok, problem } from '../problem';
import { Text } from '../text';
import { newAttributes } from './attributes';
import { fail, failNow } from './failure';
import { floatOf } from './float';
import { makeBool, makeFloat, makeInt, makeList, makeNull, makeString } from './host';

/** The data of a reply as a tree; its failure ends the call. */
export function treeOf(record: usize, subject: Text | null): Value {
  if (load<u32>(record) != 0) fail(record, subject);
  begin();
  const value = parseJson(load<u32>(record, 4), load<u32>(record, 8), INTERNAL);
  if (!ok()) failNow(subject);
  return value;
}

export function makeValue(value: Value): u32 {
  switch (value.kind) {
    case STRING: return makeString(value.ptr, value.size);
    case NUMBER: return makeNumber(value);
    case BOOLEAN: return makeBool(value.isTrue ? 1 : 0);
    case ARRAY: return makeElements(value);
    case OBJECT: return makeMembers(value);
  }
  return makeNull();
}

function makeElements(array: Value): u32 {
  const before = mark();
  const ids = allocate(4 * <usize>array.count);
  for (let i = 0; i < array.count; i++) store<u32>(ids + 4 * <usize>i, makeValue(array.child(i)));
  const made = makeList(ids, array.count);
  release(before);
  return made;
}

function makeMembers(object: Value): u32 {
  const before = mark();
  const attributes = newAttributes(object.count);
  for (let i = 0; i < object.count; i++) {
    const member = object.child(i);
    attributes.putText(keyOf(member), makeValue(member));
  }
  const made = attributes.make();
  release(before);
  return made;
}

/** Integers stay integers; what JSON calls a number with a fraction becomes a float. */
function makeNumber(text: Text): u32 {
  const isNegative = text.at(0) == 0x2d;
  const digits = text.part(isNegative ? 1 : 0, text.size);
  if (!digits.consistsOf('')) return makeFloat(floatOf(text));
  const most = <u64>i64.MAX_VALUE + (isNegative ? 1 : 0);
  if (!parseUnsigned(digits) || unsigned > most) {
    problem(FORMAT_LIMIT).found(text).message.put('A number is larger than the integers of Nix');
    failNow(null);
  }
  return makeInt(isNegative ? 0 - <i64>unsigned : <i64>unsigned);
}

/** Of a whole number that is not negative, from the core's own writer. */
export function unsignedOf(value: Value): u64 {
  if (!parseUnsigned(value)) unreachable();
  return unsigned;
}
