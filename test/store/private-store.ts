// A store of a test's own: directories under /tmp and the environment that makes Nix use them, so
// that /nix/store stays as it is. NIX_AI_MODELS_TEST_NIX=DIR adds the Nix in DIR/bin to the tests.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';

export type Variables = Record<string, string | undefined>;

export interface PrivateStore {
  readonly directory: string;
  readonly storeDir: string;
  readonly environment: Variables;
  /** What lies in the store directory, temporary and lock files too. */
  readonly contents: () => Promise<string[]>;
  /** Runs a Nix command on this store and returns its output without the last line break. */
  readonly nix: (command: string, ...args: string[]) => Promise<string>;
  readonly remove: () => Promise<void>;
}

const optional = process.env['NIX_AI_MODELS_TEST_NIX'];

/** Each Nix to be tested: a label, and a directory of programs to put before PATH. */
export const NIX_INSTALLATIONS = [
  { label: 'the installed Nix', bin: undefined, skip: false },
  { label: 'the Nix that NIX_AI_MODELS_TEST_NIX names', bin: join(optional ?? '', 'bin'), skip: optional === undefined },
] as const;

export async function privateStore(bin?: string): Promise<PrivateStore> {
  const directory = await mkdtemp(join(tmpdir(), 'private-store-'));
  const storeDir = join(directory, 'store');
  const environment: Variables = {
    ...process.env,
    PATH: bin === undefined ? process.env['PATH'] : `${bin}:${process.env['PATH'] ?? ''}`,
    NIX_STORE_DIR: storeDir,
    NIX_STATE_DIR: join(directory, 'state'),
    NIX_LOG_DIR: join(directory, 'log'),
    NIX_CONF_DIR: join(directory, 'conf'),
    NIX_REMOTE: undefined,
  };
  const nix = async (command: string, ...args: string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)(command, args, { env: environment });
    return stdout.trimEnd();
  };
  await mkdir(storeDir);
  await nix('nix-store', '--init');
  return {
    directory,
    storeDir,
    environment,
    nix,
    contents: async () => (await readdir(storeDir)).filter((name) => name !== '.links').sort(),
    remove: async () => {
      await makeWritable(storeDir);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export interface RunningDaemon {
  readonly environment: Variables;
  readonly stop: () => Promise<void>;
}

/** A real nix-daemon on a socket of the store's own. */
export async function startNixDaemon(store: PrivateStore): Promise<RunningDaemon> {
  const socket = join(store.directory, 'daemon.sock');
  const environment = { ...store.environment, NIX_DAEMON_SOCKET_PATH: socket, NIX_REMOTE: 'daemon' };
  const daemon = spawn('nix-daemon', [], { env: { ...environment, NIX_REMOTE: 'local' }, stdio: 'ignore' });
  const ended = once(daemon, 'exit');
  while (!existsSync(socket)) await setTimeout(10);
  return {
    environment,
    stop: async () => {
      daemon.kill();
      await ended;
    },
  };
}

/** Store directories are read-only; only root could remove them so. */
async function makeWritable(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeWritable(join(directory, entry.name));
  }
}
