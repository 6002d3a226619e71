// joblib's NumpyArrayWrapper: what its state says about the array that follows in the file.

import { ABSENT } from '../scan/table';
import { dtypeSize, hasObjects } from './dtype';
import { itemsOf } from './objects';
import { wholeOf } from './storages';
import { A_DTYPE, A_TUPLE, EMPTY, kindOf, NOTHING, value, WORD } from './values';
import { ALIGNMENT_WORD, DTYPE_WORD, SHAPE_WORD } from './words';

/** The value of a key of the state; NOTHING where there is none. The last one counts. */
function entry(state: u32, word: u32): u32 {
  const items = itemsOf(state);
  if (items === null) return NOTHING;
  let found = NOTHING;
  for (let i: u32 = 0; i + 1 < items.count; i += 2) if (items.at(i) == value(WORD, word)) found = items.at(i + 1);
  return found;
}

export function arrayHasObjects(state: u32): bool {
  const dtype = entry(state, DTYPE_WORD);
  return kindOf(dtype) == A_DTYPE && hasObjects(dtype);
}

/** Bytes of its elements; ABSENT where that cannot be told. */
export function arrayBytes(state: u32): u64 {
  const dtype = entry(state, DTYPE_WORD), shape = entry(state, SHAPE_WORD);
  if (kindOf(dtype) != A_DTYPE || dtypeSize(dtype) == 0) return ABSENT;
  let bytes = <u64>dtypeSize(dtype);
  if (kindOf(shape) == EMPTY) return bytes;
  const items = kindOf(shape) == A_TUPLE ? itemsOf(shape) : null;
  if (items === null) return ABSENT;
  for (let i: u32 = 0; i < items.count; i++) {
    const length = wholeOf(items.at(i));
    if (length == ABSENT || (length != 0 && bytes > (u64.MAX_VALUE >> 1) / length)) return ABSENT;
    bytes *= length;
  }
  return bytes;
}

/** Whether a byte with the length of a padding stands before the elements. */
export function arrayIsPadded(state: u32): bool {
  return wholeOf(entry(state, ALIGNMENT_WORD)) != ABSENT;
}
