// What the tests of whole pipelines need: a store of their own, a cache and an HTTP client, in the
// Context that fetchModel and lockModel take; and one call that takes all of it down again.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../../src/base/env.ts';
import type { Context } from '../../src/context.ts';
import { createHttp } from '../../src/net/http.ts';
import { openStore } from '../../src/store/nix-store.ts';
import { privateStore } from '../store/private-store.ts';

export interface Pipeline {
  readonly context: Context;
  /** A scratch folder; the cache is `cache` below it. */
  readonly folder: string;
  readonly close: () => Promise<void>;
}

/** `more` is what the source needs of the environment. */
export async function openPipeline(more: (folder: string) => Environment): Promise<Pipeline> {
  const folder = await mkdtemp(join(tmpdir(), 'pipeline-'));
  const store = await privateStore();
  const environment = { ...store.environment, ...more(folder) };
  const { signal } = new AbortController();
  const http = createHttp({ environment: {} });
  const context: Context = {
    environment,
    http,
    signal,
    store: () => openStore({ environment, signal }),
    cacheDirectory: join(folder, 'cache'),
    connections: 4,
    progress: () => undefined,
  };
  const close = async (): Promise<void> => {
    await http.close();
    await store.remove();
    await rm(folder, { recursive: true });
  };
  return { context, folder, close };
}
