// Adds to the reports of a directory's files what only the directory shows. What is no file (a link to
// nowhere, a folder with a bad name) gets a report of its own.

import { join } from 'node:path';
import type { Finding } from '../core/scan-file.ts';
import { scanTree } from '../core/scan-tree.ts';
import type { TreeEntry, TreeFinding } from '../core/scan-tree.ts';
import { listTree } from './list-tree.ts';
import type { ScannedFile } from './scan-paths.ts';

/** `ownLinks`: whoever asks has made the links, and they are as good as the files. */
export function judgeTree(root: string, files: readonly ScannedFile[], ownLinks: boolean): ScannedFile[] {
  const reports = new Map(files.map((file) => [file.path, file]));
  const entries = listTree(root).map((entry): TreeEntry => {
    const { format, needs } = reports.get(join(root, entry.path)) ?? {};
    return { ...entry, type: ownLinks && entry.type === 'symlink' ? 'file' : entry.type, format, needs };
  });
  const types = new Map(entries.map(({ path, type }) => [path, type]));
  for (const finding of scanTree(entries)) {
    const path = join(root, finding.path);
    const report = reports.get(path) ?? emptyReport(path, types.get(finding.path) ?? 'directory');
    reports.set(path, { ...report, findings: merge(report.findings, finding) });
  }
  return [...reports.values()];
}

function merge(findings: readonly Finding[], found: TreeFinding): Finding[] {
  const { rule, severity, explanation, remedy, answers } = found;
  const kept = findings.filter((finding) => finding.rule !== answers || finding.member !== undefined);
  return [...kept, { rule, severity, offset: 0, explanation, remedy }];
}

function emptyReport(path: string, format: string): ScannedFile {
  return { path, format, verdict: 'clean', size: 0, members: 0, pickles: 0, opcodes: 0, findings: [] };
}
