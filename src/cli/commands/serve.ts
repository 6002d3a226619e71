// `nix-ai-model serve`: a read-only hub over directories and store paths, until it is stopped.

import { once } from 'node:events';
import { cacheDirectory, processEnvironment, variable } from '../../base/env.ts';
import { serveHub } from '../../hub/serve.ts';
import { printResult } from '../report.ts';
import type { Output } from '../report.ts';

export interface ServeOptions {
  readonly host: string;
  readonly port: number;
  readonly token?: string;
  readonly gated?: readonly string[];
  readonly quiet?: boolean;
}

export async function serveCommand(
  roots: readonly string[],
  options: ServeOptions,
  output: Output,
): Promise<void> {
  const { quiet, ...served } = options;
  const environment = processEnvironment();
  const log = (line: string): void => void output.stderr.write(`${line}\n`);
  const hub = await serveHub({
    ...served,
    roots,
    // What was hashed once need not be hashed at the next start.
    cacheDirectory: cacheDirectory(environment),
    storeDirectory: variable(environment, 'NIX_STORE_DIR'),
    log: quiet === true ? undefined : log,
  });
  printResult(output, { url: hub.url }, `serving at ${hub.url}\nclients: export HF_ENDPOINT=${hub.url}`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await hub.close();
}
