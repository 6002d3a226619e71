// Cuts a Jinja template into tokens as Jinja's own lexer does: comments and raw parts are passed over, a
// tag ends only outside of brackets, strings are unescaped. What Jinja would refuse is `broken`.
// judge.ts draws its conclusions.

import { newOutput, Output } from '../../output';
import { isDigit, isLetter, Text, textAt } from '../../text';
import { encodeRune } from '../../utf8';

/** Kinds of tokens. An operator's kind is its character. */
export const FINISHED: u32 = 0;
export const NAME: u32 = 1;
export const STRING: u32 = 2;
export const NUMBER: u32 = 3;
/** `{{` and `{%`. */
export const EXPRESSION: u32 = 4;
export const STATEMENT: u32 = 5;
/** The end of a tag. */
export const TAG_END: u32 = 6;

/** Brackets inside each other. */
const MAX_DEPTH: u32 = 256;

/** The last name; the last string without its quotes and escapes. */
export let token: Text = changetype<Text>(0);
/** Where the last token begins, in bytes. */
export let tokenAt: usize = 0;
/** Why Jinja would not read on. */
export let broken: string | null = null;
/** Brackets that are open. */
export let depth: u32 = 0;

let ptr: usize = 0;
let size: usize = 0;
let at: usize = 0;
/** EXPRESSION or STATEMENT inside of one, 0 in the text between them. */
let tag: u32 = 0;

export function openTemplate(text: Text): void {
  ptr = text.ptr;
  size = text.size;
  at = 0;
  tag = 0;
  depth = 0;
  broken = null;
}

export function nextToken(): u32 {
  if (tag == 0) return nextTag();
  while (at < size && isBlank(byteAt(at))) at++;
  tokenAt = at;
  if (at >= size) return stop('A tag of the template is not closed.');
  const end = depth == 0 ? endSize() : 0;
  if (end > 0) {
    at += end;
    tag = 0;
    return TAG_END;
  }
  const byte = byteAt(at);
  if (byte == 0x22 || byte == 0x27) return readString(byte);
  if (isDigit(byte)) {
    while (at < size && isDigit(byteAt(at))) at++;
    return NUMBER;
  }
  return isWord(byte) ? readName() : readOperator(byte);
}

@inline
function byteAt(index: usize): u32 {
  return index < size ? <u32>load<u8>(ptr + index) : 0;
}

