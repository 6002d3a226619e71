import { describe, expect, it } from 'vitest';
import type { Answers } from '../../../src/sources/git-lfs/batch.ts';
import { downloadsOf, type LfsFile } from '../../../src/sources/git-lfs/lfs-objects.ts';
import type { Pointer } from '../../../src/sources/git-lfs/pointer.ts';

const filesOf = (count: number): LfsFile[] =>
  Array.from({ length: count }, (_, index) => ({ path: `f${index}`, oid: `oid${index}`, size: 1 }));

/** Answers whatever it is asked, and writes it down. */
function recorder(expiresAt?: () => number): { asked: string[][]; ask: Parameters<typeof downloadsOf>[1] } {
  const asked: string[][] = [];
  const ask = (objects: readonly Pointer[]): Promise<Answers> => {
    const number = asked.push(objects.map(({ oid }) => oid));
    const answer = { expiresAt: expiresAt?.() };
    return Promise.resolve((oid) => ({ href: `${oid}?${number}`, ...answer }));
  };
  return { asked, ask };
}

describe('addresses of objects', () => {
  it('are asked for in groups of a hundred, when their first file is wanted', async () => {
    const files = filesOf(250);
    const { asked, ask } = recorder();
    const downloadOf = downloadsOf(files, ask, () => 0);
    const found = await Promise.all(files.slice(0, 150).map(downloadOf));
    expect(found[149]).toEqual({ href: 'oid149?2', expiresAt: undefined });
    expect(asked.map((oids) => oids.length)).toEqual([100, 100]);
  });

  it('of equal files are asked for once', async () => {
    const files = filesOf(3).map((file) => ({ ...file, oid: 'same' }));
    const { asked, ask } = recorder();
    await Promise.all(files.map(downloadsOf(files, ask, () => 0)));
    expect(asked).toEqual([['same']]);
  });

  it('are handed out once, and asked for one by one from then on', async () => {
    const [file, ...rest] = filesOf(2);
    const { asked, ask } = recorder();
    const downloadOf = downloadsOf([file as LfsFile, ...rest], ask, () => 0);
    await downloadOf(file as LfsFile);
    expect(await downloadOf(file as LfsFile)).toMatchObject({ href: 'oid0?2' });
    expect(asked).toEqual([['oid0', 'oid1'], ['oid0']]);
  });

  it('that are about to expire are not handed out any more', async () => {
    const files = filesOf(2) as [LfsFile, LfsFile];
    let now = 0;
    const { asked, ask } = recorder(() => now + 60_000);
    const downloadOf = downloadsOf(files, ask, () => now);
    await downloadOf(files[0]);
    now = 45_000;
    expect(await downloadOf(files[1])).toMatchObject({ href: 'oid1?2' });
    expect(asked).toEqual([['oid0', 'oid1'], ['oid1']]);
  });
});
