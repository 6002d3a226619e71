// Bundles src/ into build/js: the library, the command line and the hash worker share chunks, and
// what only one source needs is loaded when that source is used.

import { readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const OUT = 'build/js';
const BANNER = "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);";

/** An alias would catch undici/lib/… too, which the parts themselves are. */
const partsOfUndici = {
  name: 'parts-of-undici',
  setup({ onResolve }) {
    onResolve({ filter: /^undici$/ }, () => ({ path: resolve('scripts/undici-parts.mjs') }));
  },
};

export async function buildBundle() {
  const { metafile } = await build({
    entryPoints: {
      index: 'src/index.ts',
      cli: 'src/cli/main.ts',
      'hash-worker': 'src/core/hash-worker.ts',
      'digest-worker': 'src/download/digest-worker.ts',
      'scan-worker': 'src/scan/scan-worker.ts',
    },
    outdir: OUT,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    plugins: [partsOfUndici],
    // Some dependencies are CommonJS and call require for Node's own modules.
    banner: { js: BANNER },
    legalComments: 'linked',
    logLevel: 'warning',
    metafile: true,
  });
  // Chunks are named by their content: those of earlier builds would stay for ever.
  for (const name of readdirSync(OUT)) {
    if (name.endsWith('.js') && !(join(OUT, name) in metafile.outputs)) rmSync(join(OUT, name));
  }
}
