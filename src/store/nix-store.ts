// The Nix store as the pipelines see it: files, trees and link trees go in, paths come out. Sources,
// downloads and specs are none of its business.

import { variable, type Environment } from '../base/env.ts';
import { ModelError } from '../base/errors.ts';
import type { Link, PathInfo, StoreBackend } from './backend.ts';
import { BackedStore } from './backed-store.ts';
import { CommandStore } from './command-store.ts';
import { DaemonConnection } from './daemon-connection.ts';
import type { Log } from './daemon-messages.ts';
import { DaemonStore, MIN_PROTOCOL } from './daemon-store.ts';
import { openTransport } from './transport.ts';

export interface NixStore {
  readonly storeDir: string;
  /** Whether the path is there. If so, the garbage collector spares it until `close`. */
  isValidPath(path: string): Promise<boolean>;
  queryPathInfo(path: string): Promise<PathInfo | undefined>;
  /** A flat fixed output: one file, without its executable bit. */
  addFile(options: AddFileOptions): Promise<string>;
  /** A recursive fixed output. */
  addTree(options: AddTreeOptions): Promise<AddedTree>;
  /** A tree of symbolic links to store paths, which it references. */
  addLinks(options: AddLinksOptions): Promise<string>;
  /** Makes `link` a symbolic link to the path and a garbage collector root, as `--out-link` does. */
  addRoot(link: string, path: string): Promise<void>;
  close(): Promise<void>;
}

export interface AddFileOptions {
  readonly name: string;
  readonly file: string;
  /** In any notation. Other content is HASH_MISMATCH and stays outside. */
  readonly sha256: string;
}

export interface AddTreeOptions {
  readonly name: string;
  readonly directory: string;
  /** In any notation, sha256 or sha512. Other content is HASH_MISMATCH and stays outside. */
  readonly narHash?: string | undefined;
}

export interface AddLinksOptions {
  readonly name: string;
  /** Targets are store paths; each becomes a reference. */
  readonly links: readonly Link[];
}

export interface AddedTree {
  readonly path: string;
  /** SRI, sha256 of the NAR. */
  readonly narHash: string;
  readonly narSize: number;
}

export interface OpenStoreOptions {
  readonly environment: Environment;
  /** Ends what is under way, cleanly: a half-sent addition leaves nothing in the store. */
  readonly signal?: AbortSignal | undefined;
  /** Gets Nix's own warnings. */
  readonly log?: Log | undefined;
}

/** Opens the store that `nix` itself would use in this environment. */
export async function openStore(options: OpenStoreOptions): Promise<NixStore> {
  const { environment } = options;
  const storeDir = variable(environment, 'NIX_STORE_DIR') ?? variable(environment, 'NIX_STORE') ?? '/nix/store';
  return new BackedStore(storeDir, await openBackend(options, storeDir), options);
}

async function openBackend(options: OpenStoreOptions, storeDir: string): Promise<StoreBackend> {
  const daemon = await connectDaemon(options).catch((error: unknown) => {
    if (error instanceof ModelError && error.code === 'NIX_FAILED') return error;
    throw error;
  });
  if (daemon instanceof DaemonStore) return daemon;
  return openCommands(options, storeDir, daemon);
}

async function connectDaemon(options: OpenStoreOptions): Promise<DaemonStore> {
  const connection = await DaemonConnection.open(await openTransport(options), options);
  if (connection.protocol >= MIN_PROTOCOL) return new DaemonStore(connection, options.signal);
  await connection.close();
  const spoken = `protocol 1.${connection.protocol}`;
  throw new ModelError('NIX_FAILED', `The Nix daemon is older than Nix 2.4: it speaks ${spoken}`);
}

/** The second way in, tried out. Where it fails too, why the first one failed says more. */
async function openCommands(
  options: OpenStoreOptions,
  storeDir: string,
  reason: ModelError,
): Promise<StoreBackend> {
  const store = new CommandStore(options);
  await store.isValidPath(`${storeDir}/${'0'.repeat(32)}-trial`).catch(() => {
    throw reason;
  });
  options.log?.(`${reason.message}; using nix-store instead`);
  return store;
}
