// What a pipeline may use of the outside world, passed in whole, so that a test or another program
// can replace any of it. The store is opened on first use: many commands never need it.

import type { Environment } from './base/env.ts';
import type { Progress } from './base/progress.ts';
import type { Http } from './net/http.ts';
import type { NixStore } from './store/nix-store.ts';

export interface Context {
  readonly environment: Environment;
  readonly http: Http;
  readonly store: () => Promise<NixStore>;
  /** Where downloads in progress live; each model has a folder of its own below it. */
  readonly cacheDirectory: string;
  /** Downloads at the same time, over all files. */
  readonly connections: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}
