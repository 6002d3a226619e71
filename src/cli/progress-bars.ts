// Progress on a terminal: one bar per file that is being fetched and one for all of them, redrawn
// in place. Lines that stay (steps, retries, finished files) scroll above the bars.

import type { Progress } from '../base/progress.ts';
import { formatBytes } from './report.ts';

const REDRAW_INTERVAL_MS = 100;
const BAR_WIDTH = 24;
/** More than this many bars push the text above off the screen. */
const MAX_BARS = 8;

interface Bar {
  size: number | undefined;
  received: number;
}

export interface TerminalProgress {
  readonly progress: Progress;
  /** Removes the bars; the command's result is printed after it. */
  readonly finish: () => void;
}

export function progressBars(stream: NodeJS.WriteStream, now: () => number = Date.now): TerminalProgress {
  const bars = new Map<string, Bar>();
  const begin = now();
  let total = 0;
  let drawnRows = 0;
  let lastDraw = 0;

  const erase = (): string => (drawnRows === 0 ? '' : `\x1b[${drawnRows}A\x1b[J`);
  const draw = (text = ''): void => {
    const rate = total / Math.max((now() - begin) / 1000, 0.001);
    const width = stream.columns > 0 ? stream.columns : 80;
    const rows = [...bars].slice(0, MAX_BARS).map(([path, bar]) => drawBar(path, bar, width));
    if (bars.size > MAX_BARS) rows.push(`  and ${bars.size - MAX_BARS} more`);
    if (bars.size > 0) rows.push(`  ${formatBytes(total)} received, ${formatBytes(Math.round(rate))}/s`);
    stream.write(erase() + text + rows.map((row) => `${row}\n`).join(''));
    drawnRows = rows.length;
    lastDraw = now();
  };

  const progress: Progress = (event) => {
    switch (event.type) {
      case 'step':
        draw(`${event.text}\n`);
        break;
      case 'warning':
        draw(`warning: ${event.text}\n`);
        break;
      case 'start':
        bars.set(event.path, { size: event.size, received: event.resumed });
        break;
      case 'retry':
        draw(`retry ${event.path} in ${(event.delayMs / 1000).toFixed(1)} s: ${event.reason}\n`);
        break;
      case 'done':
        bars.delete(event.path);
        draw(`done  ${event.path} (${formatBytes(event.size)})\n`);
        break;
      case 'bytes': {
        const bar = bars.get(event.path);
        if (bar !== undefined) bar.received += event.count;
        total += event.count;
      }
    }
    if (now() - lastDraw >= REDRAW_INTERVAL_MS) draw();
  };
  return {
    progress,
    finish: () => {
      bars.clear();
      draw();
    },
  };
}

function drawBar(path: string, { size, received }: Bar, width: number): string {
  const share = size === undefined || size === 0 ? 0 : Math.min(received / size, 1);
  const filled = Math.round(share * BAR_WIDTH);
  const bar = '#'.repeat(filled) + '-'.repeat(BAR_WIDTH - filled);
  const numbers = size === undefined ? formatBytes(received) : `${Math.floor(share * 100)}% of ${formatBytes(size)}`;
  const room = Math.max(width - BAR_WIDTH - numbers.length - 7, 8);
  const name = path.length > room ? `…${path.slice(1 - room)}` : path.padEnd(room);
  return `  ${name} [${bar}] ${numbers}`;
}
