// A scan's report for a person: the files that are not clean with what is wrong and what to do, then one
// line that counts. And the exit status of `scan`.

import type { Finding, Verdict } from '../core/scan-file.ts';
import type { Policy } from './policy.ts';
import type { PathsReport, ScannedFile } from './scan-paths.ts';

/** Findings of one file that a terminal shows; --json has all of them. */
const SHOWN_FINDINGS = 20;

export const EXIT = { clean: 0, findings: 1, unscannable: 2, error: 3 } as const;

/** Findings come before files that could not be read, and those before files that could not be judged. */
export function exitStatus(report: PathsReport, policy: Policy): number {
  const verdicts = report.files.map(({ verdict }) => verdict);
  const failed = new Set(verdicts.filter((verdict) => policy.failOn.includes(verdict)));
  if (failed.has('malicious') || failed.has('suspicious')) return EXIT.findings;
  if (report.unread.length > 0) return EXIT.error;
  return failed.has('unscannable') ? EXIT.unscannable : EXIT.clean;
}

export function renderReport(report: PathsReport): string {
  const bad = report.files.filter(({ verdict }) => verdict !== 'clean');
  const lines = bad.flatMap(renderFile);
  for (const { path, error } of report.unread) lines.push(`unread       ${path}`, `  ${error}`, '');
  return [...lines, summary(report)].join('\n');
}

function renderFile(file: ScannedFile): string[] {
  const shown = file.findings.filter(({ severity }) => severity !== 'note').slice(0, SHOWN_FINDINGS);
  const more = file.findings.length + (file.omitted ?? 0) - shown.length;
  const remedies = [...new Set(shown.map(({ remedy }) => remedy))];
  return [
    `${file.verdict.padEnd(12)} ${printable(file.path)} (${file.format})`,
    ...shown.map(renderFinding),
    ...(more > 0 ? [`  and ${more} more: --json lists them`] : []),
    '  what to do:',
    ...remedies.map((remedy) => `  - ${remedy}`),
    '',
  ];
}

function renderFinding({ severity, rule, member, offset, explanation }: Finding): string {
  const place = member === undefined ? `byte ${offset}` : `${member}, byte ${offset}`;
  return `  ${severity}: ${explanation} [${rule}, ${place}]`;
}

function summary({ files, unread }: PathsReport): string {
  const count = (verdict: Verdict): number => files.filter((file) => file.verdict === verdict).length;
  const verdicts = (['malicious', 'suspicious', 'unscannable', 'clean'] as const).flatMap((verdict) =>
    count(verdict) > 0 ? [`${count(verdict)} ${verdict}`] : [],
  );
  if (unread.length > 0) verdicts.push(`${unread.length} unread`);
  return `${files.length} ${files.length === 1 ? 'file' : 'files'} scanned${verdicts.length > 0 ? `: ${verdicts.join(', ')}` : ''}`;
}

/** A file's name may hold anything; the terminal should not obey it. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '?');
}
