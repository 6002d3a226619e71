// Runs the hub in a server of its own: the programmatic part of `nix-ai-model serve`. Listens on
// the loopback address unless told otherwise; closing it ends every connection and all hashing.

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ModelError, toModelError } from '../base/errors.ts';
import { createHubHandler, type HubHandler, type HubHandlerOptions } from './handler.ts';
import type { RepoMapping } from './root.ts';

export interface ServeOptions extends Omit<HubHandlerOptions, 'signal'> {
  readonly host?: string | undefined;
  /** 0 takes any free port. */
  readonly port?: number | undefined;
}

export interface RunningHub {
  /** What clients set HF_ENDPOINT to. */
  readonly url: string;
  readonly port: number;
  /** What is served at the start; trees may gain more. */
  readonly repositories: readonly Pick<RepoMapping, 'kind' | 'id'>[];
  /** Fulfilled when every file has been hashed: no client waits for that from then on. */
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

/** Longer than clients pause between two requests, so that none meets a closing connection. */
const KEEP_ALIVE_MS = 75_000;

export async function serveHub(options: ServeOptions): Promise<RunningHub> {
  const { host = '127.0.0.1', port = 0, log = () => undefined } = options;
  const closing = new AbortController();
  const handler = createHubHandler({ ...options, signal: closing.signal });
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, handler);
  await listen(server, host, port);
  server.on('error', (error) => { log(`failed: ${error.message}`); });
  const actual = (server.address() as AddressInfo).port;
  const ready = hashAll(handler, closing.signal, log);
  return {
    url: `http://${reachable(host)}:${actual}`,
    port: actual,
    repositories: handler.catalog.list().map(({ kind, id }) => ({ kind, id })),
    ready,
    async close() {
      closing.abort();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await Promise.all([closed, ready]);
    },
  };
}

/** Before anyone asks: clients give up after ten seconds, and large weights take longer than that. */
async function hashAll(
  { catalog }: HubHandler,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<void> {
  for (const { kind, id, revisions } of catalog.list()) {
    for (const [revision, directory] of revisions) {
      if (signal.aborted) return;
      const name = `${kind === 'models' ? '' : `${kind}/`}${id}@${revision}`;
      try {
        const snapshot = await directory.current(0);
        log(snapshot === undefined ? `cannot serve ${name}` : `serving ${name} as commit ${snapshot.commit}`);
      } catch (error) {
        const { code, message } = toModelError(error);
        if (code !== 'INTERRUPTED') log(`cannot serve ${name}: ${message}`);
      }
    }
  }
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (cause) {
    throw new ModelError('NETWORK', `Cannot listen on ${host}:${port}`, {
      found: (cause as NodeJS.ErrnoException).code,
      cause,
      remedies: ['Choose another port, or 0 for any free one.', 'Check that the address belongs to this machine.'],
    });
  }
}

/** An address that a client on this machine can use, where the server listens on all of them. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
