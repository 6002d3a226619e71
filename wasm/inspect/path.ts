// Where a tensor lies in a checkpoint: dictionaries in dictionaries, whose keys joined by dots are its
// name, as a state_dict has it.

import { Output } from '../output';
import { keep } from './kept';
import { Tensor, writeText } from './listing';

/** Levels that are followed: beyond them, or in a circle, a name begins in the middle. */
const MAX_LEVELS: u32 = 64;
const levels: usize = memory.data(64 * 4);

/** A dictionary, a list or an object. */
@unmanaged
export class Place {
  /** The one that it lies in; 0 while none is known. */
  parent: usize;
  key: usize;
  keySize: usize;
  /** The word that stood before it when it was made: most likely its key (places.ts). */
  keyWord: u32;
  /** What has been put into it by position. */
  count: u32;
  /** Whether it has been put somewhere: the first place counts. */
  placed: bool;
}

/** 0 where there is no memory for it: what is put into it is named by what is known. */
export function newPlace(): usize {
  return keep(offsetof<Place>());
}

/** The inside of a JSON string. */
export function writePath(to: Output, tensor: Tensor): void {
  let count: u32 = 0;
  for (let at = tensor.parent; at != 0 && count < MAX_LEVELS; at = changetype<Place>(at).parent) {
    store<u32>(levels + <usize>(count++) * 4, <u32>at);
  }
  let isFirst = true;
  while (count > 0) {
    const place = changetype<Place>(<usize>load<u32>(levels + <usize>(--count) * 4));
    if (place.placed) isFirst = writePart(to, place.key, place.keySize, isFirst);
  }
  writePart(to, tensor.name, tensor.nameSize, isFirst);
}

/** An object's own dictionary has no key. Answers whether the next part is still the first. */
function writePart(to: Output, key: usize, size: usize, isFirst: bool): bool {
  if (size == 0) return isFirst;
  if (!isFirst) to.byte(0x2e);
  writeText(to, key, size);
  return false;
}
