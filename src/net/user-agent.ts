// How this program names itself to servers. The version is package.json's, inlined by the bundler.

import packageJson from '../../package.json' with { type: 'json' };

export const USER_AGENT = `nix-ai-models/${packageJson.version}`;
