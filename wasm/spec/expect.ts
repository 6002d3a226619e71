// Types of attributes: each function takes what the user wrote and answers the value or, after a
// complaint that names the attribute, something harmless. `null` counts as not given everywhere.

import { SPEC_INVALID } from '../../build/generated/status';
import { parseUnsigned, unsigned } from '../json/reader';
import { ARRAY, BOOLEAN, NULL, NUMBER, OBJECT, pathOf, STRING, Value } from '../json/value';
import { List, newList } from '../list';
import { newOutput, Output } from '../output';
import { ok, Problem, problem } from '../problem';
import { literal, Text } from '../text';

/** Complaints about a lock have a status of their own. */
let status: u32 = SPEC_INVALID;

export function complainWith(code: u32): void {
  status = code;
}

export function optionalText(object: Value, name: string): Text | null {
  const value = object.member(name);
  if (value === null) return null;
  if (value.kind == STRING) return value;
  wrongType(value, 'a text');
  return null;
}

export function optionalUnsigned(object: Value, name: string): bool {
  const value = object.member(name);
  if (value === null) return false;
  if (value.kind == NUMBER && parseUnsigned(value)) return true;
  wrongType(value, 'a whole number, not negative');
  return false;
}

/** What the last optionalUnsigned found. */
@inline
export function lastUnsigned(): u64 {
  return unsigned;
}

export function optionalBoolean(object: Value, name: string): bool {
  return booleanOr(object, name, false);
}

export function booleanOr(object: Value, name: string, otherwise: bool): bool {
  const value = object.member(name);
  if (value === null) return otherwise;
  if (value.kind != BOOLEAN) wrongType(value, 'true or false');
  return value.isTrue;
}

export function optionalObject(object: Value, name: string): Value | null {
  const value = object.member(name);
  return value !== null && expectObject(value) ? value : null;
}

export function expectObject(value: Value): bool {
  if (value.kind != OBJECT) wrongType(value, 'an attribute set');
  return value.kind == OBJECT;
}

/** The texts of a list, none of them empty. */
export function textList(value: Value, wanted: string): List<Text> {
  const texts = newList<Text>();
  if (value.kind != ARRAY) wrongType(value, wanted);
  for (let i = 0; value.kind == ARRAY && i < value.count && ok(); i++) {
    const item = value.child(i);
    if (item.kind != STRING || item.size == 0) wrongType(item, 'a text that is not empty');
    else texts.push(item);
  }
  return texts;
}

/** One of several attributes that mean the same; null where none is given. */
export function oneOf(object: Value, a: string, b: string, c: string): Text | null {
  const first = optionalText(object, a);
  const second = optionalText(object, b);
  const third = c.length > 0 ? optionalText(object, c) : null;
  const given = (first !== null ? 1 : 0) + (second !== null ? 1 : 0) + (third !== null ? 1 : 0);
  if (given > 1) {
    const made = invalid(object);
    made.message.put(' gives `').put(first !== null ? a : b).put('` and `').put(third !== null ? c : b);
    made.message.put('`, which mean the same: keep one');
  }
  return first !== null ? first : second !== null ? second : third;
}

/** A text that has to be given. `example` is one, as Nix writes it. */
export function requiredText(object: Value, name: string, example: string): Text {
  const text = optionalText(object, name);
  if (text !== null) return text;
  if (object.member(name) === null) {
    invalid(object).message.put(' lacks `').put(name).put('`, such as ').put(example);
  }
  return literal('');
}

/** "Not <what>, in `place`": the text that was found is not one of those that are wanted. */
export function refuse(place: Value, what: string, wanted: string, found: Text): Problem {
  const made = problem(status);
  made.message.put('Not ').put(what).put(', in `').text(pathOf(place)).byte(0x60);
  return made.wanted(literal(wanted)).found(newOutput().shown(found).asText());
}

export function wrongType(value: Value, wanted: string): void {
  invalid(value).wanted(literal(wanted)).found(describe(value)).message.put(' must be ').put(wanted);
}

/** A complaint that begins with the attribute's path. */
export function invalid(value: Value): Problem {
  const made = problem(status);
  const path = pathOf(value);
  const message = made.message;
  if (path.size > 0) message.byte(0x60).text(path).byte(0x60);
  else message.put('The specification');
  return made;
}

/** A value for a message. */
export function describe(value: Value): Text {
  const out: Output = newOutput();
  switch (value.kind) {
    case NULL: out.put('null'); break;
    case BOOLEAN: out.put(value.isTrue ? 'true' : 'false'); break;
    case NUMBER: out.put('the number ').shown(value); break;
    case STRING: out.put('the text "').shown(value).byte(0x22); break;
    case ARRAY: out.put('a list'); break;
    default: out.put('an attribute set');
  }
  return out.asText();
}
