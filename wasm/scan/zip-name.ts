// Names of zip members, in any case: what torch and Windows take for the same is the same here.

/** Whether a name ends with a literal of lower-case ASCII. */
export function endsFolded(name: usize, size: usize, end: string): bool {
  const length = <usize>end.length;
  if (size < length) return false;
  for (let i: usize = 0; i < length; i++) {
    const byte = <u32>load<u8>(name + size - length + i);
    if ((byte - 0x41 < 26 ? byte | 0x20 : byte) != <u32>load<u16>(changetype<usize>(end) + (i << 1))) return false;
  }
  return true;
}

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
