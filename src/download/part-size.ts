// How large the next part of a large file should be. Pure. Large parts cost few requests (hubs
// count them); small ones at the end let every connection finish at about the same time.

const MIB = 1024 * 1024;

/** Files up to this size are asked for in one plain request: a range saves nothing there. */
export const SMALL_FILE_BYTES = 8 * MIB;

/** At 1 GB/s still only 16 requests a second. */
export const MAX_PART_BYTES = 64 * MIB;

/** Below this the answer's latency costs more than an idle connection would. */
export const MIN_PART_BYTES = 4 * MIB;

/** A share of what nobody has claimed yet; it shrinks as the end comes near. */
export function partSize(unclaimedBytes: number, connections: number): number {
  const share = Math.ceil(unclaimedBytes / (2 * connections) / MIB) * MIB;
  return Math.min(MAX_PART_BYTES, Math.max(MIN_PART_BYTES, share));
}
