// What Nix said, as a ModelError with the code and the remedy that fit. Nix has no error numbers on
// its wire, only text: the few texts that call for another remedy are recognised here.

import { stripVTControlCharacters } from 'node:util';
import { ModelError, type ErrorCode } from '../base/errors.ts';

const KEPT = 'Run the same command again: what has been downloaded is kept.';

export const START_DAEMON = 'Start the Nix daemon: `systemctl start nix-daemon`.';
export const OTHER_STORE_DIR = 'If this Nix was built for another store directory, set NIX_STORE_DIR to it.';

const RULES: readonly { pattern: RegExp; code: ErrorCode; remedies: readonly string[] }[] = [
  {
    pattern: /no space left on device|disk quota exceeded|database or disk is full/i,
    code: 'DISK_FULL',
    remedies: ["Free space on the Nix store's file system: `nix-collect-garbage` removes what nothing uses.", KEPT],
  },
  {
    pattern: /not allowed to connect/i,
    code: 'PERMISSION',
    remedies: ['Add this user to `allowed-users` in /etc/nix/nix.conf and restart the Nix daemon.', KEPT],
  },
  {
    pattern: /permission denied|read-only file system|operation not permitted|attempt to write a readonly database/i,
    code: 'PERMISSION',
    remedies: [
      'Without root, Nix needs its daemon: start it (`systemctl start nix-daemon`), or check that the store is mounted writable.',
      KEPT,
    ],
  },
  {
    pattern: /cannot connect to (socket|daemon)/i,
    code: 'NIX_FAILED',
    remedies: [START_DAEMON, KEPT],
  },
  {
    pattern: /is not in the Nix store/i,
    code: 'NIX_FAILED',
    remedies: [OTHER_STORE_DIR],
  },
];

/** `text` is Nix's own message: a daemon's error or the stderr of a command. */
export function nixFailure(text: string, details: { cause?: unknown; retriable?: boolean } = {}): ModelError {
  const message = essence(text);
  const rule = RULES.find(({ pattern }) => pattern.test(message));
  return new ModelError(rule?.code ?? 'NIX_FAILED', `Nix failed: ${message}`, {
    remedies: rule?.remedies,
    ...details,
  });
}

/** The daemon went away or sent what no daemon sends. */
export function connectionFailure(cause: Error): ModelError {
  return new ModelError('NIX_FAILED', `The connection to the Nix daemon failed: ${cause.message}`, {
    // A daemon closes at once when the user may not use it; it tells its own log only.
    remedies: ['Check that `allowed-users` in /etc/nix/nix.conf lets this user in, and that the daemon runs.', KEPT],
    retriable: true,
    cause,
  });
}

/** Nix prints warnings before its error; only what follows the last `error:` is the reason. */
function essence(text: string): string {
  const words = stripVTControlCharacters(text).trim();
  const start = words.lastIndexOf('error: ');
  return start < 0 ? words : words.slice(start + 'error: '.length).trim();
}
