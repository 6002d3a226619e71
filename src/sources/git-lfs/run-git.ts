// Starts git and ssh: the only place of the sources that starts programs. Git never prompts, never
// runs a hook or a filter, speaks only the protocol it is told to, and sees no repository but the
// one it is given. Arguments are lists; no shell reads anything that came from a spec.

import { type ChildProcessWithoutNullStreams as Child, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type Environment, variable } from '../../base/env.ts';
import { ModelError } from '../../base/errors.ts';

export interface ProgramOptions {
  readonly environment: Environment;
  readonly signal?: AbortSignal | undefined;
  /** What the program reads on its standard input. */
  readonly input?: string | undefined;
}

export interface GitOptions extends ProgramOptions {
  /** The repository that git works in; none for commands that need none. */
  readonly directory?: string | undefined;
  /** The one protocol that this call may use; none: no network at all. */
  readonly protocol?: string | undefined;
}

export interface ProgramResult {
  readonly status: number;
  readonly stdout: Buffer;
  /** The last of it, for error messages. */
  readonly stderr: string;
}

/** A listing of half a million files is smaller; what is larger was made to be (FORMAT_LIMIT). */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const KEPT_STDERR_CHARACTERS = 8_000;

/** Where the user's own git happens to work does not matter here (`git rev-parse --local-env-vars`). */
const LOCAL_VARIABLES = [
  'GIT_ALTERNATE_OBJECT_DIRECTORIES', 'GIT_CONFIG', 'GIT_OBJECT_DIRECTORY', 'GIT_DIR', 'GIT_WORK_TREE',
  'GIT_IMPLICIT_WORK_TREE', 'GIT_GRAFT_FILE', 'GIT_INDEX_FILE', 'GIT_REPLACE_REF_BASE', 'GIT_PREFIX',
  'GIT_SHALLOW_FILE', 'GIT_COMMON_DIR', 'GIT_NAMESPACE',
];

const CONFIGURATION = {
  'core.hooksPath': '/dev/null',
  'core.fsmonitor': 'false',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'fetch.recurseSubmodules': 'false',
  // Nothing has arrived for a minute: the server will not come back.
  'http.lowSpeedLimit': '1',
  'http.lowSpeedTime': '60',
};

export function startGit(args: readonly string[], options: GitOptions): Child {
  const configuration = Object.entries(CONFIGURATION).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const directory = options.directory === undefined ? [] : ['-C', options.directory];
  return start('git', [...configuration, ...directory, ...args], {
    ...options,
    environment: gitEnvironment(options),
  });
}

/** Runs git to its end. A status other than 0 is an answer, too. */
export async function runGit(args: readonly string[], options: GitOptions): Promise<ProgramResult> {
  return await finish(startGit(args, options), options);
}

/** Runs a command on another machine, with the user's own ssh and its configuration. */
export async function runSsh(
  { destination, port }: { destination: string; port?: string | undefined },
  command: string,
  options: ProgramOptions,
): Promise<ProgramResult> {
  const args = [...(port === undefined ? [] : ['-p', port]), destination, command];
  const { environment } = options;
  const own = variable(environment, 'GIT_SSH_COMMAND') ?? (await configured('core.sshCommand', options));
  const program = variable(environment, 'GIT_SSH') ?? 'ssh';
  // As git itself: the user's own command is a line for the shell.
  const child = own === undefined
    ? start(program, args, options)
    : start('sh', ['-c', `${own} "$@"`, own, ...args], options);
  return await finish(child, options);
}

/** A setting of the user's git. */
export async function configured(name: string, options: GitOptions): Promise<string | undefined> {
  const { status, stdout } = await runGit(['config', '--get', name], options);
  return status === 0 ? stdout.toString('utf8').trim() : undefined;
}

async function finish(child: Child, options: ProgramOptions): Promise<ProgramResult> {
  const stderr = tail(child);
  // A program that has ended does not read what is left: its status says why.
  child.stdin.on('error', () => undefined).end(options.input ?? '');
  const chunks: Buffer[] = [];
  let size = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= MAX_OUTPUT_BYTES) chunks.push(chunk);
    else child.kill();
  });
  const status = await exitOf(child, options.signal);
  if (size > MAX_OUTPUT_BYTES) {
    throw new ModelError('FORMAT_LIMIT', 'The repository is too large to be a model', {
      wanted: `a listing of at most ${MAX_OUTPUT_BYTES} bytes`,
    });
  }
  return { status, stdout: Buffer.concat(chunks), stderr: stderr() };
}

/** The exit status, once every pipe is closed; a program that was killed has none: -1. */
export async function exitOf(child: Child, signal?: AbortSignal): Promise<number> {
  try {
    const [status] = (await once(child, 'close')) as [number | null];
    signal?.throwIfAborted();
    return status ?? -1;
  } catch (error) {
    signal?.throwIfAborted();
    throw cannotStart(error, child.spawnfile);
  }
}

/** Collects the end of what a program says. */
export function tail(child: Child): () => string {
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (more: string) => {
    text = (text + more).slice(-KEPT_STDERR_CHARACTERS);
  });
  return () => text;
}

function start(program: string, args: readonly string[], options: ProgramOptions): Child {
  const { environment, signal } = options;
  // A session of its own has no terminal to prompt on, and can be ended as a whole.
  const env = { ...environment, SSH_ASKPASS: undefined, SSH_ASKPASS_REQUIRE: 'never' };
  const child = spawn(program, args, { env, stdio: 'pipe', detached: true });
  const end = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid);
    } catch {
      // It has just ended by itself.
    }
  };
  signal?.addEventListener('abort', end, { once: true });
  child.once('exit', () => signal?.removeEventListener('abort', end));
  return child;
}

function gitEnvironment({ environment, protocol }: GitOptions): Environment {
  const kept = Object.entries(environment).filter(([name]) => !LOCAL_VARIABLES.includes(name));
  const certificates = variable(environment, 'NIX_SSL_CERT_FILE') ?? variable(environment, 'SSL_CERT_FILE');
  return {
    // As for everything else that is fetched; Nix names a file that does not exist where it has none.
    ...(certificates !== undefined && existsSync(certificates) ? { GIT_SSL_CAINFO: certificates } : {}),
    ...Object.fromEntries(kept),
    GIT_TERMINAL_PROMPT: '0',
    GCM_INTERACTIVE: 'never',
    GIT_ALLOW_PROTOCOL: protocol ?? 'none',
    GIT_NO_LAZY_FETCH: '1',
    GIT_LFS_SKIP_SMUDGE: '1',
    // Messages are told apart by their words (git-errors.ts).
    LC_ALL: 'C',
  };
}

function cannotStart(error: unknown, program: string): ModelError {
  const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
  return new ModelError('TOOL_MISSING', `${program} ${missing ? 'is not installed' : 'cannot be started'}`, {
    remedies: [
      `Install ${program}, or put it on PATH: the source git-lfs needs it.`,
      'In a Nix build: run `nix-ai-model fetch` with the same model first; the build finds it then.',
    ],
    cause: error,
  });
}
