// Runs the Nix that is installed, for the tests of nix/: evaluates and builds expressions of this
// checkout without asking any binary cache. Knows nothing of models.

import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export interface NixResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface NixOptions {
  /** Added to the process's own environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Binary caches; none by default. */
  readonly substituters?: string;
}

/** Runs a command of Nix to its end, whatever its status. */
export async function runNix(
  command: string,
  args: readonly string[],
  { environment = {}, substituters = '' }: NixOptions = {},
): Promise<NixResult> {
  // A developer's own hub and token must not change what the tests see.
  const env = { ...process.env, HF_ENDPOINT: '', HF_TOKEN: '', MLFLOW_TRACKING_URI: '', ...environment };
  const all = [...args, '--option', 'substituters', substituters];
  return await new Promise((resolve) => {
    execFile(command, all, { env, cwd: ROOT, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ status, stdout, stderr });
    });
  });
}

/** The value of an expression, which has the library as `lib`. */
export async function evaluate(expression: string, options?: NixOptions): Promise<unknown> {
  const args = ['--eval', '--strict', '--json', '-E', withLibrary(expression)];
  return JSON.parse(succeeded(await runNix('nix-instantiate', args, options)).stdout) as unknown;
}

/** Builds an expression, which has the library as `lib`; the store path, or a failure to look at. */
export async function build(
  expression: string,
  args: readonly string[] = [],
  options?: NixOptions,
): Promise<NixResult> {
  return await runNix('nix-build', ['--no-out-link', '-E', withLibrary(expression), ...args], options);
}

/** The result of a command that was meant to succeed. */
export function succeeded(result: NixResult): NixResult {
  if (result.status === 0) return result;
  throw new Error(`nix failed with status ${result.status}:\n${result.stderr}`);
}

/** Whether this machine lets Nix build in a sandbox: containers and chroots often do not. */
export async function sandboxWorks(): Promise<boolean> {
  const name = `sandbox-probe-${process.pid}`;
  const attributes = `name = "${name}"; system = builtins.currentSystem; builder = "/bin/sh";`;
  const probe = `derivation { ${attributes} args = [ "-c" "echo > $out" ]; }`;
  const paths = ['--option', 'sandbox-paths', '/bin/sh=/bin/sh /lib /lib64 /usr/lib'];
  const args = ['--no-out-link', '-E', probe, '--option', 'sandbox', 'true', ...paths];
  const { status, stdout, stderr } = await runNix('nix-build', args);
  await runNix('nix-store', ['--delete', stdout.trim()]);
  if (status !== 0) console.warn(`tests in a sandbox are skipped: ${stderr.trim().split('\n').pop() ?? ''}`);
  return status === 0;
}

function withLibrary(expression: string): string {
  return `let inherit (import ${ROOT}/nix { }) lib; in ${expression}`;
}
