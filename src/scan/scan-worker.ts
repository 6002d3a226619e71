// The script of a scan worker thread: takes files from the list that all workers share, scans them and
// posts each report. Started by scan-files.ts only.

import { parentPort, workerData } from 'node:worker_threads';
import { FileScanner } from '../core/scan-file.ts';
import type { ScanReport } from '../core/scan-file.ts';

export interface ScanWorkerData {
  readonly paths: readonly string[];
  /** Indices into `paths` in the order in which they are to be taken. */
  readonly order: readonly number[];
  /** Int32: how many of `order` the workers have taken. */
  readonly taken: SharedArrayBuffer;
  /** The compiled core, so that no worker compiles it again. */
  readonly module: WebAssembly.Module;
}

export interface ScanMessage {
  readonly index: number;
  readonly report?: ScanReport;
  readonly error?: string;
}

function run({ paths, order, taken, module }: ScanWorkerData): void {
  const counter = new Int32Array(taken);
  const scanner = new FileScanner(module);
  for (;;) {
    const index = order[Atomics.add(counter, 0, 1)];
    const path = index === undefined ? undefined : paths[index];
    if (index === undefined || path === undefined) return;
    parentPort?.postMessage(scan(scanner, index, path));
  }
}

function scan(scanner: FileScanner, index: number, path: string): ScanMessage {
  try {
    return { index, report: scanner.scanFile(path) };
  } catch (error) {
    return { index, error: error instanceof Error ? error.message : String(error) };
  }
}

run(workerData as ScanWorkerData);
