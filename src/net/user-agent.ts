// How this program names itself to servers.

import { VERSION } from '../base/version.ts';

export const USER_AGENT = `nix-ai-models/${VERSION}`;
