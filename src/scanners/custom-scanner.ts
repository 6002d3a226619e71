// Runs one of `security.customScanners` on a model: a shell command, which finds something by not ending
// with status 0.

import type { CustomScanner } from '../base/spec.ts';
import type { ScannerResult } from './result.ts';
import { runProgram } from './run-program.ts';
import type { RunOptions } from './run-program.ts';

/** Every sandbox of Nix has one, unless it was taken out of it. */
const SHELL = '/bin/sh';

/** `environment` has what the command may use: `out`, the model's folder, and its like. */
export async function runCustomScanner(
  { name, command }: CustomScanner,
  options: RunOptions,
): Promise<ScannerResult> {
  const { status, tail } = await runProgram(SHELL, ['-c', command], options);
  if (status === 0) return { name, verdict: 'clean', findings: [] };
  if (status === null) return { name, verdict: 'unscannable', findings: [`could not be run to its end: ${tail}`] };
  return { name, verdict: 'findings', findings: [`ended with status ${status}`, ...tail.split('\n')] };
}
