// Numbers by hashes of names: the members of a zip with their sizes, the storages of a checkpoint. Open
// addressing in reserved memory; emptied by counting up a generation, not by clearing megabytes.

import { reserve } from '../abi';

const SLOTS: u32 = 1 << 18;
/** Names in all archives of one file. The largest checkpoints have some ten thousand. */
export const MAX_NAMES: u32 = 100_000;
export const ABSENT: u64 = u64.MAX_VALUE;

@unmanaged
class Slot {
  hash: u64;
  value: u64;
  generation: u32;
}

let slots: usize = 0;
let generation: u32 = 0;
let used: u32 = 0;

/** At the start of each scan: no memory is touched before something is put in. */
export function openTable(): void {
  generation++;
  used = 0;
}

export function tablePut(hash: u64, value: u64): bool {
  if (slots == 0) slots = reserve(<usize>SLOTS * offsetof<Slot>());
  if (used == MAX_NAMES) return false;
  const slot = find(hash);
  if (slot.generation != generation) used++;
  slot.hash = hash;
  slot.value = value;
  slot.generation = generation;
  return true;
}

export function tableGet(hash: u64): u64 {
  if (slots == 0) return ABSENT;
  const slot = find(hash);
  return slot.generation == generation ? slot.value : ABSENT;
}

function find(hash: u64): Slot {
  let i = <u32>hash & (SLOTS - 1);
  while (slotAt(i).generation == generation && slotAt(i).hash != hash) i = (i + 1) & (SLOTS - 1);
  return slotAt(i);
}

@inline
function slotAt(index: u32): Slot {
  return changetype<Slot>(slots + <usize>index * offsetof<Slot>());
}
