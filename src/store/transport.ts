// How the daemon is reached: its own socket where Nix itself would use it, else `nix-daemon
// --stdio`, which opens the store in a process of ours. The rule is Nix's: see docs/store.md.

import { access, constants, stat } from 'node:fs/promises';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { variable, type Environment } from '../base/env.ts';
import { ModelError } from '../base/errors.ts';
import { startDaemon, type NixRunner } from './run-nix.ts';
import { START_DAEMON } from './store-errors.ts';

/** A two-way byte stream to a daemon. */
export interface Transport {
  readonly input: Readable;
  readonly output: Writable;
  /** What the daemon printed outside of the protocol before it ended, where that can be seen. */
  readonly lastWords: () => Promise<string>;
  /** Ends it in good order and waits until it has ended. */
  readonly close: () => Promise<void>;
  /** Ends it now. */
  readonly destroy: () => void;
}

export async function openTransport(runner: NixRunner): Promise<Transport> {
  const socket = await daemonSocket(runner.environment);
  return socket === undefined ? startDaemon(runner) : connectSocket(socket);
}

/** Path of the socket that Nix would use in this environment, if it would use one. */
export async function daemonSocket(environment: Environment): Promise<string | undefined> {
  const state = variable(environment, 'NIX_STATE_DIR') ?? '/nix/var/nix';
  const socket = variable(environment, 'NIX_DAEMON_SOCKET_PATH') ?? join(state, 'daemon-socket/socket');
  const remote = variable(environment, 'NIX_REMOTE') ?? 'auto';
  if (remote === 'daemon') return socket;
  if (remote.startsWith('unix://')) return remote.slice('unix://'.length).split('?')[0] || socket;
  if (remote !== 'auto') return undefined;
  // Whoever may write the store's database uses it directly, as root does.
  if (await succeeds(access(state, constants.R_OK | constants.W_OK))) return undefined;
  return (await succeeds(stat(socket))) ? socket : undefined;
}

async function connectSocket(path: string): Promise<Transport> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
  } catch (cause) {
    const denied = (cause as NodeJS.ErrnoException).code === 'EACCES';
    throw new ModelError(denied ? 'PERMISSION' : 'NIX_FAILED', 'Cannot reach the Nix daemon', {
      subject: path,
      remedies: [START_DAEMON, 'NIX_DAEMON_SOCKET_PATH or NIX_REMOTE name another one.'],
      retriable: !denied,
      cause,
    });
  }
  return {
    input: socket,
    output: socket,
    lastWords: () => Promise.resolve(''),
    close: async () => {
      socket.end();
      socket.resume();
      if (!socket.closed) await once(socket, 'close');
    },
    destroy: () => socket.destroy(),
  };
}

async function succeeds(attempt: Promise<unknown>): Promise<boolean> {
  return attempt.then(
    () => true,
    () => false,
  );
}
