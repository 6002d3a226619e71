// One process at a time per stage. Each process that wants it puts down a claim, a file whose name
// says who it is, and has the lock when no other living process has one there. A dead process's
// claim is removed by whoever finds it; names are never used twice, so that this cannot hit the
// living. No claim is kept while waiting.

import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, rmdir, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Progress } from '../base/progress.ts';
import { type Clock, systemClock } from '../net/clock.ts';
import { diskError } from './disk-errors.ts';

export interface StageLock {
  release(): Promise<void>;
}

export interface StageLockOptions {
  readonly signal: AbortSignal;
  readonly progress: Progress;
  readonly clock?: Clock | undefined;
}

const POLL_MS = 250;
/** A claim from another machine (a shared home) is refreshed this often … */
const HEARTBEAT_MS = 30_000;
/** … and counts as dead after this long. */
const SILENCE_MS = 150_000;

/** Waits until no other process works on the stage. */
export async function lockStage(folder: string, options: StageLockOptions): Promise<StageLock> {
  const { signal, progress, clock = systemClock } = options;
  const name = await claimName();
  let told = false;
  for (;;) {
    signal.throwIfAborted();
    const holder = await tryClaim(folder, name);
    if (holder === undefined) return heldLock(folder, name);
    if (!told) progress({ type: 'step', text: `wait for process ${holder}, which downloads the same files` });
    told = true;
    // Two that came at the same moment have both stepped back: the next time one is first.
    await clock.sleep(POLL_MS * (0.5 + Math.random()), signal);
  }
}

/** Undefined when the claim holds, else who has the lock; then no claim is left behind. */
async function tryClaim(folder: string, name: string): Promise<string | undefined> {
  const own = join(folder, name);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(own, '', { flag: 'wx' });
    for (const other of await readdir(folder)) {
      if (other === name) continue;
      if (await isAlive(folder, other)) {
        await rm(own, { force: true });
        return other.split('-')[0] ?? other;
      }
      await rm(join(folder, other), { force: true });
    }
    return undefined;
  } catch (error) {
    // The former holder has just tidied the folder away.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'that is about to end';
    throw await diskError(error, own);
  }
}

function heldLock(folder: string, name: string): StageLock {
  const claim = join(folder, name);
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(claim, now, now).catch(() => undefined);
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return {
    async release() {
      clearInterval(heartbeat);
      await rm(claim, { force: true });
      // Stays where another process has come in between.
      await rmdir(folder).catch(() => undefined);
    },
  };
}

async function claimName(): Promise<string> {
  const nonce = randomBytes(6).toString('hex');
  return [process.pid, (await startTime(process.pid)) ?? 0, nonce, hostname()].join('-');
}

async function isAlive(folder: string, claim: string): Promise<boolean> {
  const [pid = '', started = '', , ...host] = claim.split('-');
  if (host.join('-') !== hostname()) {
    const { mtimeMs } = await stat(join(folder, claim)).catch(() => ({ mtimeMs: 0 }));
    return Date.now() - mtimeMs < SILENCE_MS;
  }
  // A number may be in use again: the start time tells the new process from the old one.
  const now = await startTime(Number(pid));
  return now === undefined ? processExists(Number(pid)) : String(now) === started;
}

/** In clock ticks since boot, where the system has /proc. */
async function startTime(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The second field is the program's name in parentheses and may contain spaces and parentheses.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields?.[19] === undefined ? undefined : Number(fields[19]);
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
