// Hubs over temporary directories for the tests of the hub, and a client that sends a path exactly as
// written (fetch would tidy it). Everything is gone when the test ends.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type RunningHub, serveHub, type ServeOptions } from '../../src/hub/serve.ts';

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** A directory with these files. */
export function makeDirectory(files: Files = {}): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'nix-ai-models-hub-')));
  onTestFinished(() => { rmSync(directory, { recursive: true, force: true }); });
  writeFiles(directory, files);
  return directory;
}

export function writeFiles(directory: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
}

export async function startHub(
  roots: ServeOptions['roots'],
  options: Partial<ServeOptions> = {},
): Promise<RunningHub> {
  const hub = await serveHub({ roots, ...options });
  onTestFinished(() => hub.close());
  return hub;
}

/** A hub that serves these files as org/name. */
export async function serveFiles(
  files: Files,
  options: Partial<ServeOptions> = {},
): Promise<{ hub: RunningHub; directory: string }> {
  const directory = makeDirectory(files);
  return { hub: await startHub([`org/name=${directory}`], options), directory };
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly json: unknown;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export function ask(hub: Pick<RunningHub, 'port'>, path: string, asked: Asked = {}): Promise<Reply> {
  const { method = 'GET', headers = {}, body } = asked;
  const agent = new Agent({ keepAlive: false });
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: hub.port, path, method, headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const all = Buffer.concat(chunks);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: all, json: parse(all) });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The commit that main stands for now. */
export async function commitOf(hub: RunningHub, id = 'org/name'): Promise<string> {
  const { json } = await ask(hub, `/api/models/${id}/revision/main`);
  return (json as { sha: string }).sha;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
