// The key-value pairs of a GGUF file: read, checked, and written as JSON. Long arrays (a vocabulary)
// and long texts are told by their length and their beginning, so that the JSON of a header stays
// small whatever the header says.

import { allocate } from '../abi';
import { List, newList, sortList } from '../list';
import { newOutput, Output } from '../output';
import { ok } from '../problem';
import { compareBytes, sameBytes, Text } from '../text';
import { checkVocabulary } from './vocabulary';
import {
  fits, going, invalid, invalidPart, numberText, readText, readU32, readU64, take, tooMany,
} from './reader';
import { isKnown, nameOf, sizeOf, TYPE_ARRAY, TYPE_BOOL, TYPE_STRING, TYPE_U32, writeFixed, writeText } from './values';

/** Honest files have about fifty. */
const MAX_ENTRIES: u64 = 65_536;
/** Bytes; gguf.md's own limit. */
const MAX_KEY_BYTES: usize = 65_535;
/** Key length, one letter, type and one byte of a value, in bytes. */
const LEAST_ENTRY_BYTES: u64 = 8 + 1 + 4 + 1;
/** Beyond a page, where files are mapped from, there is no use; ggml's default is 32. Bytes. */
const MAX_ALIGNMENT: u32 = 1 << 20;
const DEFAULT_ALIGNMENT: u32 = 32;
/** Arrays with more elements are told by their first ones. Some models have one number per layer. */
const MAX_LISTED_ELEMENTS: u64 = 256;
const SHOWN_ELEMENTS: u64 = 8;

@unmanaged
export class Entry {
  key: Text;
  type: u32;
  /** Of an array. */
  elementType: u32;
  count: u64;
  /** Of a string. */
  text: Text;
}

/** What readMetadata has read. */
export let entries: List<Entry> = changetype<List<Entry>>(0);

/** What `general.alignment` says, in bytes. */
export let alignment: u32 = DEFAULT_ALIGNMENT;

export function readMetadata(count: u64, to: Output): void {
  alignment = DEFAULT_ALIGNMENT;
  entries = newList<Entry>();
  if (!fits(count, LEAST_ENTRY_BYTES)) return;
  if (count > MAX_ENTRIES) return tooMany('metadata entries', MAX_ENTRIES, count);
  to.byte(0x7b);
  for (let i: u64 = 0; i < count && going(); i++) entries.push(readEntry(to));
  to.byte(0x7d);
  if (!going()) return;
  refuseTwins(entries);
  checkVocabulary(entries);
}

function readEntry(to: Output): Entry {
  const entry = changetype<Entry>(allocate(offsetof<Entry>()));
  entry.key = readText();
  entry.type = readU32();
  if (!going()) return entry;
  checkKey(entry.key);
  if (!isKnown(entry.type)) {
    invalidPart('Metadata entry', entry.key, 'has an unknown type').found(numberText(entry.type));
  }
  if (!going()) return entry;
  to.comma().quoted(entry.key).byte(0x3a);
  if (entry.type == TYPE_ARRAY) readArray(entry, to);
  else if (entry.type == TYPE_STRING) {
    entry.text = readText();
    writeText(to, entry.text);
  }
  else readScalar(entry, to);
  return entry;
}

/** gguf.md: ASCII, at most 65,535 bytes. */
function checkKey(key: Text): void {
  if (key.size == 0) invalid('has a metadata entry without a key');
  else if (key.size > MAX_KEY_BYTES) invalidPart('Metadata entry', key, 'has too long a key').wanted(numberText(MAX_KEY_BYTES));
  for (let i: usize = 0; i < key.size && ok(); i++) {
    if (key.at(i) < 0x20 || key.at(i) > 0x7e) invalidPart('Metadata entry', key, 'has a key that is not ASCII');
  }
}

function readScalar(entry: Entry, to: Output): void {
  const at = take(sizeOf(entry.type));
  if (at == 0) return;
  if (entry.type == TYPE_BOOL) checkBools(entry, at, 1);
  if (entry.key.is('general.alignment')) checkAlignment(entry, at);
  writeFixed(to, entry.type, at);
}

/** Every tensor's place is rounded up by it: a wrong one is an attack on that arithmetic. */
function checkAlignment(entry: Entry, at: usize): void {
  const value = entry.type == TYPE_U32 ? load<u32>(at) : 0;
  if (value != 0 && (value & (value - 1)) == 0 && value <= MAX_ALIGNMENT) {
    alignment = value;
    return;
  }
  const made = invalidPart('Metadata entry', entry.key, 'is no alignment');
  made.wanted(newOutput().put('a power of two up to ').number(MAX_ALIGNMENT).put(', as u32').asText());
  if (entry.type == TYPE_U32) made.found(numberText(value));
  else made.found(newOutput().put(nameOf(entry.type)).asText());
}

function readArray(entry: Entry, to: Output): void {
  const type = readU32();
  const count = readU64();
  if (!going()) return;
  entry.elementType = type;
  entry.count = count;
  if (type == TYPE_ARRAY) invalidPart('Metadata entry', entry.key, 'is an array of arrays');
  else if (!isKnown(type)) invalidPart('Metadata entry', entry.key, 'has elements of an unknown type').found(numberText(type));
  if (entry.key.is('general.alignment')) invalidPart('Metadata entry', entry.key, 'is no alignment');
  if (!ok() || !fits(count, type == TYPE_STRING ? 8 : sizeOf(type))) return;

  const isListed = count <= MAX_LISTED_ELEMENTS;
  if (!isListed) to.put('{"type":"').put(nameOf(type)).put('[]"').member('count').number(count).member('first');
  to.byte(0x5b);
  const shown = isListed ? count : SHOWN_ELEMENTS;
  if (type == TYPE_STRING) readTexts(count, shown, to);
  else readFixed(entry, shown, to);
  to.put(isListed ? ']' : ']}');
}

/** Most of a vocabulary is passed over without a trace in memory. */
function readTexts(count: u64, shown: u64, to: Output): void {
  for (let i: u64 = 0; i < count && going(); i++) {
    if (i < shown) writeText(to.comma(), readText());
    else take(readU64());
  }
}

function readFixed(entry: Entry, shown: u64, to: Output): void {
  const size = sizeOf(entry.elementType);
  const at = take(entry.count * size);
  if (at == 0) return;
  if (entry.elementType == TYPE_BOOL) checkBools(entry, at, entry.count);
  for (let i: u64 = 0; i < shown; i++) writeFixed(to.comma(), entry.elementType, at + <usize>(i * size));
}

function checkBools(entry: Entry, at: usize, count: u64): void {
  for (let i: u64 = 0; i < count; i++) {
    const value = load<u8>(at + <usize>i);
    if (value > 1) {
      invalidPart('Metadata entry', entry.key, 'has a truth value that is neither 0 nor 1').found(numberText(value));
      return;
    }
  }
}

function refuseTwins(entries: List<Entry>): void {
  sortList<Entry>(entries, (a, b) => compareBytes(a.key, b.key));
  for (let i = 1; i < entries.count && ok(); i++) {
    const key = entries.at(i).key;
    if (sameBytes(entries.at(i - 1).key, key)) invalidPart('Metadata entry', key, 'is there twice');
  }
}
