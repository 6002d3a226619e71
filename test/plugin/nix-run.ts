// Runs the real Nix with the built plugin, for the tests of this folder: the one that is installed, or
// another release through a wrapper (vitest.config.ts, scripts/plugin-matrix.sh).

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PLUGIN = fileURLToPath(new URL('../../build/plugin/nix-ai-models.so', import.meta.url));

/** Words before every command, which run it where another Nix is installed; none for the one here. */
const WRAPPER = (process.env['NIX_AI_MODELS_TEST_NIX_RUN'] ?? '').split(' ').filter((word) => word !== '');

/** Where accepted scans are remembered, instead of in the user's own. */
const CACHE = mkdtempSync(join(tmpdir(), 'nix-ai-models-plugin-cache-'));
process.on('exit', () => {
  rmSync(CACHE, { recursive: true, force: true });
});

/** Whether the tests run against another Nix than the one that is installed here. */
export const IS_WRAPPED = WRAPPER.length > 0;

/** A command for the Nix that is tested, as spawn takes it. */
export function commandLine(command: string, words: readonly string[]): [command: string, words: string[]] {
  const [first = command, ...rest] = [...WRAPPER, command, ...words];
  return [first, rest];
}

/** "2.8" of the Nix that is tested; empty where there is none. */
export const RELEASE = releaseOf(spawnSync(...commandLine('nix-instantiate', ['--version']), { encoding: 'utf8' }));

/** Why the tests of this folder cannot run here; undefined where they can. */
export const WHY_NOT =
  RELEASE !== '' && existsSync(join(dirname(PLUGIN), RELEASE, 'backend.so'))
    ? undefined
    : 'the plugin is not built for the Nix that is installed';

function releaseOf({ stdout }: { stdout: string | null }): string {
  return /(\d+\.\d+)/.exec(stdout ?? '')?.[1] ?? '';
}

export interface NixRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface NixOptions {
  readonly plugin?: string;
  /** Binary caches; none by default. */
  readonly substituters?: string;
  /** NIX_AI_MODELS_HELPER and the like. A helper that cannot be started is the default. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export function run(
  command: string,
  words: readonly string[],
  { environment = {}, cwd }: Omit<NixOptions, 'plugin' | 'substituters'> = {},
): Promise<NixRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(...commandLine(command, words), {
      env: { ...process.env, NIX_AI_MODELS_HELPER: '/no-helper-in-this-test', NIX_AI_MODELS_CACHE: CACHE, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd,
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
    child.on('error', reject);
    child.on('close', (status) => {
      resolve({ status, ...output });
    });
  });
}

/** One of Nix's old commands, with the plugin. */
export function nix(command: string, words: readonly string[], options: NixOptions = {}): Promise<NixRun> {
  return run(command, [...settingsOf(options), ...words], options);
}

/** `nix eval`: pure. */
export function pureEval(expression: string, options: NixOptions = {}): Promise<NixRun> {
  return newEval(['--expr', expression], options);
}

/** `nix eval --impure`. */
export function impureEval(expression: string, options: NixOptions = {}): Promise<NixRun> {
  return newEval(['--impure', '--expr', expression], options);
}

function newEval(words: readonly string[], options: NixOptions): Promise<NixRun> {
  const features = ['--extra-experimental-features', 'nix-command'];
  return run('nix', [...features, ...settingsOf(options), 'eval', '--json', ...words], options);
}

function settingsOf({ plugin = PLUGIN, substituters = '' }: NixOptions): string[] {
  return ['--option', 'plugin-files', plugin, '--option', 'substituters', substituters];
}
