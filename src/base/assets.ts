// Where the files that a build makes lie: the WASM modules and the worker's script. Bundled code
// has them beside itself; code run from src/ (tests) finds them in the checkout's build/js.

import { fileURLToPath } from 'node:url';

const base = import.meta.url.endsWith('.ts') ? '../../build/js/' : './';

/** Absolute path of a build product by its file name, such as `core.simd.wasm`. */
export function assetPath(name: string): string {
  return fileURLToPath(new URL(base + name, import.meta.url));
}
