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
  return endsFolded(name, size, 'data.pkl') && (size == 8 || load<u8>(name + size - 9) == 0x2f);
}
