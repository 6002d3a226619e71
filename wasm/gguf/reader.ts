// The beginning of a GGUF file, read forward and never past its end. Only the header is in memory:
// where it goes on beyond the bytes at hand, `lacking` says how far they must reach, and reading
// stops; where it goes on beyond the file, that is a failure. A count read from the file is compared
// with the bytes left for it before anything is done that often.

import { FORMAT_INVALID, FORMAT_LIMIT } from '../../build/generated/status';
import { newOutput } from '../output';
import { ok, Problem, problem } from '../problem';
import { Text, textAt } from '../text';

/** Bytes. A vocabulary of 262,144 tokens with its merges takes 16 MB; the safetensors limit is the same. */
const MAX_HEADER_BYTES: u64 = 100_000_000;

let origin: usize = 0;
let atHand: u64 = 0;
let fileSize: u64 = 0;

/** Offset in the file of the next byte. */
export let position: u64 = 0;
/** How many bytes from the start must be at hand to go on; 0 while they are. */
export let lacking: u64 = 0;

export function openReader(start: Text, size: u64): void {
  origin = start.ptr;
  atHand = min(<u64>start.size, size);
  fileSize = size;
  position = 0;
  lacking = 0;
}

/** Whether reading may go on: nothing failed, and nothing is lacking. */
@inline
export function going(): bool {
  return ok() && lacking == 0;
}

/** Address of the next `size` bytes, which are taken; 0 where they cannot be had. */
export function take(size: u64): usize {
  if (!going() || !fits(size, 1)) return 0;
  const end = position + size;
  if (end > atHand) {
    lacking = end;
    return 0;
  }
  const address = origin + <usize>position;
  position = end;
  return address;
}

/** Whether `count` things of at least `each` bytes can still come; fails where they cannot. */
export function fits(count: u64, each: u64): bool {
  if (!ok()) return false;
  const left = fileSize - position;
  if (count > left / each) {
    const made = invalid('ends too early');
    made.wanted(newOutput().number(count).put(each == 1 ? ' bytes' : ' entries').put(' from byte ').number(position).asText());
    made.found(newOutput().number(left).put(' bytes').asText());
    return false;
  }
  if (position + count * each <= MAX_HEADER_BYTES) return true;
  const made = problem(FORMAT_LIMIT);
  made.message.put('The header of the GGUF file is too large');
  made.wanted(newOutput().put('at most ').number(MAX_HEADER_BYTES).put(' bytes').asText());
  made.found(newOutput().put('at least ').number(position + count * each).put(' bytes').asText());
  return false;
}

export function readU32(): u32 {
  const at = take(4);
  return at != 0 ? load<u32>(at) : 0;
}

export function readU64(): u64 {
  const at = take(8);
  return at != 0 ? load<u64>(at) : 0;
}

/** u64 length and bytes. What the bytes are is the caller's business. */
export function readText(): Text {
  const size = readU64();
  const at = take(size);
  return textAt(at, at != 0 ? <usize>size : 0);
}

/** The offset, not before the present one, that is a multiple of a power of two. */
@inline
export function alignUp(offset: u64, alignment: u64): u64 {
  return (offset + (alignment - 1)) & ~(alignment - 1);
}

export function invalid(why: string): Problem {
  const made = problem(FORMAT_INVALID);
  made.message.put('The GGUF file ').put(why);
  return made;
}

/** "<what> "<name>" of the GGUF file <why>" */
export function invalidPart(what: string, name: Text, why: string): Problem {
  const made = problem(FORMAT_INVALID);
  made.message.put(what).put(' "').shown(name).put('" of the GGUF file ').put(why);
  return made;
}

export function tooMany(what: string, limit: u64, found: u64): void {
  const made = problem(FORMAT_LIMIT);
  made.message.put('The GGUF file has too many ').put(what);
  made.wanted(newOutput().put('at most ').number(limit).asText()).found(newOutput().number(found).asText());
}

/** A number for `wanted` and `found`. */
export function numberText(value: u64): Text {
  return newOutput(24).number(value).asText();
}
