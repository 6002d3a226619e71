// Which members of a zip an inspection opens: the arrays of an npz; of a PyTorch checkpoint its pickle
// and the records that say a word about it. Tensors are never among them.

import { INSPECT_NPY, INSPECT_RECORD, PICKLE } from '../scan/format-ids';
import { endsFolded } from '../scan/path';
import { isDataPickle } from '../scan/zip-name';
import { countHeader } from './listing';

/** The format that a member is read as; 0 for one that is passed over. `bytes`: unpacked. */
export function chooseMember(isTorch: bool, name: usize, size: usize, bytes: u64): u32 {
  if (!isTorch) return endsFolded(name, size, '.npy') ? INSPECT_NPY : 0;
  if (isDataPickle(name, size)) {
    countHeader(bytes);
    return PICKLE;
  }
  const isRecord = endsFolded(name, size, '/version') || endsFolded(name, size, '/byteorder')
    || endsFolded(name, size, '/.data/serialization_id');
  return isRecord ? INSPECT_RECORD : 0;
}
