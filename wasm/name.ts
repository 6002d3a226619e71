// Names of store objects. A user's own name is checked, never changed; a name that is derived from a
// repository or a file is made valid, by the rule of nixpkgs' lib.strings.sanitizeDerivationName.

import { NAME_INVALID } from '../build/generated/status';
import { allocate } from './abi';
import { newOutput } from './output';
import { begin, finish, problem } from './problem';
import { isDigit, isLetter, literal, Text, textAt } from './text';

/** Nix's limit: the longest file name of most file systems less the digest and a hyphen. */
const MAX_NAME_BYTES: usize = 211;

/** A derived name leaves room for ".drv". */
const MAX_DERIVED_BYTES: usize = 207;

function isNameByte(byte: u32): bool {
  return isLetter(byte) || isDigit(byte)
    || byte == 0x2b || byte == 0x2d || byte == 0x2e || byte == 0x5f || byte == 0x3f || byte == 0x3d;
}

/** Complains unless Nix accepts the name. */
export function checkName(name: Text): void {
  let valid = name.size > 0 && name.size <= MAX_NAME_BYTES && name.at(0) != 0x2e;
  for (let i: usize = 0; i < name.size; i++) if (!isNameByte(name.at(i))) valid = false;
  if (valid) return;
  const made = problem(NAME_INVALID);
  made.message.put('Not a valid store name: "').shown(name).byte(0x22);
  const remedy = newOutput().put('Use `name = "').text(deriveName(name)).put('"`, or another name: 1 to 211 ');
  made.remedy(remedy.put('characters of A-Z a-z 0-9 + - . _ ? =, the first of them no dot.').asText());
}

/** A valid name from any text: runs of other bytes become a hyphen, the end is kept. */
export function deriveName(text: Text): Text {
  const made = textAt(allocate(text.size), 0);
  let replaced = false;
  for (let i = leadingDots(text); i < text.size; i++) {
    const byte = text.at(i);
    const good = isNameByte(byte);
    if (good || !replaced) store<u8>(made.ptr + made.size++, good ? byte : 0x2d);
    replaced = !good;
  }
  const cut = made.size > MAX_DERIVED_BYTES ? made.size - MAX_DERIVED_BYTES : 0;
  const kept = made.part(cut, made.size);
  const name = kept.part(leadingDots(kept), kept.size);
  return name.size > 0 ? name : literal('unknown');
}

function leadingDots(text: Text): usize {
  let dots: usize = 0;
  while (dots < text.size && text.at(dots) == 0x2e) dots++;
  return dots;
}

/** The reply is a valid store name made from the text. */
export function storename(ptr: usize, len: usize): usize {
  begin();
  return finish(newOutput().text(deriveName(textAt(ptr, len))));
}

/** Fails where Nix would not take the name. The reply is empty. */
export function checkname(ptr: usize, len: usize): usize {
  begin();
  checkName(textAt(ptr, len));
  return finish(newOutput());
}
