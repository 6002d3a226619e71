// NARs of real trees, compared with the ones that Nix itself writes.

import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { narHashOfDirectory } from '../../src/core/nar-hash.ts';
import { narFrames, narOfDirectory, narOfLinks } from '../../src/core/nar.ts';

let scratch: string;
let count = 0;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'nar-test-'));
});
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

function freshDirectory(): string {
  const directory = join(scratch, String(count++));
  mkdirSync(directory);
  return directory;
}

function write(directory: string, path: string, content: string | Uint8Array): string {
  const file = join(directory, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

async function ours(directory: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of narOfDirectory(directory)) hash.update(bytes);
  return hash.digest('hex');
}

function nix(path: string): string {
  return createHash('sha256').update(execFileSync('nix-store', ['--dump', path], { maxBuffer: 1 << 28 })).digest('hex');
}

/** A tree with every shape of name, size and nesting, from a seed. */
function randomTree(seed: number): string {
  const directory = freshDirectory();
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 16) % below;
  };
  const names = ['a', 'a.b', 'a-b', 'A', 'ab', 'é', 'ü.bin', '模型', 'z z', '.hidden', '0', '~'];
  for (let i = 0; i < 30; i++) {
    const folders = Array.from({ length: random(4) }, () => `d${names[random(names.length)] ?? ''}`);
    const path = [...folders, `f${names[random(names.length)] ?? ''}${random(5)}`].join('/');
    const file = write(directory, path, randomBytes(random(20) === 0 ? 1_200_000 : random(40)));
    if (random(5) === 0) chmodSync(file, 0o755);
  }
  return directory;
}

describe('the NAR of a directory', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('is the one that nix-store --dump writes, random tree %i', async (seed) => {
    const tree = randomTree(seed);
    expect(await ours(tree)).toBe(nix(tree));
  });

  it('is right on both sides of the padding to eight bytes', async () => {
    const tree = freshDirectory();
    for (let size = 0; size <= 17; size++) write(tree, 'n'.repeat(size + 1), 'x'.repeat(size));
    expect(await ours(tree)).toBe(nix(tree));
  });

  it('is right for an empty directory and for empty ones within', async () => {
    const tree = freshDirectory();
    expect(await ours(tree)).toBe(nix(tree));
    mkdirSync(join(tree, 'a/b'), { recursive: true });
    mkdirSync(join(tree, 'a.c'));
    write(tree, 'a-', '');
    expect(await ours(tree)).toBe(nix(tree));
  });

  it('is right for links, executables and a single file', async () => {
    const tree = freshDirectory();
    const file = write(tree, 'run', '#!/bin/sh\n');
    chmodSync(file, 0o755);
    symlinkSync('../nowhere/ü', join(tree, 'link'));
    expect(await ours(tree)).toBe(nix(tree));
    expect(await ours(file)).toBe(nix(file));
    expect(await ours(join(tree, 'link'))).toBe(nix(join(tree, 'link')));
  });

  it('looks at the owner\'s executable bit only, as Nix does', async () => {
    const tree = freshDirectory();
    chmodSync(write(tree, 'group', 'x'), 0o654);
    chmodSync(write(tree, 'owner', 'x'), 0o744);
    expect(await ours(tree)).toBe(nix(tree));
  });

  it('has the hash that nix-hash prints, as SRI', async () => {
    const tree = randomTree(99);
    const hex = execFileSync('nix-hash', ['--type', 'sha256', tree], { encoding: 'utf8' }).trim();
    expect(await narHashOfDirectory(tree)).toBe(`sha256-${Buffer.from(hex, 'hex').toString('base64')}`);
  });

  it('streams a file in pieces', async () => {
    const tree = freshDirectory();
    truncateSync(write(tree, 'sparse', ''), 5_000_001);
    let largest = 0;
    for await (const bytes of narOfDirectory(tree)) largest = Math.max(largest, bytes.length);
    expect(largest).toBeLessThanOrEqual(1024 * 1024);
    expect(await ours(tree)).toBe(nix(tree));
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    const chunks = narOfDirectory(randomTree(7), { signal: controller.signal });
    await chunks.next();
    controller.abort();
    await expect(async () => {
      for await (const bytes of chunks) expect(bytes).toBeDefined();
    }).rejects.toThrow(/abort/i);
  });

  it('fails on a file name that is not UTF-8, instead of hashing another name', async () => {
    const tree = freshDirectory();
    writeFileSync(Buffer.concat([Buffer.from(`${tree}/`), Buffer.from([0xff, 0x61])]), 'x');
    await expect(ours(tree)).rejects.toMatchObject({ code: 'HOSTILE_NAME' });
  });

  it('fails where there is nothing', async () => {
    await expect(ours(join(scratch, 'absent'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('the NAR of a tree of links', () => {
  it('is what Nix writes for the same tree on disk', () => {
    const links = ['b/z', 'a.json', 'a/b.bin', 'a/b/c', 'ü/1'].map((path) => ({ path, target: `/nix/store/x-${path}` }));
    const tree = freshDirectory();
    for (const { path, target } of links) {
      mkdirSync(dirname(join(tree, path)), { recursive: true });
      symlinkSync(target, join(tree, path));
    }
    expect(Buffer.compare(narOfLinks(links), execFileSync('nix-store', ['--dump', tree]))).toBe(0);
  });
});

describe('frames', () => {
  it('carry a size beyond 32 bits', () => {
    const [first] = narFrames([{ path: 'big', size: 5_000_000_001 }]);
    expect(Buffer.from(first?.bytes.slice(-8) ?? []).readBigUInt64LE()).toBe(5_000_000_001n);
  });

  it.each([
    [['a', 'a']],
    [['a', 'a/b']],
    [['a/b', 'a']],
    [['../a']],
    [['a//b']],
    [['a/./b']],
    [['/a']],
    [['', 'a']],
    [['a\0b']],
  ])('refuse what no tree can hold: %j', (paths) => {
    expect(() => narFrames(paths.map((path) => ({ path, size: 1 })))).toThrow(/tree/);
  });
});
