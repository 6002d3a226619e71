// Whether a JSON text is a configuration of Keras: an object that names its class and has its `config`. Only
// the keys of the outermost object are looked at, whatever is wrong with the rest, because every JSON file
// is asked this, and vocabularies have many megabytes.

import { mark, release } from '../abi';
import { FORMAT_INVALID } from '../../build/generated/status';
import { open, readString } from '../json/reader';
import { begin } from '../problem';
import { Text, textAt } from '../text';

const CLASS_NAME: u32 = 1;
const CONFIG: u32 = 2;

const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;
const COMMA: u32 = 0x2c;
const COLON: u32 = 0x3a;
const OBJECT: u32 = 0x7b;
const OBJECT_END: u32 = 0x7d;
const LIST: u32 = 0x5b;
const LIST_END: u32 = 0x5d;

export function isKerasConfig(ptr: usize, size: usize): bool {
  if (!isJsonObject(ptr, size)) return false;
  const end = ptr + size;
  let depth = 0, seen: u32 = 0, last: u32 = 0;
  for (let at = ptr; at < end;) {
    const byte = <u32>load<u8>(at);
    if (byte == QUOTE) {
      const begin = at;
      at = endOfString(at, end);
      // What stands in the object itself, behind its brace or a comma.
      if (depth == 1 && (last == OBJECT || last == COMMA)) seen |= kindOfKey(begin, at);
      if (seen == (CLASS_NAME | CONFIG)) return true;
      last = byte;
      continue;
    }
    at++;
    if (byte == COMMA || byte == COLON) last = byte;
    else if (byte == OBJECT || byte == LIST) {
      depth++;
      last = byte;
    } else if (byte == OBJECT_END || byte == LIST_END) {
      if (--depth == 0) break;
    }
  }
  return false;
}

/** Whether a text begins as one, behind white space and a byte order mark. */
export function isJsonObject(ptr: usize, size: usize): bool {
  let i: usize = size >= 3 && (load<u32>(ptr) & 0xffffff) == 0xbfbbef ? 3 : 0;
  while (i < size && isBlank(load<u8>(ptr + i))) i++;
  return i < size && load<u8>(ptr + i) == OBJECT;
}

@inline
function isBlank(byte: u32): bool {
  return byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d;
}

/** Behind the closing quote. */
function endOfString(at: usize, end: usize): usize {
  for (at++; at < end; at++) {
    const byte = load<u8>(at);
    if (byte == QUOTE) return at + 1;
    if (byte == BACKSLASH) at++;
  }
  return end;
}

function kindOfKey(begin: usize, end: usize): u32 {
  const before = mark();
  const key = decode(begin, end);
  const kind = key.is('class_name') ? CLASS_NAME : key.is('config') ? CONFIG : 0;
  release(before);
  return kind;
}

/** Keys may be spelled with escapes; a broken one is none of ours. */
function decode(from: usize, end: usize): Text {
  begin();
  open(from, end - from, FORMAT_INVALID);
  const key = readString();
  begin();
  return key.size > 0 ? key : textAt(0, 0);
}
