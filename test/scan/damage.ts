// Damaged copies of files, the same in every run: the fuzz tests feed them to what reads files.

/** Numbers below a bound, from a seed. */
export function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Bytes changed, cut out, repeated, or taken from another file. */
export function damage(data: Buffer, others: readonly Buffer[], random: (below: number) => number): Buffer {
  let result = Buffer.from(data);
  for (let i = random(4); i >= 0; i--) {
    const at = random(result.length + 1);
    const other = others[random(others.length)] ?? data;
    const from = random(other.length);
    const middle = [
      Buffer.from([random(256)]), Buffer.alloc(0), other.subarray(from, from + random(40)),
      Buffer.alloc(4, 255), result.subarray(at, at + random(40)), Buffer.alloc(8),
    ][random(6)] ?? Buffer.alloc(0);
    const rest = result.subarray(at + (random(2) === 0 ? middle.length : random(8)));
    result = Buffer.concat([result.subarray(0, at), middle, rest]);
  }
  return result;
}
