// `nix-ai-model scan`: are the models below these paths safe to load? Answers with its own exit statuses,
// because the ones of the other commands say nothing about a verdict.

import { readFileSync } from 'node:fs';
import { ModelError } from '../../base/errors.ts';
import { parsePolicy, SAFE_POLICY } from '../../scan/policy.ts';
import type { Policy } from '../../scan/policy.ts';
import { exitStatus, renderReport } from '../../scan/report.ts';
import { toSarif } from '../../scan/sarif.ts';
import { scanPaths } from '../../scan/scan-paths.ts';
import { printResult } from '../report.ts';
import type { Output } from '../report.ts';

export interface ScanOptions {
  readonly json?: boolean;
  readonly sarif?: boolean;
  readonly policy?: string;
}

/** Returns the exit status: 0 clean, 1 findings, 2 unscannable, 3 something could not be read. */
export async function scanCommand(
  paths: readonly string[],
  options: ScanOptions,
  output: Output,
): Promise<number> {
  if (options.json === true && options.sarif === true) throw new ModelError('SCAN_USAGE', 'Either --json or --sarif, not both');
  const policy = options.policy === undefined ? SAFE_POLICY : readPolicy(options.policy);
  const report = await scanPaths(paths, { policy });
  if (options.sarif === true) output.stdout.write(`${JSON.stringify(toSarif(report))}\n`);
  else printResult(output, report, renderReport(report));
  return exitStatus(report, policy);
}

function readPolicy(file: string): Policy {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ModelError('SCAN_READ', 'Cannot read the policy', { subject: file, cause });
  }
  try {
    return parsePolicy(JSON.parse(text), file);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ModelError('SCAN_USAGE', `The policy is no JSON: ${error.message}`, { subject: file, cause: error });
  }
}
