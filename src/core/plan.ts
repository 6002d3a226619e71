// What a spec pins, before anything is fetched: the store path of the model and of each file. The
// evaluator plugin asks the same export of the WASM core, nix/lib computes the same.

import type { PolicySpec, Spec } from '../base/spec.ts';
import { jsonOf } from './text-reply.ts';

/** A file that is a flat store object of its own. One of the two digests is set. */
export interface PlannedFile {
  readonly path: string;
  /** Bytes; known from a lock. */
  readonly size?: number | undefined;
  /** Lower-case hexadecimal. */
  readonly sha256?: string | undefined;
  readonly sha512?: string | undefined;
  /** Which version of the object, where the store keeps several; known from a lock. */
  readonly version?: string | undefined;
  readonly storePath: string;
}

/** How the model is scanned before anyone gets it. */
export interface ScanSettings {
  /**
   * Hexadecimal; stands for the scanner, what it accepts and the store path. A file of this name in the
   * cache says that the path was accepted. Absent where the path is not known.
   */
  readonly key?: string | undefined;
  readonly failOnScanError: boolean;
  readonly policy: PolicySpec;
}

export interface Plan {
  readonly spec: Spec;
  /** How the model is pinned: as one tree, file by file, or not at all. */
  readonly pin: 'hash' | 'files' | null;
  readonly storePath?: string | undefined;
  /** SRI of the tree; set for pin `hash`. */
  readonly hash?: string | undefined;
  readonly revision?: string | undefined;
  /** Bytes; set where the size of each file is known. */
  readonly totalSize?: number | undefined;
  /** Sorted by path; set for pin `files`. */
  readonly files?: readonly PlannedFile[] | undefined;
  /** null where the spec disables the scan. */
  readonly scan: ScanSettings | null;
}

/** Plans a spec in any of the forms that docs/spec.md describes. */
export function planModel(input: unknown, storeDir: string): Plan {
  return jsonOf('plan', JSON.stringify(input ?? null), storeDir) as Plan;
}
