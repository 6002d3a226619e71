// How a host talks to the core: bytes in, a reply out, no imports.
//
// Every export takes byte ranges (ptr, len) and numbers, and returns the address of a reply:
//
//   +0  u32 status   0 = done, else a number of src/base/error-codes.json
//   +4  u32 ptr      the result, or the text of the error (UTF-8)
//   +8  u32 len
//
// This is the canonical ABI of `record reply { status: u32, data: list<u8> }`, so the same exports
// serve direct calls, the component (wit/core.wit) and the C that wasm2c makes.
//
// Memory:  | static data | reserved: hash states, kept until the host drops the instance | arena |
// The arena grows upwards and is emptied by `cabi_post_*` (or `reset`) after each call: a host
// copies the reply first. Nothing that outlives a call may lie in the arena.

let floor: usize = align16(__heap_base);
let top: usize = floor;

// @ts-ignore: decorator
@inline
function align16(address: usize): usize {
  return (address + 15) & ~15;
}

/** Bytes from the arena, 16-byte aligned. Traps when memory cannot grow: the host sees a trap. */
export function allocate(size: usize): usize {
  const address = top;
  const end = align16(address + size);
  if (end < address) unreachable();
  const wanted = ((end + 0xffff) >>> 16) as i32;
  const have = memory.size();
  if (wanted > have) {
    // Doubling keeps the number of grow calls small for large inputs.
    const step = max(wanted - have, min(have, 1024));
    if (memory.grow(step) < 0 && memory.grow(wanted - have) < 0) unreachable();
  }
  top = end;
  return address;
}

/** How far the arena has ever reached: memory behind it is still zero. */
let touched: usize = floor;

/** Zeros that stay until the instance is dropped. Only valid while the arena is empty. */
export function reserve(size: usize): usize {
  release(floor);
  const address = allocate(size);
  if (touched > address) memory.fill(address, 0, min(touched, top) - address);
  floor = top;
  return address;
}

/** More bytes right behind those that were reserved last, `end` being where they end; else false. */
export function growReserved(end: usize, size: usize): bool {
  if (align16(end) != floor) return false;
  reserve(size);
  return true;
}

/** Where the arena ends now, for `release`. */
export function mark(): usize {
  return top;
}

/** Gives back everything that was allocated since `mark` answered this. */
export function release(to: usize): void {
  touched = max(touched, top);
  top = to;
}

/** Empties the arena. */
export function reset(): void {
  release(floor);
}

/** What every `cabi_post_*` is: the component's host has copied the reply. */
export function post(record: usize): void {
  reset();
}

/** The canonical ABI's allocator: a host writes its arguments where this points. */
export function cabi_realloc(old: usize, oldSize: usize, align: usize, size: usize): usize {
  const address = allocate(size);
  if (old != 0) memory.copy(address, old, min(oldSize, size));
  return address;
}

/** A reply whose data is `len` bytes at `ptr`. */
export function reply(status: u32, ptr: usize, len: usize): usize {
  const record = allocate(12);
  store<u32>(record, status);
  store<u32>(record, ptr as u32, 4);
  store<u32>(record, len as u32, 8);
  return record;
}
