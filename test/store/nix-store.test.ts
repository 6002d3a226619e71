// The store against real Nix, by every way into it. What is right is what Nix's own commands say.

import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, readdir, readlink, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BackedStore } from '../../src/store/backed-store.ts';
import { CommandStore } from '../../src/store/command-store.ts';
import { openStore, type NixStore } from '../../src/store/nix-store.ts';
import { NIX_INSTALLATIONS, privateStore, startNixDaemon, type PrivateStore } from './private-store.ts';

/** Nix holds dumps below 32 MiB in memory and treats larger ones in another way. */
const LARGE = 40 * 1024 * 1024;
const WRONG = '0'.repeat(64);

let scratch: string;
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'nix-store-test-'));
});
afterEach(async () => {
  await rm(scratch, { recursive: true, force: true });
});

async function fileOf(size: number, name = 'content'): Promise<{ file: string; sha256: string }> {
  const content = Buffer.concat([randomBytes(Math.min(size, 1024)), Buffer.alloc(Math.max(size - 1024, 0))]);
  const file = join(scratch, name);
  await writeFile(file, content);
  return { file, sha256: createHash('sha256').update(content).digest('hex') };
}

async function tree(size = 5000): Promise<string> {
  const directory = join(scratch, 'tree');
  await mkdir(join(directory, 'onnx/empty'), { recursive: true });
  await writeFile(join(directory, 'config.json'), randomBytes(17));
  await writeFile(join(directory, 'onnx/run.sh'), '#!/bin/sh\n');
  await chmod(join(directory, 'onnx/run.sh'), 0o755);
  await symlink('../config.json', join(directory, 'onnx/link'));
  await writeFile(join(directory, 'weights.bin'), randomBytes(16));
  await truncate(join(directory, 'weights.bin'), size);
  return directory;
}

const ROUTES = ['nix-daemon --stdio', "the daemon's socket", 'commands'] as const;
const CASES = NIX_INSTALLATIONS.flatMap((nix) => ROUTES.map((route) => ({ ...nix, route })));

