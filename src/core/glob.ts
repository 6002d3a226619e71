// File patterns, by the WASM core (docs/spec.md says what they mean).

import type { FilePatterns } from '../base/spec.ts';
import { coreInstance } from './instance.ts';

/** Throws SPEC_INVALID for a malformed pattern. */
export function matchGlob(pattern: string, path: string): boolean {
  return coreInstance().call('globmatch', pattern, path)[0] === 1;
}

/** Whether each path is chosen: by an include pattern (or there is none), and by no exclude. */
export function selectPaths(patterns: FilePatterns, paths: readonly string[]): boolean[] {
  const request = JSON.stringify({ ...patterns, paths });
  return Array.from(coreInstance().call('selectpaths', request), (byte) => byte === 1);
}
