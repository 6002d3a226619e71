// Names of an archive's members: those that lead out of the directory it is unpacked to, and how they end.

/** Absolute, with a drive letter, or with `..` as a component, whichever slash is used; or with a NUL. */
export function isHostilePath(ptr: usize, size: usize): bool {
  if (size == 0) return true;
  let begin: usize = 0;
  for (let i: usize = 0; i <= size; i++) {
    const byte = i < size ? <u32>load<u8>(ptr + i) : 0x2f;
    if (byte == 0) return true;
    if (byte != 0x2f && byte != 0x5c) continue;
    if (i == 0) return true;
    if (i - begin == 2 && load<u16>(ptr + begin) == 0x2e2e) return true;
    begin = i + 1;
  }
  return size >= 2 && load<u8>(ptr, 1) == 0x3a && <u32>(load<u8>(ptr) | 0x20) - 0x61 < 26;
}

/** Whether a name ends with this, in lower case here and in any case there. */
export function endsFolded(name: usize, size: usize, end: string): bool {
  const length = <usize>end.length;
  if (size < length) return false;
  for (let i: usize = 0; i < length; i++) {
    const byte = <u32>load<u8>(name + size - length + i);
    if ((byte - 0x41 < 26 ? byte | 0x20 : byte) != <u32>load<u16>(changetype<usize>(end) + (i << 1))) return false;
  }
  return true;
}
