// The few lines of a report that a refusal shows: the worst findings first, under the paths that the
// files have inside the model. Pure.

import { relative } from 'node:path';
import type { Finding, Severity } from '../core/scan-file.ts';
import { printable } from './report.ts';
import type { PathsReport } from './scan-paths.ts';

/** More than this many nobody reads in an error. */
const SHOWN_FINDINGS = 5;
const ORDER: readonly Severity[] = ['malicious', 'suspicious', 'unscannable', 'note'];

/** The report with paths inside of the folder that was scanned. */
export function relativeReport(report: PathsReport, root: string): PathsReport {
  const inside = <T extends { readonly path: string }>(row: T): T => {
    return { ...row, path: relative(root, row.path) };
  };
  return { ...report, files: report.files.map(inside), unread: report.unread.map(inside) };
}

/** `root` is the folder that was scanned. */
export function worstFindings(report: PathsReport, root: string): string[] {
  const found = report.files.flatMap(({ path, findings }) =>
    findings.flatMap((finding) => (finding.severity === 'note' ? [] : [{ path, finding }])),
  );
  found.sort((a, b) => ORDER.indexOf(a.finding.severity) - ORDER.indexOf(b.finding.severity));
  const lines = [
    ...found.map(({ path, finding }) => describe(relative(root, path), finding)),
    ...report.unread.map(({ path, error }) => printable(`${relative(root, path)}: cannot be read: ${error}`)),
  ];
  const hidden = lines.length - SHOWN_FINDINGS;
  return hidden > 0 ? [...lines.slice(0, SHOWN_FINDINGS), `and ${hidden} more`] : lines;
}

function describe(path: string, { severity, rule, member, offset, explanation }: Finding): string {
  const place = [path, ...(member === undefined ? [] : [member]), `byte ${offset}`].join(', ');
  return printable(`${place}: ${severity}: ${explanation} [${rule}]`);
}
