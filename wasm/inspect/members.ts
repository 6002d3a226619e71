// Which members of a zip an inspection opens: the arrays of an npz; of a PyTorch checkpoint its pickle
// and the records that say a word about it. Tensors are never among them.

import { endsFolded } from '../scan/zip-name';
import { INSPECT_NPY } from '../scan/format-ids';

/** The format that a member is read as; 0 for one that is passed over. */
export function chooseMember(isTorch: bool, name: usize, size: usize): u32 {
  if (isTorch) return 0;
  return endsFolded(name, size, '.npy') ? INSPECT_NPY : 0;
}
