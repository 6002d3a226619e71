// FNV-1a, 64 bits: finds names again in tables. Not a protection: whoever makes two names collide only
// makes his own file look worse, because every decision compares the bytes or refuses.

export const FNV_SEED: u64 = 0xcbf29ce484222325;

/** Goes on hashing from `hash`. */
export function hashBytes(ptr: usize, size: usize, hash: u64 = FNV_SEED): u64 {
  for (let i: usize = 0; i < size; i++) hash = (hash ^ <u64>load<u8>(ptr + i)) * 0x100000001b3;
  return hash;
}

/** The same with ASCII letters in lower case, as torch compares the names of a zip's members. */
export function hashFolded(ptr: usize, size: usize, hash: u64 = FNV_SEED): u64 {
  for (let i: usize = 0; i < size; i++) {
    const byte = <u32>load<u8>(ptr + i);
    hash = (hash ^ <u64>(byte - 0x41 < 26 ? byte | 0x20 : byte)) * 0x100000001b3;
  }
  return hash;
}
