// Runs of bytes: names, paths, patterns, pieces of the input. A Text owns nothing: its bytes lie in
// the host's input, in the arena or in static data. AssemblyScript's own strings are UTF-16 and live
// in a heap that the arena does not know, so they are used for literals only.

import { allocate } from './abi';

@unmanaged
export class Text {
  ptr: usize;
  size: usize;

  @inline at(index: usize): u32 {
    return load<u8>(this.ptr + index);
  }

  is(literal: string): bool {
    const length = <usize>literal.length;
    if (this.size != length) return false;
    const from = changetype<usize>(literal);
    for (let i: usize = 0; i < length; i++) {
      if (<u16>load<u8>(this.ptr + i) != load<u16>(from + (i << 1))) return false;
    }
    return true;
  }

  startsWith(literal: string): bool {
    const length = <usize>literal.length;
    return this.size >= length && this.part(0, length).is(literal);
  }

  endsWith(literal: string): bool {
    const length = <usize>literal.length;
    return this.size >= length && this.part(this.size - length, this.size).is(literal);
  }

  /** The bytes from `begin` up to `end`. */
  part(begin: usize, end: usize): Text {
    return textAt(this.ptr + begin, end - begin);
  }

  /** Where a byte stands, from `from` on; -1 where it does not. */
  indexOf(byte: u32, from: usize = 0): isize {
    for (let i = from; i < this.size; i++) if (this.at(i) == byte) return <isize>i;
    return -1;
  }

  lastIndexOf(byte: u32): isize {
    for (let i = <isize>this.size - 1; i >= 0; i--) if (this.at(i) == byte) return i;
    return -1;
  }

  /** Everything behind the last `byte`, or all of it. */
  after(byte: u32): Text {
    return this.part(this.lastIndexOf(byte) + 1, this.size);
  }

  /** Without the slashes at its end. */
  withoutSlash(): Text {
    let size = this.size;
    while (size > 0 && this.at(size - 1) == 0x2f) size--;
    return this.part(0, size);
  }

  /** Whether it has none but letters, digits and the bytes of `others`. */
  consistsOf(others: string): bool {
    for (let i: usize = 0; i < this.size; i++) {
      const byte = this.at(i);
      if (!isLetter(byte) && !isDigit(byte) && !hasUnit(others, byte)) return false;
    }
    return true;
  }

  /** Whether it has control characters; with `blanks`, spaces count as such. */
  hasControl(blanks: bool = false): bool {
    for (let i: usize = 0; i < this.size; i++) {
      const byte = this.at(i);
      if (byte < 0x20 || byte == 0x7f || (blanks && byte == 0x20)) return true;
    }
    return false;
  }
}

function hasUnit(literal: string, byte: u32): bool {
  for (let i = 0; i < literal.length; i++) if (<u32>literal.charCodeAt(i) == byte) return true;
  return false;
}

export function textAt(ptr: usize, size: usize): Text {
  const text = changetype<Text>(allocate(offsetof<Text>()));
  text.ptr = ptr;
  text.size = size;
  return text;
}

/** A literal as bytes. ASCII only. */
export function literal(source: string): Text {
  const size = <usize>source.length;
  const text = textAt(allocate(size), size);
  const from = changetype<usize>(source);
  for (let i: usize = 0; i < size; i++) store<u8>(text.ptr + i, load<u16>(from + (i << 1)));
  return text;
}

/** Byte order: less than 0, 0 or more than 0. */
export function compareBytes(a: Text, b: Text): i32 {
  const order = memory.compare(a.ptr, b.ptr, min(a.size, b.size));
  return order != 0 ? order : (a.size > b.size ? 1 : 0) - (a.size < b.size ? 1 : 0);
}

@inline
export function sameBytes(a: Text, b: Text): bool {
  return a.size == b.size && memory.compare(a.ptr, b.ptr, a.size) == 0;
}

@inline
export function isDigit(byte: u32): bool {
  return byte - 0x30 < 10;
}

@inline
export function isLetter(byte: u32): bool {
  return (byte | 0x20) - 0x61 < 26;
}
