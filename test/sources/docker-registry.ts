// A real registry (Debian's docker-registry) on a free port of this machine, filled by a real client
// (skopeo; curl for the media types that skopeo refuses). Gone, with its storage, when stop() returns.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { type Artifact, DOCKER_MANIFEST, writeLayout } from './artifact.ts';

export interface DockerRegistry {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly url: string;
  /** Requests since the last call, as `GET /v2/…`. */
  readonly requests: () => Promise<string[]>;
  readonly push: (artifact: Artifact, name: string, tag: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

const run = promisify(execFile);

/** Of the registry that is started with `login`. */
export const LOGIN = { name: 'alice', password: 'a:secret' };
/** The same, hashed by htpasswd(1). */
const HTPASSWD = 'alice:$2y$04$mdXhdiQpdd7nVkVTFAwCEuHvEHJjNLRSfNHVWrKxjqsuzXe0U.2lS\n';

const missing = ['docker-registry', 'skopeo', 'curl', 'openssl'].filter((program) => !isInstalled(program));

/** Why tests with it are skipped; empty where nothing is missing. */
export const skipped = missing.length === 0 ? '' : ` (skipped: ${missing.join(' and ')} not installed)`;

export interface RegistryOptions {
  /** Lets LOGIN in and nobody else. */
  readonly login?: boolean;
  /** The `auth` of a place for tokens (token-server.ts), where LOGIN may push. */
  readonly tokens?: unknown;
}

export async function startRegistry(options: RegistryOptions = {}): Promise<DockerRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'docker-registry-'));
  const login = options.login === true || options.tokens !== undefined;
  await writeFile(join(folder, 'htpasswd'), HTPASSWD);
  await writeFile(join(folder, 'config.yml'), JSON.stringify(configuration(folder, options)));
  const server = spawn('docker-registry', ['serve', join(folder, 'config.yml')], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(server, 'exit');
  const log = followLog(createInterface(server.stderr));
  const host = await Promise.race([log.host, ended.then(() => Promise.reject(new Error('docker-registry ended')))]);

  let pushed = 0;
  return {
    host,
    url: `http://${host}`,
    requests: async () => {
      // The log is written after the answer: a question of our own comes out last.
      const mark = `/v2/mark/manifests/${Date.now()}`;
      await fetch(`http://${host}${mark}`).then((response) => response.arrayBuffer());
      return await log.takeUpTo(`GET ${mark}`);
    },
    push: async (artifact, name, tag) => {
      const directory = join(folder, `layout-${++pushed}`);
      await writeLayout(directory, tag, artifact);
      if (artifact.mediaType === DOCKER_MANIFEST) {
        await pushByCurl({ directory, artifact, repository: `http://${host}/v2/${name}`, tag });
        return;
      }
      const credentials = login ? ['--dest-creds', `${LOGIN.name}:${LOGIN.password}`] : [];
      const options = ['--all', '--preserve-digests', '--dest-tls-verify=false', ...credentials];
      const target = `docker://${host}/${name}:${tag}`;
      await run('skopeo', ['--insecure-policy', 'copy', ...options, `oci:${directory}:${tag}`, target]);
    },
    stop: async () => {
      server.kill();
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

interface Push {
  readonly directory: string;
  readonly artifact: Artifact;
  readonly repository: string;
  readonly tag: string;
}

async function pushByCurl({ directory, artifact, repository, tag }: Push): Promise<void> {
  const put = async (url: string, hex: string, type: string): Promise<void> => {
    const file = join(directory, 'blobs/sha256', hex);
    await run('curl', ['-fsS', '-X', 'PUT', '-H', `content-type: ${type}`, '--data-binary', `@${file}`, url]);
  };
  for (const hex of artifact.blobs.keys()) {
    const start = ['-fsS', '-X', 'POST', '-o', '/dev/null', '-w', '%header{location}', `${repository}/blobs/uploads/`];
    const { stdout: location } = await run('curl', start);
    await put(`${location}&digest=sha256:${hex}`, hex, 'application/octet-stream');
  }
  await put(`${repository}/manifests/${tag}`, artifact.digest.replace('sha256:', ''), artifact.mediaType);
}

/** JSON is YAML too. */
function configuration(folder: string, { login, tokens }: RegistryOptions): unknown {
  const htpasswd = { realm: 'test', path: join(folder, 'htpasswd') };
  const auth = login === true ? { htpasswd } : tokens;
  return {
    version: '0.1',
    log: { level: 'info', formatter: 'json', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, 'storage') } },
    http: { addr: '127.0.0.1:0', secret: 'of this test' },
    ...(auth === undefined ? {} : { auth }),
  };
}

interface Log {
  readonly host: Promise<string>;
  readonly takeUpTo: (line: string) => Promise<string[]>;
}

function followLog(lines: AsyncIterable<string>): Log {
  const requests: string[] = [];
  const waiting = new Set<() => void>();
  const host = new Promise<string>((resolve) => {
    void (async () => {
      for await (const line of lines) {
        const entry = JSON.parse(line) as Record<string, string>;
        const address = /^listening on (.*)$/.exec(entry['msg'] ?? '')?.[1];
        if (address !== undefined) resolve(address);
        if (entry['msg']?.startsWith('response completed') !== true) continue;
        requests.push(`${entry['http.request.method'] ?? ''} ${entry['http.request.uri'] ?? ''}`);
        for (const wake of waiting) wake();
      }
    })();
  });
  return {
    host,
    takeUpTo: async (mark) => {
      while (!requests.includes(mark)) await new Promise<void>((resolve) => waiting.add(resolve));
      return requests.splice(0, requests.indexOf(mark) + 1).slice(0, -1);
    },
  };
}

function isInstalled(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program));
      return true;
    } catch {
      return false;
    }
  });
}
