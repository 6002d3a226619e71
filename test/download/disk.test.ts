// Real file systems that are full or read-only: small tmpfs mounts, which only root can make.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { codeOf, contentOf, MIB, noise, world } from './setup.ts';

function mount(options: string): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'nix-ai-models-mount-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', directory]).status === 0;
  onTestFinished(() => {
    if (mounted) spawnSync('umount', [directory]);
    rmSync(directory, { recursive: true, force: true });
  });
  return mounted ? directory : undefined;
}

describe('a disk that is too small', () => {
  it('is noticed before anything is asked for, with the bytes needed and free', async (context) => {
    const disk = mount('size=8m');
    if (disk === undefined) return context.skip('only root can mount');
    const { download, server } = await world({ model: noise(20 * MIB) });
    const error: unknown = await download({ directory: join(disk, 'stage') }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'DISK_FULL', subject: join(disk, 'stage') });
    expect(error).toHaveProperty('wanted', `${20 * MIB} bytes (20.0 MiB)`);
    expect(error).toHaveProperty('found', expect.stringMatching(/^\d+ bytes free/));
    expect(server.requests).toEqual([]);
  });

  it('that fills up meanwhile ends the download, which goes on when there is space', async (context) => {
    const disk = mount('size=24m');
    if (disk === undefined) return context.skip('only root can mount');
    const content = noise(20 * MIB);
    const { download, server } = await world({ model: content });
    await writeFile(join(disk, 'other'), noise(12 * MIB));
    const directory = join(disk, 'stage');
    const unknownSize = [{ path: 'model' }];
    expect(await codeOf(download({ directory }, unknownSize))).toBe('DISK_FULL');
    rmSync(join(disk, 'other'));
    const before = server.requests.length;
    const stage = await download({ directory }, unknownSize);
    expect(Object.keys(await contentOf(stage))).toEqual(['model']);
    expect(server.requests.slice(before).map(({ start }) => start)).not.toContain(0);
  });
});

describe('a directory that cannot be written', () => {
  it('is named in the error', async (context) => {
    const disk = mount('size=8m,ro');
    if (disk === undefined) return context.skip('only root can mount');
    const { download } = await world({ model: noise(1_000) });
    const directory = join(disk, 'stage');
    const error: unknown = await download({ directory }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'PERMISSION', subject: directory });
    expect(await readdir(disk)).toEqual([]);
  });

  it('is named where it is a file', async () => {
    const { download, directory } = await world({ model: noise(1_000) });
    await writeFile(directory, '');
    expect(await codeOf(download())).toBe('IO');
  });
});
