// Progress as plain lines, for logs and pipes: a line when a file is done or tried again, and one
// summary every ten seconds, so that a log of a 140 GB download stays readable.

import type { Progress } from '../base/progress.ts';
import { formatBytes } from './report.ts';

const SUMMARY_INTERVAL_MS = 10_000;

export function progressLines(stream: NodeJS.WritableStream, now: () => number = Date.now): Progress {
  const begin = now();
  let received = 0;
  let lastSummary = begin;
  return (event) => {
    switch (event.type) {
      case 'step':
        stream.write(`${event.text}\n`);
        break;
      case 'warning':
        stream.write(`warning: ${event.text}\n`);
        break;
      case 'start':
        if (event.resumed > 0) stream.write(`resume ${event.path} at ${formatBytes(event.resumed)}\n`);
        break;
      case 'retry':
        stream.write(`retry  ${event.path} in ${(event.delayMs / 1000).toFixed(1)} s: ${event.reason}\n`);
        break;
      case 'done':
        stream.write(`done   ${event.path} (${formatBytes(event.size)})\n`);
        break;
      case 'bytes':
        received += event.count;
        if (now() - lastSummary >= SUMMARY_INTERVAL_MS) {
          lastSummary = now();
          const rate = received / ((lastSummary - begin) / 1000);
          stream.write(`       ${formatBytes(received)} received, ${formatBytes(Math.round(rate))}/s\n`);
        }
    }
  };
}
