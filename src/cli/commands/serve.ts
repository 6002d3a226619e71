// `nix-ai-model serve`: a read-only hub over directories and store paths, until it is stopped.

import { once } from 'node:events';
import { serveHub } from '../../hub/serve.ts';
import { printResult } from '../report.ts';
import type { Output } from '../report.ts';

export interface ServeOptions {
  readonly host: string;
  readonly port: number;
  readonly token?: string;
  readonly quiet?: boolean;
}

export async function serveCommand(
  roots: readonly string[],
  options: ServeOptions,
  output: Output,
): Promise<void> {
  const { host, port, token, quiet } = options;
  const log = (line: string): void => void output.stderr.write(`${line}\n`);
  const hub = await serveHub({ roots, host, port, token, log: quiet === true ? undefined : log });
  printResult(output, { url: hub.url }, `serving at ${hub.url}\nclients: export HF_ENDPOINT=${hub.url}`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await hub.close();
}
