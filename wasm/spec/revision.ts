// Names of git revisions, as far as they can be judged without the repository.

import { Value } from '../json/value';
import { isDigit, Text } from '../text';
import { refuse } from './expect';

/** The length of a git commit in hexadecimal. */
const COMMIT_DIGITS: usize = 40;

export function checkRevision(place: Value, revision: Text): void {
  if (!isRevision(revision)) refuse(place, 'a revision', 'a branch, a tag or a commit', revision);
}

/** What git allows in the name of a reference, roughly. */
function isRevision(text: Text): bool {
  let last: u32 = 0x2f;
  for (let i: usize = 0; i < text.size; i++) {
    const byte = text.at(i);
    if (byte <= 0x20 || byte == 0x7f || byte == 0x7e || byte == 0x5e || byte == 0x3a || byte == 0x3f
      || byte == 0x2a || byte == 0x5b || byte == 0x5c) return false;
    if ((byte == 0x2e && last == 0x2e) || (byte == 0x2f && last == 0x2f)) return false;
    last = byte;
  }
  return text.size > 0 && last != 0x2f;
}

/** A commit never moves; a branch does, and even a tag may. */
export function isCommit(text: Text): bool {
  for (let i: usize = 0; i < text.size; i++) {
    if (!isDigit(text.at(i)) && text.at(i) - 0x61 > 5) return false;
  }
  return text.size == COMMIT_DIGITS;
}
