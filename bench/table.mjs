// Rows of the report as text for a terminal.

const NOTE = '×: how many times better ours is than the peer in the same run; above 1 ours is ahead.';

/** One block per row: the figure of ours, then each peer with the ratio. */
export function formatRows(rows) {
  return [...rows.map(formatRow), `  ${NOTE}`, ''].join('\n');
}

function formatRow({ id, unit, ours, peers, ratio }) {
  const lines = [['ours', ours, ''], ...Object.keys(peers).map((name) => [name, peers[name], `${show(ratio[name])} ×`])];
  const width = Math.max(...lines.map(([name]) => name.length));
  const body = lines.map(([name, value, times]) =>
    `    ${name.padEnd(width)}  ${show(value).padStart(9)}  ${times.padStart(9)}`.trimEnd(),
  );
  return [`  ${id} (${unit})`, ...body].join('\n');
}

function show(value) {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
