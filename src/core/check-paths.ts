// Names of a model's files, by the WASM core: hostile until this has seen them.

import { coreInstance } from './instance.ts';

/** Throws HOSTILE_NAME for the first path that an honest model does not have. */
export function checkPaths(paths: readonly string[]): void {
  coreInstance().call('checkpaths', JSON.stringify(paths));
}
