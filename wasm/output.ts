// Text that is being written: results, messages. Grows in the arena; `quoted` writes JSON strings,
// `shown` repeats a piece of hostile input so that a terminal and a JSON reader survive it.

import { allocate } from './abi';
import { decodeRune, runeBytes } from './utf8';
import { Text, textAt } from './text';

/** How much of an offending input a message repeats, in bytes. */
const SHOWN_BYTES: usize = 120;

@unmanaged
export class Output {
  ptr: usize;
  size: usize;
  room: usize;

  /** Makes room for `more` bytes and returns where they go. */
  reserve(more: usize): usize {
    if (this.size + more > this.room) {
      const room = max(this.room << 1, this.size + more);
      const ptr = allocate(room);
      memory.copy(ptr, this.ptr, this.size);
      this.ptr = ptr;
      this.room = room;
    }
    return this.ptr + this.size;
  }

  byte(value: u32): Output {
    store<u8>(this.reserve(1), value);
    this.size++;
    return this;
  }

  bytes(ptr: usize, size: usize): Output {
    memory.copy(this.reserve(size), ptr, size);
    this.size += size;
    return this;
  }

  @inline text(text: Text): Output {
    return this.bytes(text.ptr, text.size);
  }

  /** A literal, ASCII only. */
  put(literal: string): Output {
    const length = <usize>literal.length;
    const to = this.reserve(length);
    const from = changetype<usize>(literal);
    for (let i: usize = 0; i < length; i++) store<u8>(to + i, load<u16>(from + (i << 1)));
    this.size += length;
    return this;
  }

  number(value: u64): Output {
    let digits = 1;
    for (let rest = value; rest >= 10; rest /= 10) digits++;
    let to = this.reserve(digits) + digits;
    do {
      store<u8>(--to, 0x30 + <u32>(value % 10));
      value /= 10;
    } while (value != 0);
    this.size += digits;
    return this;
  }

  /** A JSON boolean. */
  truth(value: bool): Output {
    return this.put(value ? 'true' : 'false');
  }

  u32(value: u32): Output {
    store<u32>(this.reserve(4), value);
    this.size += 4;
    return this;
  }

  u64(value: u64): Output {
    store<u64>(this.reserve(8), value);
    this.size += 8;
    return this;
  }

  /** A text that a host reads without a parser: its length as u32, its bytes. */
  sized(text: Text): Output {
    return this.u32(text.size as u32).text(text);
  }

  /** A JSON string. The text must be UTF-8. */
  quoted(text: Text): Output {
    this.reserve(text.size + 2);
    this.byte(0x22);
    let written: usize = 0;
    for (let i: usize = 0; i < text.size; i++) {
      const byte = text.at(i);
      if (byte >= 0x20 && byte != 0x22 && byte != 0x5c) continue;
      this.bytes(text.ptr + written, i - written);
      if (byte < 0x20) this.put('\\u00').hex(byte);
      else this.byte(0x5c).byte(byte);
      written = i + 1;
    }
    return this.bytes(text.ptr + written, text.size - written).byte(0x22);
  }

  /** A JSON member: `"key":`, with a comma where something stands before it. */
  member(key: string): Output {
    return this.comma().byte(0x22).put(key).put('":');
  }

  /** A comma, unless an opening bracket or nothing stands before. */
  comma(): Output {
    if (this.size == 0) return this;
    const last = load<u8>(this.ptr + this.size - 1);
    return last == 0x7b || last == 0x5b ? this : this.byte(0x2c);
  }

  /** Two lower-case hexadecimal digits. */
  hex(byte: u32): Output {
    return this.byte(hexDigit(byte >>> 4)).byte(hexDigit(byte & 15));
  }

  /** Foreign bytes for a message: at most 120, control and broken characters written as `\xNN`. */
  shown(text: Text): Output {
    let i: usize = 0;
    while (i < text.size && i < SHOWN_BYTES) {
      const rune = decodeRune(text.ptr + i, text.ptr + text.size);
      const length = runeBytes;
      if (rune < 0x20 || (rune >= 0x7f && rune < 0xa0) || rune >= 0x110000) {
        this.put('\\x').hex(text.at(i++));
      } else {
        this.bytes(text.ptr + i, length);
        i += length;
      }
    }
    return i < text.size ? this.put('...') : this;
  }

  @inline asText(): Text {
    return textAt(this.ptr, this.size);
  }
}

export function newOutput(room: usize = 128): Output {
  const output = changetype<Output>(allocate(offsetof<Output>()));
  output.ptr = allocate(room);
  output.size = 0;
  output.room = room;
  return output;
}

@inline
function hexDigit(value: u32): u32 {
  return value + (value < 10 ? 0x30 : 0x57);
}
