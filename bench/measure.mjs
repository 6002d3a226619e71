// What every suite needs: contestants run in turn, so that a busy moment hits all of them alike, the
// median of the rounds, and a row of the report.

/**
 * Runs each contestant once per round, A B C A B C …, and returns the median of what each one
 * returned. A contestant is a function, async or not, that returns a number.
 */
export async function inTurn(contestants, rounds = 5) {
  const found = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(contestants)) found[name].push(await run());
  }
  return Object.fromEntries(Object.entries(found).map(([name, values]) => [name, median(values)]));
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Seconds that a function takes, async or not. */
export async function seconds(run) {
  const start = process.hrtime.bigint();
  await run();
  return Number(process.hrtime.bigint() - start) / 1e9;
}

/**
 * A row of the report from `found` as inTurn returns it; `ours` names our own contestant. `better` is
 * 'more' (a rate) or 'less' (a time): either way a ratio above 1 says that ours is the better one.
 */
export function row({ id, unit, better, ours, found }) {
  const { [ours]: own, ...peers } = found;
  const each = (make) =>
    Object.fromEntries(Object.entries(peers).map(([name, value]) => [name, round(make(value))]));
  const ratio = each((value) => (better === 'more' ? own / value : value / own));
  return { id, unit, ours: round(own), peers: each((value) => value), ratio };
}

function round(value) {
  return Number(value.toPrecision(4));
}
