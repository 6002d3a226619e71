// Runs modelscan on a model and reads its JSON report. Its exit statuses: 0 no issues, 1 issues, 2 errors,
// 3 no file that it supports, 4 wrong usage. It skips what it cannot read without failing: what it has
// skipped is not clean.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScannerResult } from './result.ts';
import { runProgram } from './run-program.ts';
import type { RunOptions, ScannerRun } from './run-program.ts';

const NAME = 'modelscan';
const NO_ISSUES = 0;
const ISSUES = 1;
const NOTHING_SUPPORTED = 3;
/** The reason for skipping that says nothing of the file: its kind is none of modelscan's. */
const NOT_SUPPORTED = 'SCAN_NOT_SUPPORTED';
const SHOWN_FINDINGS = 20;

export interface ModelscanOptions extends RunOptions {
  /** A folder for its report. */
  readonly scratch: string;
  /** Whether another scanner judges the files of which modelscan knows nothing. */
  readonly othersJudge: boolean;
}

interface Report {
  readonly issues: readonly Record<string, unknown>[];
  readonly errors: readonly Record<string, unknown>[];
  readonly skipped: readonly Record<string, unknown>[];
}

export async function runModelscan(
  program: string,
  model: string,
  options: ModelscanOptions,
): Promise<ScannerResult> {
  const file = join(options.scratch, 'modelscan.json');
  const args = ['scan', '-p', model, '-r', 'json', '-o', file, '--show-skipped'];
  const run = await runProgram(program, args, options);
  if (run.status === NOTHING_SUPPORTED) return ofNothing(options.othersJudge);
  if (run.status !== NO_ISSUES && run.status !== ISSUES) return unscannable([failure(run), ...run.tail.split('\n')]);
  const report = await readReport(file, run);
  if (report === undefined) return unscannable(['wrote no report that can be read', ...run.tail.split('\n')]);
  return judge(report, run.status === ISSUES, options.othersJudge);
}

function judge(report: Report, saidIssues: boolean, othersJudge: boolean): ScannerResult {
  const skipped = report.skipped.filter(({ category }) => !(othersJudge && category === NOT_SUPPORTED));
  const unread = [...report.errors.map((row) => describe('error', row)), ...skipped.map((row) => describe('skipped', row))];
  const issues = report.issues.map((row) => describe('issue', row));
  if (saidIssues && issues.length === 0) issues.push('issues that its report does not list');
  if (issues.length > 0) return { name: NAME, verdict: 'findings', findings: shorten([...issues, ...unread]) };
  return unread.length > 0 ? unscannable(shorten(unread)) : { name: NAME, verdict: 'clean', findings: [] };
}

/** It supports none of the files: nothing was judged, which is as good as the scanner beside it. */
function ofNothing(othersJudge: boolean): ScannerResult {
  const findings = ['supports none of the files'];
  return othersJudge ? { name: NAME, verdict: 'clean', findings } : unscannable(findings);
}

async function readReport(file: string, { stdout }: ScannerRun): Promise<Report | undefined> {
  const text = await readFile(file, 'utf8').catch(() => stdout);
  try {
    const { issues, errors, summary } = JSON.parse(text) as Record<string, unknown>;
    const counts = summary as { skipped?: { skipped_files?: unknown } } | undefined;
    const skipped = counts?.skipped?.skipped_files ?? [];
    if (!isRows(issues) || !isRows(errors) || !isRows(skipped)) return undefined;
    return { issues, errors, skipped };
  } catch {
    return undefined;
  }
}

function isRows(value: unknown): value is Record<string, unknown>[] {
  return Array.isArray(value) && value.every((row) => typeof row === 'object' && row !== null);
}

function describe(kind: string, row: Record<string, unknown>): string {
  const known = ['severity', 'category', 'description', 'source', 'operator', 'module'];
  const words = known.flatMap((name) => (typeof row[name] === 'string' ? [row[name]] : []));
  return `${kind}: ${words.join(', ')}`;
}

function shorten(lines: readonly string[]): string[] {
  const hidden = lines.length - SHOWN_FINDINGS;
  return hidden > 0 ? [...lines.slice(0, SHOWN_FINDINGS), `and ${hidden} more`] : [...lines];
}

function failure({ status }: ScannerRun): string {
  return status === null ? 'could not be run to its end' : `ended with status ${status}`;
}

function unscannable(findings: readonly string[]): ScannerResult {
  return { name: NAME, verdict: 'unscannable', findings };
}
