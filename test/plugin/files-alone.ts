// A report of the command line without what only a directory shows: builtins.scanModel judges each file by
// itself.

import { applyPolicy, SAFE_POLICY, worst } from '../../src/scan/policy.ts';
import type { PathsReport } from '../../src/scan/scan-paths.ts';

const OF_DIRECTORIES = /^(tree-.*|raw-weights|python-file|repository-python)$/;

export function filesAlone(report: PathsReport): PathsReport {
  const files = report.files.flatMap((file) => {
    if (file.format === 'symlink' || file.format === 'directory') return [];
    const findings = file.findings.filter(({ rule }) => !OF_DIRECTORIES.test(rule));
    return [applyPolicy({ ...file, findings }, SAFE_POLICY)];
  });
  const verdict = worst(files.map((file) => file.verdict));
  return { ...report, files, verdict, accepted: verdict === 'clean' && report.unread.length === 0 };
}
