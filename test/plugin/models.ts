// Small models for the plugin's tests: real trees whose hash is computed by `nix-hash`, added to the
// store (or not), and helpers that stand in for `nix-ai-model`.

import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './nix-run.ts';

export interface TestModel {
  readonly name: string;
  readonly directory: string;
  /** SRI of the whole tree. */
  readonly hash: string;
  /** A spec in Nix, pinned by that hash. */
  readonly expression: string;
  readonly files: readonly { path: string; size: number; sha256: string }[];
}

export async function scratch(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'nix-ai-models-plugin-'));
}

/** A model with a name and a content that no other test has. `extra` are more files, by name. */
export async function makeModel(
  parent: string,
  extra: Readonly<Record<string, string>> = {},
): Promise<TestModel> {
  const name = `plugin-test-${randomBytes(6).toString('hex')}`;
  const directory = join(parent, name);
  const contents = { 'config.json': `{"model":"${name}"}`, 'onnx/model.bin': weights(), ...extra };
  await mkdir(join(directory, 'onnx'), { recursive: true });
  for (const [path, content] of Object.entries(contents)) await writeFile(join(directory, path), content);
  const hex = await output('nix-hash', ['--type', 'sha256', directory]);
  const hash = `sha256-${Buffer.from(hex, 'hex').toString('base64')}`;
  return {
    name,
    directory,
    hash,
    expression: `{ source.huggingface = { repo = "org/${name}"; revision = "v1"; }; hash = "${hash}"; }`,
    files: Object.entries(contents).map(([path, content]) => ({
      path,
      size: Buffer.byteLength(content),
      sha256: createHash('sha256').update(content).digest('hex'),
    })),
  };
}

/** What a scan has nothing against: safetensors, by its content. */
function weights(): Buffer {
  const header = Buffer.from('{"w":{"dtype":"U8","shape":[300],"data_offsets":[0,300]}}');
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, randomBytes(300)]);
}

/** Adds the tree to the store, as a helper or a build would have, and returns its path. */
export function addToStore(model: TestModel): Promise<string> {
  return output('nix-store', ['--add-fixed', '--recursive', 'sha256', model.directory]);
}

/** Where the tree would be in the store, without adding it. */
export async function futurePath(model: TestModel): Promise<string> {
  const hex = Buffer.from(model.hash.replace('sha256-', ''), 'base64').toString('hex');
  return output('nix-store', ['--print-fixed-path', '--recursive', 'sha256', hex, model.name]);
}

/** Takes the test's paths out of the store again; another one may hold on to a path. */
export async function removeFromStore(paths: readonly string[]): Promise<void> {
  await run('nix-store', ['--delete', '--ignore-liveness', ...paths]);
}

/** A helper program with the given shell script; the spec is on its standard input. */
export async function makeHelper(parent: string, script: string): Promise<string> {
  const path = join(parent, `helper-${randomBytes(4).toString('hex')}`);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

export async function remove(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
}

async function output(command: string, words: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await run(command, words);
  if (status !== 0) throw new Error(`${command} ${words.join(' ')}: ${stderr}`);
  return stdout.trim();
}
