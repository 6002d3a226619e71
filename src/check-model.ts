// checkModel: what the checked layer of nix/lib builds. Every scanner that the spec asks for judges a
// model in the store; the report says what they found, and nothing that changes with time.

import { constants } from 'node:fs';
import { cp, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from './base/env.ts';
import { totalSize } from './base/manifest.ts';
import type { SecuritySpec } from './base/spec.ts';
import { scanPaths } from './scan/scan-paths.ts';
import type { PathsReport } from './scan/scan-paths.ts';
import { relativeReport, worstFindings } from './scan/worst-findings.ts';
import { runCustomScanner } from './scanners/custom-scanner.ts';
import { runModelscan } from './scanners/modelscan.ts';
import type { ScannerResult } from './scanners/result.ts';

/** What nix/lib/checkModel.nix hands over. */
export interface CheckSettings {
  /** Store path of the model as it was fetched. */
  readonly model: string;
  readonly security: SecuritySpec;
  /** What the expression knows of the model: name, source, revision, hash, files. */
  readonly metadata: ModelMetadata;
}

export interface ModelMetadata {
  readonly name: string;
  /** With digests, where the pin has them. */
  readonly files?: readonly { readonly path: string }[] | undefined;
  readonly [attribute: string]: unknown;
}

export interface CheckOptions {
  /** What scanners see of the build's environment. */
  readonly environment: Environment;
  /** A folder of the build's own. */
  readonly scratch: string;
  readonly signal?: AbortSignal | undefined;
}

export interface CheckedModel {
  readonly accepted: boolean;
  /** For a person: one line, and some for each finding. */
  readonly findings: readonly string[];
  /** Of the built-in scanner, with paths inside the model; absent where it is disabled. */
  readonly scan?: PathsReport | undefined;
  readonly metadata: ModelMetadata;
}

export async function checkModel(settings: CheckSettings, options: CheckOptions): Promise<CheckedModel> {
  const { model, security } = settings;
  const policy = security.policy;
  const { signal } = options;
  const scan = security.enablePickleScan ? await scanPaths([model], { policy, signal }) : undefined;
  const files = await filesOf(model);
  const known = new Map(settings.metadata.files?.map((file) => [file.path, file]));
  const results = await runPrograms(settings, totalSize(files), options);
  const scanFindings = scan === undefined || scan.accepted ? [] : worstFindings(scan, model);
  return {
    accepted: scanFindings.length === 0 && results.every(({ verdict }) => verdict === 'clean'),
    findings: [...scanFindings, ...results.flatMap(describe)],
    scan: scan && relativeReport(scan, model),
    metadata: {
      ...settings.metadata,
      files: files.map((file) => ({ ...known.get(file.path), ...file })),
      totalSize: totalSize(files),
      scanners: [...(scan === undefined ? [] : [summary(scan)]), ...results],
    },
  };
}

async function runPrograms(
  { model, security, metadata }: CheckSettings,
  bytes: number,
  options: CheckOptions,
): Promise<ScannerResult[]> {
  const { enableModelScan, modelScan, enablePickleScan, customScanners } = security;
  const { scratch, signal } = options;
  const results: ScannerResult[] = [];
  if (!enableModelScan && customScanners.length === 0) return results;
  // Programs that walk a folder mostly pass symbolic links by, of which a locked model consists.
  const out = await withoutLinks(model, join(scratch, 'model'));
  const own = { HOME: scratch, out, src: model, MODEL_NAME: metadata.name, MODEL_SIZE: String(bytes) };
  const environment = { ...options.environment, ...own };
  if (enableModelScan && modelScan !== undefined) {
    const run = { environment, signal, scratch, othersJudge: enablePickleScan };
    results.push(await runModelscan(modelScan, out, run));
  }
  for (const scanner of customScanners) {
    results.push(await runCustomScanner(scanner, { environment, signal }));
  }
  return results;
}

/** The folder itself, or a copy in which every link is the file that it leads to. */
async function withoutLinks(model: string, copy: string): Promise<string> {
  const entries = await readdir(model, { recursive: true, withFileTypes: true });
  if (!entries.some((entry) => entry.isSymbolicLink())) return model;
  await cp(model, copy, { recursive: true, dereference: true, mode: constants.COPYFILE_FICLONE });
  return copy;
}

async function filesOf(model: string): Promise<{ path: string; size: number }[]> {
  const files: { path: string; size: number }[] = [];
  const visit = async (folder: string): Promise<void> => {
    for (const entry of await readdir(join(model, folder), { withFileTypes: true })) {
      const path = join(folder, entry.name);
      // A link that leads nowhere is for the scanner to report.
      const status = await stat(join(model, path)).catch(() => undefined);
      if (entry.isDirectory()) await visit(path);
      else if (status?.isFile() === true) files.push({ path, size: status.size });
    }
  };
  await visit('');
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function describe({ name, verdict, findings }: ScannerResult): string[] {
  return verdict === 'clean' ? [] : [`${name}: ${verdict}`, ...findings.map((line) => `  ${line}`)];
}

function summary({ scanner, verdict, accepted }: PathsReport): object {
  return { name: scanner, verdict, accepted };
}
