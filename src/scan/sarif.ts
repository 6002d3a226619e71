// A scan's report as SARIF 2.1.0, which code hosts and CI systems show. Pure: no I/O.

import { pathToFileURL } from 'node:url';
import { VERSION } from '../base/version.ts';
import type { Severity } from '../core/scan-file.ts';
import rules from './rules.json' with { type: 'json' };
import type { PathsReport, ScannedFile } from './scan-paths.ts';

const LEVELS: Readonly<Record<Severity, string>> = {
  malicious: 'error',
  suspicious: 'warning',
  unscannable: 'warning',
  note: 'note',
};

export function toSarif(report: PathsReport): unknown {
  const ids = Object.keys(rules);
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'nix-ai-model scan', version: VERSION, rules: Object.entries(rules).map(toRule) } },
        invocations: [
          {
            executionSuccessful: report.unread.length === 0,
            toolExecutionNotifications: report.unread.map(({ path, error }) => ({
              level: 'error',
              message: { text: `Cannot read ${path}: ${error}` },
            })),
          },
        ],
        results: report.files.flatMap((file) => toResults(file, ids)),
      },
    ],
  };
}

function toRule([id, rule]: [string, (typeof rules)[keyof typeof rules]]): unknown {
  return {
    id,
    shortDescription: { text: rule.title },
    help: { text: rule.remedy },
    defaultConfiguration: { level: LEVELS[rule.severity as Severity] },
  };
}

function toResults(file: ScannedFile, ids: readonly string[]): unknown[] {
  const artifactLocation = { uri: toUri(file.path) };
  return file.findings.map((finding) => ({
    ruleId: finding.rule,
    ruleIndex: ids.indexOf(finding.rule),
    level: LEVELS[finding.severity],
    message: { text: `${finding.explanation} ${finding.remedy}` },
    locations: [
      {
        physicalLocation: { artifactLocation, region: { byteOffset: finding.offset } },
        ...(finding.member === undefined ? {} : { logicalLocations: [{ fullyQualifiedName: finding.member, kind: 'member' }] }),
      },
    ],
    properties: { severity: finding.severity, verdict: file.verdict, global: finding.global },
  }));
}

/** Relative paths stay relative to wherever the results are shown. */
function toUri(path: string): string {
  return path.startsWith('/') ? pathToFileURL(path).href : path.split('/').map(encodeURIComponent).join('/');
}
