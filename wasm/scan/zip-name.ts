// Names of zip members, in any case: what torch and Windows take for the same is the same here.

import { endsFolded } from './path';

/** `<root>/data.pkl`, or without a root: the pickle of a checkpoint. */
export function isDataPickle(name: usize, size: usize): bool {
  return isNamed(name, size, 'data.pkl');
}

/** What TorchScript has beside it. */
export function isConstants(name: usize, size: usize): bool {
  return isNamed(name, size, 'constants.pkl');
}

/** In any folder. */
function isNamed(name: usize, size: usize, wanted: string): bool {
  const length = <usize>wanted.length;
  return endsFolded(name, size, wanted) && (size == length || load<u8>(name + size - length - 1) == 0x2f);
}
