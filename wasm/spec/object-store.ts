// What the object stores (s3, gcs, azure) have in common: folders of objects in a bucket, servers of
// one's own, and short forms that are addresses, `s3://bucket/folder?region=eu-west-1`.

import { addBoolean, addText, keyOf, newObject, Value } from '../json/value';
import { isDigit, isLetter, literal, sameBytes, Text } from '../text';
import { invalid, optionalBoolean, optionalText, refuse } from './expect';
import { MODEL, Source } from './source';

/** The folder that holds the model, without slashes at its ends; empty for the whole bucket. */
export function addPrefix(source: Source, value: Value, bucket: Text): void {
  const given = optionalText(value, 'prefix');
  const prefix = given === null ? literal('') : withoutSlashes(given);
  if (prefix.hasControl() || hasDots(prefix)) {
    refuse(value, 'a folder of objects', 'a/b, without control characters, "." and ".."', prefix);
  }
  source.addText('prefix', MODEL, prefix);
  source.title = prefix.size > 0 ? prefix.after(0x2f) : bucket;
}

function withoutSlashes(text: Text): Text {
  let from: usize = 0;
  while (from < text.size && text.at(from) == 0x2f) from++;
  return text.part(from, text.size).withoutSlash();
}

function hasDots(path: Text): bool {
  for (let from: usize = 0; from <= path.size;) {
    const slash = path.indexOf(0x2f, from);
    const end = slash < 0 ? path.size : <usize>slash;
    const part = path.part(from, end);
    if (part.is('.') || part.is('..')) return true;
    from = end + 1;
  }
  return false;
}

export function addFlag(source: Source, value: Value, name: string, role: u32): void {
  const isTrue = optionalBoolean(value, name);
  const given = value.member(name) !== null;
  const json = literal(isTrue ? 'true' : 'false');
  source.addJson(name, role, given ? json : null, given);
}

/** What S3 and Google allow, and what older buckets are called. */
export function checkBucket(place: Value, bucket: Text): void {
  const good = bucket.size >= 3 && bucket.size <= 255 && bucket.consistsOf('._-')
    && isWord(bucket.at(0)) && isWord(bucket.at(bucket.size - 1));
  if (!good) refuse(place, 'the name of a bucket', '3 to 255 of A-Z a-z 0-9 . _ -, such as my-models', bucket);
}

function isWord(byte: u32): bool {
  return isLetter(byte) || isDigit(byte);
}

/** `bucket/folder?attribute=value&...` */
export function bucketForm(place: Value, address: Text): Value {
  const form = newObject(place);
  addParts(form, pathOfAddress(address), 'bucket', 'prefix');
  addQuery(form, address);
  return form;
}

/** What stands before the first slash, and what behind it where there is one. */
export function addParts(form: Value, path: Text, first: string, rest: string): void {
  const slash = path.indexOf(0x2f);
  addText(form, literal(first), slash < 0 ? path : path.part(0, slash));
  if (slash >= 0) addText(form, literal(rest), path.part(slash + 1, path.size));
}

/** An address without its question mark and what is behind it. */
export function pathOfAddress(address: Text): Text {
  const question = address.indexOf(0x3f);
  return question < 0 ? address : address.part(0, question);
}

/** Adds the attributes behind the question mark to the form. */
export function addQuery(form: Value, address: Text): void {
  for (let from = pathOfAddress(address).size + 1; from <= address.size;) {
    const and = address.indexOf(0x26, from);
    const end = and < 0 ? address.size : <usize>and;
    addAttribute(form, address.part(from, end));
    from = end + 1;
  }
}

function addAttribute(form: Value, text: Text): void {
  const equals = text.indexOf(0x3d);
  const key = equals < 0 ? text : text.part(0, equals);
  const value = equals < 0 ? literal('') : text.part(equals + 1, text.size);
  for (let i = 0; i < form.count; i++) {
    if (sameBytes(keyOf(form.child(i)), key)) invalid(form.child(i)).message.put(' is given twice');
  }
  if (value.is('true') || value.is('false')) addBoolean(form, key, value.is('true'));
  else addText(form, key, value);
}
