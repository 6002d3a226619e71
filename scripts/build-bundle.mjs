// Bundles src/ into build/js: the library, the command line and the hash worker share chunks, and
// what only one source needs is loaded when that source is used.

import { build } from 'esbuild';

const BANNER = "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);";

export async function buildBundle() {
  await build({
    entryPoints: {
      index: 'src/index.ts',
      cli: 'src/cli/main.ts',
      'hash-worker': 'src/core/hash-worker.ts',
      'digest-worker': 'src/download/digest-worker.ts',
    },
    outdir: 'build/js',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // Some dependencies are CommonJS and call require for Node's own modules.
    banner: { js: BANNER },
    legalComments: 'linked',
    logLevel: 'warning',
  });
}
