// The only reader of process.env. Each variable is a named function, so that this file is the list
// of what the environment can change; docs/cli.md describes the same list.

import { homedir } from 'node:os';
import { join } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The process's environment; tests pass their own instead. */
export function processEnvironment(): Environment {
  return process.env;
}

/** A set, non-empty variable. An empty one counts as unset, as HF's own clients treat it. */
export function variable(environment: Environment, name: string): string | undefined {
  const value = environment[name];
  return value === undefined || value === '' ? undefined : value;
}

/** Where downloads in progress are kept between runs. */
export function cacheDirectory(environment: Environment): string {
  const own = variable(environment, 'NIX_AI_MODELS_CACHE');
  if (own !== undefined) return own;
  const xdg = variable(environment, 'XDG_CACHE_HOME');
  return join(xdg ?? join(homeDirectory(environment), '.cache'), 'nix-ai-models');
}

export function homeDirectory(environment: Environment): string {
  return variable(environment, 'HOME') ?? homedir();
}
