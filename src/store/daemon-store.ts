// A store behind a daemon connection: the operations that this project uses, by name. No policy:
// nix-store.ts decides what is added and when.

import type { Added, Addition, PathInfo, StoreBackend } from './backend.ts';
import type { DaemonConnection } from './daemon-connection.ts';
import { verifiedDump } from './verified-dump.ts';
import type { WireReader } from './wire.ts';

/** Numbers of Nix's worker protocol. */
const OPERATION = { isValidPath: 1, addToStore: 7, addTempRoot: 11, queryPathInfo: 26 } as const;

/** From here on (Nix 2.4) additions are streamed and may have references. */
export const MIN_PROTOCOL = 25;

export class DaemonStore implements StoreBackend {
  readonly #connection: DaemonConnection;
  readonly #signal: AbortSignal | undefined;

  constructor(connection: DaemonConnection, signal?: AbortSignal) {
    this.#connection = connection;
    this.#signal = signal;
  }

  isValidPath(path: string): Promise<boolean> {
    return this.#connection.call({
      operation: OPERATION.isValidPath,
      fields: [path],
      reply: (reader) => reader.boolean(),
    });
  }

  queryPathInfo(path: string): Promise<PathInfo | undefined> {
    return this.#connection.call({
      operation: OPERATION.queryPathInfo,
      fields: [path],
      reply: async (reader) => ((await reader.boolean()) ? readPathInfo(reader, path) : undefined),
    });
  }

  async addTempRoot(path: string): Promise<void> {
    await this.#connection.call({
      operation: OPERATION.addTempRoot,
      fields: [path],
      reply: (reader) => reader.number(),
    });
  }

  /** Streams the bytes in, verified on the way; the daemon computes where they belong. */
  async add(addition: Addition): Promise<Added> {
    const { name, content, algorithm } = addition;
    const method = content.kind === 'file' ? 'fixed' : 'fixed:r';
    const references = content.kind === 'nar' ? content.references : [];
    const repair = 0;
    const dump = verifiedDump(addition, this.#signal);
    let digest = '';
    const info = await this.#connection.call({
      operation: OPERATION.addToStore,
      fields: [name, `${method}:${algorithm}`, references, repair],
      body: (async function* () {
        digest = yield* dump;
      })(),
      reply: async (reader) => readPathInfo(reader, await reader.string()),
    });
    return { info, digest };
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}

async function readPathInfo(reader: WireReader, path: string): Promise<PathInfo> {
  await reader.string(); // deriver
  const narHash = await reader.string();
  const references = await reader.strings();
  await reader.number(); // registration time
  const narSize = await reader.number();
  await reader.boolean(); // built here
  await reader.strings(); // signatures
  const contentAddress = await reader.string();
  return { path, narHash, narSize, references, contentAddress };
}
