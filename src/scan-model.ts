// scanModel: is a model safe to load, as its spec's `security` has it? Every way into the store comes
// by here: a verified stage before it is added, and a path that is there already, because whoever put
// it there may not have looked.

import { link, mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ModelError } from './base/errors.ts';
import type { Stage } from './base/manifest.ts';
import type { Spec } from './base/spec.ts';
import type { Context } from './context.ts';
import type { Plan, ScanSettings } from './core/plan.ts';
import { scanPaths } from './scan/scan-paths.ts';
import type { PathsReport } from './scan/scan-paths.ts';
import { worstFindings } from './scan/worst-findings.ts';
import { withScratch } from './scratch.ts';

/**
 * Scans a stage, together with the files of the model that the store has already. False where there are
 * findings that only warn, or nothing was to be scanned.
 */
export async function scanStage(plan: Plan, stage: Stage, context: Context): Promise<boolean> {
  if (plan.scan === null) return false;
  if (plan.pin !== 'files') return await scanModel(plan, plan.scan, stage.directory, context);
  const { scan } = plan;
  return await withScratch(context.cacheDirectory, async (directory) => {
    await assemble(plan, stage, directory);
    return await scanModel(plan, scan, directory, context, true);
  });
}

/** Scans a valid store path; where it was accepted before, that costs one question to the disk. */
export async function scanStorePath(plan: Plan, storePath: string, context: Context): Promise<void> {
  const { scan } = plan;
  if (scan === null || (await isAccepted(scan.key, context))) return;
  await scanModel(plan, scan, storePath, context);
}

/** Remembers that a path was accepted; the key says which, and by what. */
export async function recordAccepted({ scan, storePath }: Plan, context: Context): Promise<void> {
  if (scan?.key === undefined) return;
  const file = recordOf(scan.key, context);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${storePath ?? ''}\n`);
}

/** Programs that a spec names run in builds, not with the user's rights. */
export function noteOtherScanners({ name, security }: Spec, { progress }: Context): void {
  if (security === undefined) return;
  const names = security.customScanners.map((scanner) => scanner.name);
  if (security.enableModelScan) names.unshift('modelscan');
  if (names.length === 0) return;
  const text = `${name}: ${names.join(', ')} not run here, only when lib.fetchModel is built`;
  progress({ type: 'warning', text });
}

async function scanModel(
  plan: Plan,
  scan: ScanSettings,
  directory: string,
  context: Context,
  ownLinks = false,
): Promise<boolean> {
  const { spec } = plan;
  const { progress, signal } = context;
  progress({ type: 'step', text: `scan ${spec.name}` });
  const report = await scanPaths([directory], { policy: scan.policy, ownLinks, signal });
  if (report.accepted) {
    await recordAccepted(plan, context);
    return true;
  }
  const findings = worstFindings(report, directory);
  if (scan.failOnScanError) throw refused(plan, report, findings);
  progress({ type: 'warning', text: [`${spec.name} is ${describe(report)}`, ...findings].join('\n  ') });
  return false;
}

/** Every file under its path in the model: a link to the stage's, or to the store's. */
async function assemble(plan: Plan, stage: Stage, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const staged = new Set(stage.files.map(({ path }) => path));
  for (const { path, storePath } of plan.files ?? []) {
    const file = join(directory, path);
    await mkdir(dirname(file), { recursive: true });
    if (!staged.has(path)) await symlink(storePath, file);
    else await linkFile(join(stage.directory, path), file);
  }
}

/** A hard link looks like what it is: a file. Some file systems have none. */
async function linkFile(from: string, to: string): Promise<void> {
  await link(from, to).catch(() => symlink(from, to));
}

async function isAccepted(key: string | undefined, context: Context): Promise<boolean> {
  if (key === undefined) return false;
  return await stat(recordOf(key, context)).then(() => true, () => false);
}

function recordOf(key: string, { cacheDirectory }: Context): string {
  return join(cacheDirectory, 'scans', key);
}

function describe(report: PathsReport): string {
  return report.unread.length > 0 && report.verdict === 'clean' ? 'unscannable' : report.verdict;
}

function refused(plan: Plan, report: PathsReport, findings: readonly string[]): ModelError {
  return new ModelError('SCAN_REFUSED', `The model is ${describe(report)}: refused`, {
    subject: plan.storePath ?? plan.spec.name,
    found: findings.join('\n          '),
  });
}
