import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeOf, contentOf, digestsOf, listing, MIB, noise, sha256, world } from './setup.ts';

describe('downloadManifest', () => {
  it('puts every file where it belongs, verified, and leaves nothing beside them', async () => {
    const files = {
      'config.json': noise(300),
      'deep/down/tokenizer.model': noise(40_000),
      'model.bin': noise(20 * MIB),
      empty: noise(0),
    };
    const { download, directory, manifest } = await world(files);
    const stage = await download();
    expect(stage.directory).toBe(directory);
    expect(stage.files).toEqual(manifest.files);
    expect(await contentOf(stage)).toEqual(digestsOf(manifest));
    expect(await listing(directory)).toEqual(['config.json', 'empty', 'model.bin', 'tokenizer.model']);
    expect(await readdir(dirname(directory))).toEqual(['stage']);
  });

  it('asks for large files in parts and for small ones plainly, each byte once', async () => {
    const { download, server } = await world({ large: noise(20 * MIB + 1), small: noise(8 * MIB) });
    await download();
    const large = server.requests.filter(({ path }) => path === 'large').sort((a, b) => a.start - b.start);
    expect(large.length).toBeGreaterThan(2);
    expect(large.map(({ start }) => start)).toEqual([0, ...large.slice(0, -1).map(({ end }) => end)]);
    expect(large.at(-1)?.end).toBe(20 * MIB + 1);
    const small = server.requests.filter(({ path }) => path === 'small');
    expect(small.map(({ headers }) => headers.range)).toEqual([undefined]);
  });

  it('has no more requests under way than connections are allowed', async () => {
    const files = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`file-${index}`, noise(2_000)]));
    const { download, options } = await world(files);
    let running = 0;
    let most = 0;
    await download({
      connections: 3,
      http: {
        ...options.http,
        request: async (request) => {
          most = Math.max(most, ++running);
          const response = await options.http.request(request);
          const receive: typeof response.receive = (sink) =>
            response.receive(sink).finally(() => (running -= 1));
          return { ...response, receive };
        },
      },
    });
    expect(most).toBe(3);
  });

  it('finds out the size where the manifest does not know it, with ranges or without', async () => {
    const files = { large: noise(70 * MIB), small: noise(100), streamed: noise(3 * MIB), empty: noise(0) };
    const { download, manifest, server } = await world(files);
    server.fault('streamed', () => ({ ignoreRange: true, chunked: true }));
    const stage = await download({}, manifest.files.map(({ path, sha256 }) => ({ path, sha256 })));
    expect(stage.files).toEqual(manifest.files);
    expect(await contentOf(stage)).toEqual(digestsOf(manifest));
  });

  it('does not ask for files that are there and have the right hash, and replaces those that have not', async () => {
    const files = { kept: noise(1_000), wrong: noise(1_000) };
    const { download, server, directory } = await world(files);
    await mkdir(directory);
    await writeFile(join(directory, 'kept'), files.kept);
    await writeFile(join(directory, 'wrong'), noise(1_000));
    await download();
    expect(server.requests.map(({ path }) => path)).toEqual(['wrong']);
    expect(await readFile(join(directory, 'wrong'))).toEqual(files.wrong);
  });

  it('takes no file on trust that nothing vouches for', async () => {
    const files = { unpinned: noise(1_000) };
    const { download, server, directory } = await world(files);
    await mkdir(directory);
    await writeFile(join(directory, 'unpinned'), noise(1_000));
    const stage = await download({}, [{ path: 'unpinned', size: 1_000 }]);
    expect(server.requests.length).toBe(1);
    expect(stage.files[0]?.sha256).toBe(sha256(files.unpinned));
  });

  it('checks sha512 and git blob ids too', async () => {
    const content = noise(10 * MIB);
    const { download } = await world({ model: content });
    const sha512 = createHash('sha512').update(content).digest('hex');
    const gitBlobSha1 = createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
    await download({}, [{ path: 'model', sha512, gitBlobSha1 }]);
    const other = '0'.repeat(40);
    expect(await codeOf(download({}, [{ path: 'model', gitBlobSha1: other }]))).toBe('HASH_MISMATCH');
  });

  it('refuses names that would leave the stage before it asks anybody', async () => {
    const { download, server } = await world({});
    expect(await codeOf(download({}, [{ path: '../outside', size: 1 }]))).toBe('HOSTILE_NAME');
    expect(server.requests).toEqual([]);
  });

  it('reports a start, the bytes and the end of each file', async () => {
    const { download, events } = await world({ model: noise(9 * MIB) });
    await download();
    const counts = events.map((event) => (event.type === 'bytes' ? event.count : 0));
    expect(events[0]).toEqual({ type: 'start', path: 'model', size: 9 * MIB, resumed: 0 });
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(9 * MIB);
    expect(events.at(-1)).toEqual({ type: 'done', path: 'model', size: 9 * MIB });
  });
});
