// scanPaths: are the models below these paths safe to load? Files, directories, store paths; by content,
// under a policy. Reads files and nothing else.

import { statSync } from 'node:fs';
import { VERSION } from '../base/version.ts';
import type { ScanReport, Verdict } from '../core/scan-file.ts';
import { findFiles } from './find-files.ts';
import type { UnreadFile } from './find-files.ts';
import { judgeTree } from './judge-tree.ts';
import { applyPolicy, SAFE_POLICY, worst } from './policy.ts';
import type { Policy } from './policy.ts';
import { scanFiles } from './scan-files.ts';
import type { ScanFilesOptions } from './scan-files.ts';

export interface ScannedFile extends ScanReport {
  readonly path: string;
}

/** What `nix-ai-model scan --json` prints; docs/scanning.md describes it. */
export interface PathsReport {
  readonly version: 1;
  /** Who scanned. */
  readonly scanner: string;
  /** The worst of all files. */
  readonly verdict: Verdict;
  /** Whether the policy lets all of it through; nothing was left unread. */
  readonly accepted: boolean;
  readonly files: readonly ScannedFile[];
  readonly unread: readonly UnreadFile[];
}

export interface ScanPathsOptions extends ScanFilesOptions {
  readonly policy?: Policy | undefined;
  /** The links in the directories are the caller's own work and stand for their files. */
  readonly ownLinks?: boolean | undefined;
}

export async function scanPaths(
  paths: readonly string[],
  options: ScanPathsOptions = {},
): Promise<PathsReport> {
  const { policy = SAFE_POLICY, ownLinks = false } = options;
  const found = findFiles(paths);
  const results = await scanFiles(found.files, options);
  let reports: ScannedFile[] = [];
  const unread = [...found.unread];
  for (const [index, { path }] of found.files.entries()) {
    const result = results[index];
    if (result !== undefined && 'report' in result) reports.push({ path, ...result.report });
    else unread.push({ path, error: result?.error ?? 'not scanned' });
  }
  for (const path of paths) if (isDirectory(path)) reports = judgeTree(path, reports, ownLinks);
  const files = reports.map((report) => applyPolicy(report, policy));
  const accepted = unread.length === 0 && files.every(({ verdict }) => !policy.failOn.includes(verdict));
  const verdict = worst(files.map((file) => file.verdict));
  return { version: 1, scanner: `nix-ai-models ${VERSION}`, verdict, accepted, files, unread };
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
