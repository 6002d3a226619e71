// The version that `--version` prints and every request names: package.json's, inlined by the
// bundler.

import packageJson from '../../package.json' with { type: 'json' };

export const VERSION = packageJson.version;
