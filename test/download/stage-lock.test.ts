import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { silent } from '../../src/base/progress.ts';
import { lockStage, type StageLock } from '../../src/download/stage-lock.ts';
import { fastClock } from './setup.ts';

async function lockFolder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'nix-ai-models-lock-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return join(directory, 'lock');
}

function take(folder: string, signal = new AbortController().signal): Promise<StageLock> {
  return lockStage(folder, { signal, progress: silent, clock: fastClock() });
}

/** True where a claim of this name keeps others from the lock. */
async function holds(folder: string, claim: string, agedMs = 0): Promise<boolean> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, claim), '');
  const then = new Date(Date.now() - agedMs);
  await utimes(join(folder, claim), then, then);
  let sleeps = 0;
  const stop = new AbortController();
  const clock = { ...fastClock(), sleep: () => (++sleeps > 2 ? Promise.reject(new Error('held')) : Promise.resolve()) };
  try {
    const lock = await lockStage(folder, { signal: stop.signal, progress: silent, clock });
    await lock.release();
    return false;
  } catch {
    return true;
  }
}

describe('lockStage', () => {
  it('lets one in at a time, however many come', async () => {
    const folder = await lockFolder();
    let inside = 0;
    const visits = Array.from({ length: 5 }, async () => {
      const lock = await take(folder);
      expect(++inside).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 5));
      inside -= 1;
      await lock.release();
    });
    await Promise.all(visits);
    expect(await readdir(join(folder, '..'))).toEqual([]);
  });

  it('is not held by a process that is gone', async () => {
    const { pid } = spawnSync('true');
    expect(await holds(await lockFolder(), `${pid}-1-aa-${hostname()}`)).toBe(false);
  });

  it('is not held by a process whose number somebody else has now', async () => {
    expect(await holds(await lockFolder(), `${process.pid}-1-aa-${hostname()}`)).toBe(false);
  });

  it('is held by a process that lives', async () => {
    const text = await readFile('/proc/self/stat', 'utf8').catch(() => '');
    const started = text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
    expect(await holds(await lockFolder(), `${process.pid}-${started}-aa-${hostname()}`)).toBe(true);
  });

  it('is held by another machine as long as it gives signs of life', async () => {
    expect(await holds(await lockFolder(), '1-1-aa-elsewhere')).toBe(true);
    expect(await holds(await lockFolder(), '1-1-aa-elsewhere', 600_000)).toBe(false);
  });

  it('stops waiting when told to', async () => {
    const folder = await lockFolder();
    const lock = await take(folder);
    await expect(take(folder, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
    await lock.release();
  });
});