@inline
function isBlank(byte: u32): bool {
  return byte == 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

@inline
function isWord(byte: u32): bool {
  return isLetter(byte) || isDigit(byte) || byte == 0x5f;
}

function stop(why: string): u32 {
  broken = why;
  return FINISHED;
}

/** The next tag; comments and raw parts hide what looks like tags in them. */
function nextTag(): u32 {
  for (; at + 1 < size; at++) {
    if (byteAt(at) != 0x7b) continue;
    const next = byteAt(at + 1);
    tokenAt = at;
    if (next == 0x23) {
      if (!passComment()) return stop('A comment of the template is not closed.');
    } else if (next == 0x25 && isRaw(at + 2)) {
      if (!passRaw()) return stop('A raw part of the template is not closed.');
    } else if (next == 0x7b || next == 0x25) {
      at += 2;
      if (byteAt(at) == 0x2d || byteAt(at) == 0x2b) at++;
      tag = next == 0x7b ? EXPRESSION : STATEMENT;
      return tag;
    }
  }
  return FINISHED;
}

/** Leaves `at` on the last byte of the comment. */
function passComment(): bool {
  for (at += 2; at + 1 < size; at++) {
    if (byteAt(at) == 0x23 && byteAt(at + 1) == 0x7d) {
      at++;
      return true;
    }
  }
  return false;
}

/** `raw` and the end of a tag, behind `{%`. */
function isRaw(from: usize): bool {
  const word = skipBlanks(isSign(byteAt(from)) ? from + 1 : from);
  if (word + 3 > size || !textAt(ptr + word, 3).is('raw')) return false;
  const end = skipBlanks(word + 3);
  const closing = byteAt(end) == 0x2d ? end + 1 : end;
  return byteAt(closing) == 0x25 && byteAt(closing + 1) == 0x7d;
}

function passRaw(): bool {
  for (at += 2; at + 1 < size; at++) {
    if (byteAt(at) != 0x7b || byteAt(at + 1) != 0x25) continue;
    const word = skipBlanks(isSign(byteAt(at + 2)) ? at + 3 : at + 2);
    if (word + 6 > size || !textAt(ptr + word, 6).is('endraw')) continue;
    const end = skipBlanks(word + 6);
    const closing = isSign(byteAt(end)) ? end + 1 : end;
    if (byteAt(closing) != 0x25 || byteAt(closing + 1) != 0x7d) continue;
    at = closing + 1;
    return true;
  }
  return false;
}

@inline
function isSign(byte: u32): bool {
  return byte == 0x2d || byte == 0x2b;
}

function skipBlanks(from: usize): usize {
  while (from < size && isBlank(byteAt(from))) from++;
  return from;
}

/** Bytes of the tag's end, if it stands here. */
function endSize(): usize {
  const first = byteAt(at), close: u32 = tag == EXPRESSION ? 0x7d : 0x25;
  const signed = first == 0x2d || (first == 0x2b && tag == STATEMENT);
  const from = signed ? at + 1 : at;
  if (byteAt(from) != close || byteAt(from + 1) != 0x7d) return 0;
  return signed ? 3 : 2;
}

function readName(): u32 {
  const begin = at;
  while (at < size && isWord(byteAt(at))) at++;
  token = textAt(ptr + begin, at - begin);
  return NAME;
}

function readOperator(byte: u32): u32 {
  if (byte == 0x28 || byte == 0x5b || byte == 0x7b) {
    if (++depth > MAX_DEPTH) return stop('The template has more than 256 brackets inside each other.');
  } else if (byte == 0x29 || byte == 0x5d || byte == 0x7d) {
    if (depth-- == 0) return stop('A bracket of the template is closed that was not opened.');
  } else if (!isOperator(byte)) {
    return stop('The template has a character where none may be.');
  }
  at++;
  return byte;
}

/** % * + , - . / : ; < = > ! | ~ */
function isOperator(byte: u32): bool {
  if (byte == 0x25 || byte == 0x21 || byte == 0x7c || byte == 0x7e) return true;
  return (byte >= 0x2a && byte <= 0x2f) || (byte >= 0x3a && byte <= 0x3e);
}

function readString(quote: u32): u32 {
  const text = newOutput(32);
  for (at++; at < size; at++) {
    const byte = byteAt(at);
    if (byte == quote) {
      at++;
      token = text.asText();
      return STRING;
    }
    if (byte == 0x5c) readEscape(text);
    else text.byte(byte);
  }
  return stop('A text of the template is not closed.');
}

/** Python's escapes. Leaves `at` on the last byte. A character by its name stands for an underscore. */
function readEscape(to: Output): void {
  const letter = byteAt(++at);
  switch (letter) {
    case 0x6e: to.byte(0x0a); return;
    case 0x74: to.byte(0x09); return;
    case 0x72: to.byte(0x0d); return;
    case 0x78: readDigits(to, 16, 2); return;
    case 0x75: readDigits(to, 16, 4); return;
    case 0x55: readDigits(to, 16, 8); return;
    case 0x4e: {
      while (at < size && byteAt(at) != 0x7d) at++;
      to.byte(0x5f);
      return;
    }
  }
  if (letter - 0x30 < 8) {
    at--;
    readDigits(to, 8, 3);
  } else {
    to.byte(letter);
  }
}

function readDigits(to: Output, base: u32, most: u32): void {
  let rune: u32 = 0;
  for (let i: u32 = 0; i < most; i++) {
    const byte = byteAt(at + 1);
    const digit = isDigit(byte) ? byte - 0x30 : isLetter(byte) ? (byte | 0x20) - 0x57 : 99;
    if (digit >= base) break;
    rune = rune * base + digit;
    at++;
  }
  if (rune >= 0x110000) rune = 0xfffd;
  to.size += encodeRune(to.reserve(4), rune);
}
