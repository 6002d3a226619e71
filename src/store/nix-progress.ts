// Progress of a download as the lines that Nix understands on a builder's stderr: they become its
// own download display. Written by `nix-ai-model build`; pure, apart from the counters it keeps.
//
// Nix honours only these from a builder: activities of type 101 (file transfer), their results of
// type 105 (done, expected, running, failed), messages, and the phase.

import type { ProgressEvent } from '../base/progress.ts';

const FILE_TRANSFER = 101;
const PROGRESS = 105;
const LEVEL_WARNING = 1;
const LEVEL_INFO = 3;
/** Nix redraws a few times per second; more lines would only cost it time. */
const MIN_INTERVAL_MS = 250;

interface Transfer {
  readonly id: number;
  readonly expected: number;
  done: number;
  reportedAt: number;
}

/** Returns a function from an event to the lines to be written for it, often none. */
export function nixProgress(now: () => number): (event: ProgressEvent) => string[] {
  const transfers = new Map<string, Transfer>();
  let lastId = 0;

  return (event) => {
    if (event.type === 'step') return [line({ action: 'setPhase', phase: event.text })];
    if (event.type === 'warning') return [line({ action: 'msg', level: LEVEL_WARNING, msg: event.text })];
    const transfer = transfers.get(event.path);
    switch (event.type) {
      case 'start': {
        const id = transfer?.id ?? ++lastId;
        const started = { id, expected: event.size ?? 0, done: event.resumed, reportedAt: now() };
        transfers.set(event.path, started);
        // A second start is a new attempt at the same file: the activity goes on.
        return transfer ? [progressLine(started)] : [startLine(id, event.path), progressLine(started)];
      }
      case 'bytes': {
        if (transfer === undefined) return [];
        transfer.done += event.count;
        if (now() - transfer.reportedAt < MIN_INTERVAL_MS) return [];
        transfer.reportedAt = now();
        return [progressLine(transfer)];
      }
      case 'retry': {
        const msg = `${event.path}: ${event.reason}, attempt ${event.attempt} in ${event.delayMs / 1000} s`;
        return [line({ action: 'msg', level: LEVEL_WARNING, msg })];
      }
      case 'done': {
        if (transfer === undefined) return [];
        transfers.delete(event.path);
        const whole = { ...transfer, done: event.size, expected: event.size };
        return [progressLine(whole), line({ action: 'stop', id: transfer.id })];
      }
    }
  };
}

function startLine(id: number, path: string): string {
  const text = `downloading '${path}'`;
  const start = { id, level: LEVEL_INFO, type: FILE_TRANSFER, text, fields: [path], parent: 0 };
  return line({ action: 'start', ...start });
}

function progressLine({ id, done, expected }: Transfer): string {
  const [running, failed] = [0, 0];
  return line({ action: 'result', id, type: PROGRESS, fields: [done, expected, running, failed] });
}

function line(message: Record<string, unknown>): string {
  return `@nix ${JSON.stringify(message)}`;
}
