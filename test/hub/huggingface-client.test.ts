// The hub asked by a client that this project did not write: @huggingface/hub, unmodified.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  checkRepoAccess, downloadFile, fileDownloadInfo, fileExists, listDatasets, listFiles, listModels, modelInfo,
  parseSafetensorsMetadata, pathsInfo, snapshotDownload, spaceInfo, whoAmI,
} from '@huggingface/hub';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { makeModel, makeRepository } from '../../scripts/make-model.mjs';
import type { RunningHub } from '../../src/hub/serve.ts';
import { commitOf, makeDirectory, serveFiles, startHub } from './local-hub.ts';

const repo = 'org/name';
const TOKEN = 'hf_a-secret-of-this-test';

// The client reports each download with console.debug.
beforeEach(() => { vi.spyOn(console, 'debug').mockImplementation(() => undefined); });

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function serveModel(): Promise<{ hub: RunningHub; made: ReturnType<typeof makeModel> }> {
  const made = makeModel(join(makeDirectory(), 'model'), { shards: 2, bytes: 2 * 1024 * 1024 });
  return { hub: await startHub([`${repo}=${made.directory}`]), made };
}

describe('@huggingface/hub', () => {
  it('lists every file of a repository of more than one page', async () => {
    const made = makeRepository(join(makeDirectory(), 'many'), { files: 1100 });
    const hub = await startHub([`${repo}=${made.directory}`]);
    const entries = await collect(listFiles({ repo, hubUrl: hub.url, recursive: true }));
    const files = entries.filter(({ type }) => type === 'file');
    expect(files.map(({ path, size }) => ({ path, size }))).toEqual(made.files);
    expect(entries.filter(({ type }) => type === 'directory')).toHaveLength(12);
  });

  it('lists a repository of many files page by page when expanded', async () => {
    const made = makeRepository(join(makeDirectory(), 'many'), { files: 130 });
    const hub = await startHub([`${repo}=${made.directory}`]);
    const entries = await collect(listFiles({ repo, hubUrl: hub.url, recursive: true, expand: true }));
    const files = entries.filter(({ type }) => type === 'file');
    expect(files.map(({ path }) => path)).toEqual(made.files.map(({ path }) => path));
    expect(entries[0]?.lastCommit?.id).toBe(await commitOf(hub));
  });

  it('downloads a snapshot: every file, byte for byte, an empty and a nested one among them', async () => {
    const { directory, hub } = await serveFiles({
      'config.json': '{}', 'empty/__init__.py': '', 'deep/er/é b.txt': 'x', 'w.bin': Buffer.alloc(1_500_000, 'w'),
    });
    const cacheDir = makeDirectory();
    const snapshot = await snapshotDownload({ repo, hubUrl: hub.url, cacheDir });
    expect(snapshot).toBe(join(cacheDir, 'models--org--name/snapshots', await commitOf(hub)));
    for (const path of ['config.json', 'empty/__init__.py', 'deep/er/é b.txt', 'w.bin']) {
      expect(readFileSync(join(snapshot, path)).equals(readFileSync(join(directory, path)))).toBe(true);
    }
    expect(readFileSync(join(cacheDir, 'models--org--name/refs/main'), 'utf8')).toBe(await commitOf(hub));
  });

  it('downloads one file whole and in part', async () => {
    const { hub, made } = await serveModel();
    const path = 'model-00001-of-00002.safetensors';
    const blob = await downloadFile({ repo, hubUrl: hub.url, path });
    const wanted = readFileSync(join(made.directory, path));
    expect(blob?.size).toBe(wanted.length);
    const part = new Uint8Array((await blob?.slice(1000, 2000).arrayBuffer()) ?? new ArrayBuffer(0));
    expect(wanted.subarray(1000, 2000).equals(part)).toBe(true);
    const chunks = await collect(Readable.fromWeb(blob?.stream() as never) as AsyncIterable<Buffer>);
    expect(Buffer.concat(chunks).equals(wanted)).toBe(true);
  });

  it('reads an LFS pointer', async () => {
    const { hub } = await serveFiles({ 'w.bin': 'w' });
    const blob = await downloadFile({ repo, hubUrl: hub.url, path: 'w.bin', raw: true });
    expect(await blob?.text()).toMatch(/^version https:\S+\/spec\/v1\noid sha256:[0-9a-f]{64}\nsize 1\n$/);
  });

  it('learns size and digest of a file without downloading it', async () => {
    const { hub } = await serveFiles({ 'w.bin': 'weights', 'a.txt': '' });
    const commit = await commitOf(hub);
    const info = await fileDownloadInfo({ repo, hubUrl: hub.url, path: 'w.bin', revision: commit });
    expect(info).toMatchObject({ size: 7, etag: expect.stringMatching(/^"[0-9a-f]{64}"$/) as string });
    expect(await fileDownloadInfo({ repo, hubUrl: hub.url, path: 'a.txt' })).toMatchObject({ size: 0 });
    expect(await fileDownloadInfo({ repo, hubUrl: hub.url, path: 'none' })).toBeNull();
    const [lfs, directory] = await pathsInfo({ repo, hubUrl: hub.url, paths: ['w.bin', 'none'], expand: true });
    const oid = info?.etag.slice(1, -1);
    expect(lfs).toMatchObject({ size: 7, lfs: { oid, size: 7 }, lastCommit: { id: commit } });
    expect(directory).toBeUndefined();
  });

  it('asks whether files and repositories exist', async () => {
    const { hub } = await serveFiles({ 'w.bin': 'w', 'a.txt': '' });
    const exists = (path: string): Promise<boolean> => fileExists({ repo, hubUrl: hub.url, path });
    expect(await Promise.all(['w.bin', 'a.txt', 'none'].map(exists))).toEqual([true, true, false]);
    await expect(checkRepoAccess({ repo, hubUrl: hub.url })).resolves.toBeUndefined();
    await expect(checkRepoAccess({ repo: 'no/such', hubUrl: hub.url })).rejects.toThrow(/not found/i);
  });

  it('reads the information of models and spaces and lists what there is', async () => {
    const folders = ['org/name', 'org/other', 'datasets/org/rows', 'spaces/org/app'];
    const tree = makeDirectory(Object.fromEntries(folders.map((folder) => [`${folder}/a`, ''])));
    const hub = await startHub([tree]);
    const info = await modelInfo({ name: repo, hubUrl: hub.url, additionalFields: ['sha', 'filePaths'] });
    expect(info).toMatchObject({ name: repo, private: false, sha: await commitOf(hub), filePaths: ['a'] });
    const space = await spaceInfo({ name: 'org/app', hubUrl: hub.url, additionalFields: ['sha'] });
    expect(space).toMatchObject({ name: 'org/app' });
    const models = await collect(listModels({ hubUrl: hub.url, search: { owner: 'org' } }));
    expect(models.map(({ name }) => name)).toEqual(['org/name', 'org/other']);
    const datasets = await collect(listDatasets({ hubUrl: hub.url }));
    expect(datasets.map(({ name }) => name)).toEqual(['org/rows']);
  });

  it.each([
    ['repository', { repo: 'no/such' }, 404, /Repository not found/],
    ['revision', { repo, revision: 'none' }, 404, /Invalid rev id/],
    ['folder', { repo, path: 'none' }, 404, /Entry not found/],
  ])('is told apart a missing %s', async (_, asked, statusCode, message) => {
    const { hub } = await serveFiles({ a: '' });
    const listed = collect(listFiles({ hubUrl: hub.url, ...asked }));
    await expect(listed).rejects.toMatchObject({ statusCode });
    await expect(listed).rejects.toThrow(message);
  });

  it('works with the token, and only with it', async () => {
    const { hub } = await serveFiles({ a: 'a' }, { token: TOKEN });
    const accessToken = TOKEN;
    expect(await collect(listFiles({ repo, hubUrl: hub.url, accessToken }))).toHaveLength(1);
    expect(await (await downloadFile({ repo, hubUrl: hub.url, path: 'a', accessToken }))?.text()).toBe('a');
    const me = await whoAmI({ hubUrl: hub.url, accessToken });
    expect(me).toMatchObject({ type: 'user', auth: { type: 'access_token' } });
    await expect(collect(listFiles({ repo, hubUrl: hub.url }))).rejects.toMatchObject({ statusCode: 401 });
    const wrong = collect(listFiles({ repo, hubUrl: hub.url, accessToken: 'hf_wrong' }));
    await expect(wrong).rejects.toThrow(/Invalid credentials/);
  });

  it('reads the tensors of a generated model', async () => {
    const { hub } = await serveModel();
    const parsed = await parseSafetensorsMetadata({ repo, hubUrl: hub.url, computeParametersCount: true });
    expect(parsed).toMatchObject({ sharded: true, parameterCount: { F32: 2048 } });
  });
});