describe.each(CASES)('with $label, by $route', ({ bin, skip, route }) => {
  if (skip) {
    test.skip('needs NIX_AI_MODELS_TEST_NIX, a directory with bin/nix-daemon', () => undefined);
    return;
  }
  let home: PrivateStore;
  let environment: PrivateStore['environment'];
  let stopDaemon = (): Promise<void> => Promise.resolve();
  let store: NixStore;

  beforeAll(async () => {
    home = await privateStore(bin);
    environment = home.environment;
    if (route !== "the daemon's socket") return;
    const daemon = await startNixDaemon(home);
    ({ environment } = daemon);
    stopDaemon = daemon.stop;
  });
  afterAll(async () => {
    await stopDaemon();
    await home.remove();
  });
  beforeEach(async () => {
    store = await open_({ environment });
  });
  afterEach(() => store.close());

  async function open_(options: { environment: PrivateStore['environment']; signal?: AbortSignal }): Promise<NixStore> {
    if (route === 'commands') return new BackedStore(home.storeDir, new CommandStore(options), options);
    return openStore(options);
  }

  test.each([0, 8, 1025, LARGE + 3])('a file of %i bytes gets the path that Nix gives it', async (size) => {
    const { file, sha256 } = await fileOf(size);
    const path = await store.addFile({ name: 'model.bin', file, sha256 });
    expect(path).toBe(await home.nix('nix-store', '--print-fixed-path', 'sha256', sha256, 'model.bin'));
    await home.nix('nix-store', '--verify-path', path);
    expect((await readFile(path)).equals(await readFile(file))).toBe(true);
  });

  test.each([5000, LARGE])('a tree with a file of %i bytes gets the path that Nix gives it', async (size) => {
    const directory = await tree(size);
    const hex = await home.nix('nix-hash', '--type', 'sha256', directory);
    const added = await store.addTree({ name: 'model', directory, narHash: `sha256:${hex}` });
    expect(added.path).toBe(await home.nix('nix-store', '--print-fixed-path', '--recursive', 'sha256', hex, 'model'));
    expect(added.narHash).toBe(`sha256-${Buffer.from(hex, 'hex').toString('base64')}`);
    expect(added.narSize).toBe(Number(await home.nix('nix-store', '--query', '--size', added.path)));
    await home.nix('nix-store', '--verify-path', added.path);
    expect(await readdir(join(added.path, 'onnx'))).toEqual(['empty', 'link', 'run.sh']);
  });

  test('a tree without a hash is added and its hash is told', async () => {
    const directory = await tree();
    const added = await store.addTree({ name: 'model', directory });
    const hex = await home.nix('nix-hash', '--type', 'sha256', directory);
    expect(added.narHash).toBe(`sha256-${Buffer.from(hex, 'hex').toString('base64')}`);
    expect(await store.addTree({ name: 'model', directory, narHash: added.narHash })).toEqual(added);
  });

  test('a tree can be pinned by sha512', async () => {
    const directory = await tree();
    const sha512 = await home.nix('nix-hash', '--type', 'sha512', directory);
    const { path } = await store.addTree({ name: 'model', directory, narHash: `sha512:${sha512}` });
    expect(path).toBe(await home.nix('nix-store', '--print-fixed-path', '--recursive', 'sha512', sha512, 'model'));
  });

  test.runIf(route !== 'commands')('a tree of links references what it links to', async () => {
    const files = await Promise.all(
      ['a', 'b'].map(async (name) => {
        const { file, sha256 } = await fileOf(100, name);
        return store.addFile({ name, file, sha256 });
      }),
    );
    const [a = '', b = ''] = files;
    const links = [
      { path: 'model.bin', target: b },
      { path: 'deep/er/model.bin', target: a },
      { path: 'deep/again.bin', target: a },
    ];
    const path = await store.addLinks({ name: 'model', links });
    expect((await home.nix('nix-store', '--query', '--references', path)).split('\n').sort()).toEqual([...files].sort());
    expect(await readlink(join(path, 'deep/er/model.bin'))).toBe(a);
    await home.nix('nix-store', '--verify-path', path);
    expect(await store.addLinks({ name: 'model', links: links.reverse() })).toBe(path);
    expect((await store.queryPathInfo(path))?.references.toSorted()).toEqual([...files].sort());
  });

  test('what is valid already is not read again', async () => {
    const { file, sha256 } = await fileOf(1000);
    const path = await store.addFile({ name: 'again', file, sha256 });
    await rm(file);
    expect(await store.addFile({ name: 'again', file, sha256 })).toBe(path);
    expect(await store.isValidPath(path)).toBe(true);
    expect(await store.isValidPath(`${path}-not`)).toBe(false);
    expect(await store.queryPathInfo(`${path}-not`)).toBeUndefined();
  });

  test.each([100, LARGE])('a file of %i bytes that is not what was wanted leaves nothing behind', async (size) => {
    const { file } = await fileOf(size);
    const before = await home.contents();
    const failure = { code: 'HASH_MISMATCH', wanted: expect.stringContaining('sha256-AAAA') as string };
    await expect(store.addFile({ name: 'wrong', file, sha256: WRONG })).rejects.toMatchObject(failure);
    expect(await home.contents()).toEqual(before);
    expect(await store.isValidPath(`${home.storeDir}/${'0'.repeat(32)}-wrong`)).toBe(false);
  });

  test.each([100, LARGE])('a tree of %i bytes that is not what was wanted leaves nothing behind', async (size) => {
    const directory = await tree(size);
    const before = await home.contents();
    const narHash = `sha256:${WRONG}`;
    await expect(store.addTree({ name: 'wrong', directory, narHash })).rejects.toMatchObject({ code: 'HASH_MISMATCH' });
    expect(await home.contents()).toEqual(before);
  });

  test('an abort half-way leaves nothing behind', async () => {
    const abort = new AbortController();
    const abortable = await open_({ environment, signal: abort.signal });
    const file = join(scratch, 'sparse');
    await writeFile(file, '');
    await truncate(file, 3 * 1024 ** 3);
    const before = await home.contents();
    const adding = abortable.addFile({ name: 'aborted', file, sha256: WRONG });
    setTimeout(() => {
      abort.abort();
    }, 150);
    await expect(adding).rejects.toMatchObject({ name: 'AbortError' });
    await abortable.close();
    expect(await home.contents()).toEqual(before);
  });

  test('a file that shrinks or cannot be read leaves nothing behind', async () => {
    const before = await home.contents();
    const missing = join(scratch, 'missing');
    await expect(store.addFile({ name: 'x', file: missing, sha256: WRONG })).rejects.toThrow('ENOENT');
    await expect(store.addFile({ name: 'x', file: scratch, sha256: WRONG })).rejects.toMatchObject({ code: 'IO' });
    expect(await home.contents()).toEqual(before);
    expect(await store.isValidPath(`${home.storeDir}/${'0'.repeat(32)}-x`)).toBe(false);
  });

  test('a name that no store path can have is refused before anything is sent', async () => {
    const { file } = await fileOf(10);
    for (const name of ['.hidden', 'a/b', 'späß', '', 'x'.repeat(212)]) {
      await expect(store.addFile({ name, file, sha256: WRONG })).rejects.toMatchObject({ code: 'NAME_INVALID' });
    }
  });

  test('additions at the same time do not mix', async () => {
    const names = Array.from({ length: 8 }, (_, i) => `file-${i}`);
    const paths = await Promise.all(
      names.map(async (name) => {
        return store.addFile({ name, ...(await fileOf(10_000, name)) });
      }),
    );
    for (const [i, path] of paths.entries()) {
      expect(await readFile(path)).toEqual(await readFile(join(scratch, `file-${i}`)));
    }
  });

  test.runIf(route !== 'commands')('the garbage collector spares what was added until the store is closed', async () => {
    const { file, sha256 } = await fileOf(1000);
    const path = await store.addFile({ name: 'kept', file, sha256 });
    await home.nix('nix-store', '--gc');
    expect(await store.isValidPath(path)).toBe(true);
    await store.close();
    await home.nix('nix-store', '--gc');
    expect(await home.contents()).toEqual([]);
  });

  test('a root keeps a path beyond that', async () => {
    const { file, sha256 } = await fileOf(1000);
    const path = await store.addFile({ name: 'rooted', file, sha256 });
    const link = join(scratch, 'result');
    await store.addRoot(link, path);
    await store.close();
    await home.nix('nix-store', '--gc');
    expect(await readlink(link)).toBe(path);
    expect(await home.contents()).toEqual([path.slice(home.storeDir.length + 1)]);
  });
});

test('the real store takes a file like any other', async () => {
  const store = await openStore({ environment: process.env });
  const { file, sha256 } = await fileOf(64);
  try {
    const path = await store.addFile({ name: 'nix-ai-models-test', file, sha256 });
    expect(path.startsWith(`${store.storeDir}/`)).toBe(true);
    expect(await readFile(path)).toEqual(await readFile(file));
    await store.close();
    await promisify(execFile)('nix-store', ['--delete', path]);
  } finally {
    await store.close();
  }
});
