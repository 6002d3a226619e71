// How a command speaks: results on stdout, everything else on stderr. With --json a result or an
// error is one line of JSON on stdout; without it a person reads lines.

import { renderError } from '../base/errors.ts';
import type { ModelError } from '../base/errors.ts';

export interface Output {
  readonly json: boolean;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

/** Prints a result: `value` as JSON, or `text` for a person. */
export function printResult(output: Output, value: unknown, text: string): void {
  const line = output.json ? JSON.stringify(value) : text;
  output.stdout.write(line.endsWith('\n') ? line : `${line}\n`);
}

export function printError(output: Output, error: ModelError): void {
  if (output.json) output.stdout.write(`${JSON.stringify({ error })}\n`);
  else output.stderr.write(`error: ${renderError(error)}\n`);
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** Bytes as a person reads them: 1.5 GiB. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1024 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length - 1);
  const value = bytes / 1024 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${UNITS[power] ?? 'B'}`;
}
