// A repository of the test's own, filled and pushed with the real git and git-lfs clients.

import { execFile, execFileSync } from 'node:child_process';
import { createCipheriv, createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Environment } from '../../../src/base/env.ts';

/** Nothing of the machine's own configuration takes part. */
export function gitEnvironment(home: string): Environment {
  mkdirSync(home, { recursive: true });
  return { PATH: process.env['PATH'], HOME: home, GIT_CONFIG_NOSYSTEM: '1' };
}

export const hasGitLfs = ((): boolean => {
  try {
    execFileSync('git', ['lfs', 'version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

export class WorkTree {
  readonly directory: string;
  readonly #environment: Environment;

  constructor(directory: string, home: string) {
    this.directory = directory;
    this.#environment = gitEnvironment(home);
    mkdirSync(directory, { recursive: true });
    this.git('init', '--quiet', '--initial-branch=main');
    const settings = { 'user.name': 'Test', 'user.email': 'test@example.org', 'lfs.locksverify': 'false' };
    for (const [name, value] of Object.entries(settings)) this.git('config', name, value);
    this.git('lfs', 'install', '--local');
    this.git('lfs', 'track', '*.safetensors');
  }

  git(...args: string[]): string {
    const options = { cwd: this.directory, env: { ...this.#environment }, stdio: 'pipe', encoding: 'utf8' } as const;
    return execFileSync('git', args, options).trim();
  }

  /** Commits these files and whatever else has changed; returns the commit. */
  commit(files: Record<string, Buffer | string>): string {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(this.directory, path)), { recursive: true });
      writeFileSync(join(this.directory, path), content);
    }
    this.git('add', '--all');
    this.git('commit', '--quiet', '--message=change');
    return this.git('rev-parse', 'HEAD');
  }

  /** Not synchronous: the server may live in this process. */
  async push(url: string, ...refs: string[]): Promise<void> {
    const options = { cwd: this.directory, env: { ...this.#environment } };
    await promisify(execFile)('git', ['push', '--quiet', url, ...refs], options);
  }
}

/** Bytes that no compression makes smaller, the same in every run. */
export function noise(size: number, seed: string): Buffer {
  const key = createHash('md5').update(seed).digest();
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size));
}

export const sha256 = (content: Buffer | string): string => createHash('sha256').update(content).digest('hex');

export function blobId(content: Buffer | string): string {
  const bytes = Buffer.from(content);
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
