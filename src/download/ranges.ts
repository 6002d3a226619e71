// Arithmetic over sets of byte ranges: what of a file is there, what is missing, how far it is
// whole from the start. Pure; a set is an array that is sorted, disjoint and never touching.

/** Half-open: `end` is the first byte that does not belong to it. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export type RangeSet = readonly Range[];

/** The set with a range added; neighbours and overlaps grow together. */
export function addRange(set: RangeSet, added: Range): RangeSet {
  if (added.start >= added.end) return set;
  const before = set.filter((range) => range.end < added.start);
  const after = set.filter((range) => range.start > added.end);
  const touching = set.slice(before.length, set.length - after.length);
  const start = Math.min(added.start, touching[0]?.start ?? added.start);
  const end = Math.max(added.end, touching.at(-1)?.end ?? added.end);
  return [...before, { start, end }, ...after];
}

/** What lacks to [0, size). */
export function missingRanges(set: RangeSet, size: number): RangeSet {
  const starts = [0, ...set.map((range) => range.end)];
  const ends = [...set.map((range) => range.start), size];
  const gaps = starts.map((start, index) => ({ start, end: ends[index] ?? size }));
  return gaps.filter(({ start, end }) => start < end);
}

/** How many bytes from the first one on are there without a gap. */
export function frontier(set: RangeSet): number {
  return set[0]?.start === 0 ? set[0].end : 0;
}

export function countBytes(set: RangeSet): number {
  return set.reduce((sum, range) => sum + range.end - range.start, 0);
}

/** Cuts up to `limit` bytes from the front: the piece, and what stays. */
export function takeFirst(set: RangeSet, limit: number): { taken: Range | undefined; rest: RangeSet } {
  const [first, ...others] = set;
  if (first === undefined) return { taken: undefined, rest: set };
  if (first.end - first.start <= limit) return { taken: first, rest: others };
  const cut = first.start + limit;
  return { taken: { start: first.start, end: cut }, rest: [{ start: cut, end: first.end }, ...others] };
}
