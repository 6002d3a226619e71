// Symbolic links: inside of the directory they may point anywhere. Two layouts point outside of it by design:
// models whose files are paths of the Nix store, and snapshots of a Hugging Face cache.

import { TREE_BROKEN_LINK, TREE_LINK } from '../../../build/generated/scan-rules';
import { newOutput } from '../../output';
import { isDigit, isLetter, Text } from '../../text';
import { accuse } from './report';
import { directoryOf, exists, resolve, Row } from './rows';

/** Characters of a store path's hash. */
const HASH_SIZE: usize = 32;

export function judgeLink(row: Row): void {
  if (!row.type.is('symlink')) return;
  const target = row.target;
  if (target.size > 0 && target.at(0) == 0x2f) {
    if (!isStorePath(target)) leaves(row, 'Is a link to a place outside of the directory: ');
    return;
  }
  const path = resolve(directoryOf(row.path), target);
  if (path === null) {
    if (!isBlob(row.path, target)) leaves(row, 'Is a link that leads out of the directory: ');
  } else if (target.size == 0 || !exists(path)) {
    accuse(TREE_BROKEN_LINK, row, newOutput().put('Is a link to something that is not there: ').shown(target));
  }
}

function leaves(row: Row, words: string): void {
  accuse(TREE_LINK, row, newOutput().put(words).shown(row.target));
}

/** `/…/store/<hash>-<name>`, and below it. */
function isStorePath(target: Text): bool {
  for (let i: usize = 0; i + 7 + HASH_SIZE < target.size; i++) {
    if (!target.part(i, i + 7).is('/store/')) continue;
    let end = i + 7;
    while (end < i + 7 + HASH_SIZE && (isDigit(target.at(end)) || isLetter(target.at(end)))) end++;
    return end == i + 7 + HASH_SIZE && target.at(end) == 0x2d && !climbs(target);
  }
  return false;
}

function climbs(target: Text): bool {
  for (let i: usize = 0; i + 3 < target.size; i++) if (target.part(i, i + 4).is('/../')) return true;
  return target.endsWith('/..');
}

/** `../../blobs/<digest>` from a snapshot, with one `..` more for each level below it. */
function isBlob(path: Text, target: Text): bool {
  let levels = 2;
  for (let i: usize = 0; i < path.size; i++) if (path.at(i) == 0x2f) levels++;
  let at: usize = 0;
  for (; levels > 0 && at + 3 <= target.size && target.part(at, at + 3).is('../'); levels--) at += 3;
  const rest = target.part(at, target.size);
  return levels == 0 && rest.startsWith('blobs/') && isDigest(rest.part(6, rest.size));
}

/** SHA-1 of git, or SHA-256. */
function isDigest(text: Text): bool {
  for (let i: usize = 0; i < text.size; i++) if (!isDigit(text.at(i)) && text.at(i) - 0x61 > 5) return false;
  return text.size == 40 || text.size == 64;
}
