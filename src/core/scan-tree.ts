// What a whole directory shows that no file of it does, by the WASM core (wasm/scan/tree.ts).

import type { Severity } from './scan-file.ts';
import { jsonOf } from './text-reply.ts';

export interface TreeEntry {
  /** From the directory, with slashes. */
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink';
  /** The text of a link. */
  readonly target?: string | undefined;
  /** Of the file's own report. */
  readonly format?: string | undefined;
  readonly needs?: readonly string[] | undefined;
}

export interface TreeFinding {
  readonly path: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly explanation: string;
  readonly remedy: string;
  /** What the file's own report says by this rule is settled. */
  readonly answers?: string;
}

export function scanTree(entries: readonly TreeEntry[]): TreeFinding[] {
  return jsonOf('scantree', JSON.stringify(entries)) as TreeFinding[];
}
