// Interruptions of every kind: whatever was on disk and noted is not asked for again.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { partialPaths } from '../../src/download/download-context.ts';
import { readJournal } from '../../src/download/journal.ts';
import { countBytes, type RangeSet } from '../../src/download/ranges.ts';
import { codeOf, contentOf, digestsOf, listing, MIB, noise, world, type World } from './setup.ts';

const SIZE = 28 * MIB;

function startChild({ server, directory, manifest }: World): ChildProcess {
  const input = JSON.stringify({ url: server.url, directory, files: manifest.files });
  const script = join(import.meta.dirname, 'fetch-in-child.mjs');
  const child = spawn(process.execPath, [script, input], { stdio: ['ignore', 'ignore', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

function journalOf({ directory }: World): { journal: string } {
  return partialPaths({ path: 'model' }, { directory, journalDirectory: `${directory}.journal` });
}

async function journalled(made: World): Promise<RangeSet> {
  return (await readJournal(journalOf(made).journal))?.ranges ?? [];
}

async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Every part after the first few stops half-way and waits. */
function stallAfterParts(made: World, parts: number): void {
  made.server.fault('model', ({ count }) => (count > parts ? { stallAfter: MIB } : undefined));
}

describe('a download that is killed', () => {
  it('goes on, in another process, with what is missing and nothing else', async () => {
    // Room for three rounds: each of them gets most of what it asks for.
    const size = 64 * MIB;
    const made = await world({ model: noise(size) });
    let known: RangeSet = [];
    for (const parts of [2, 4, 6]) {
      const before = made.server.requests.length;
      stallAfterParts(made, before + parts);
      const child = startChild(made);
      const least = countBytes(known) + 4 * MIB;
      await until(async () => countBytes(await journalled(made)) >= least);
      child.kill('SIGKILL');
      await once(child, 'exit');
      expectNoOverlap(made, before, known);
      known = await journalled(made);
    }
    const before = made.server.requests.length;
    made.server.fault('model', () => undefined);
    expect(await contentOf(await made.download())).toEqual(digestsOf(made.manifest));
    expectNoOverlap(made, before, known);
    const asked = made.server.requests.slice(before).reduce((sum, { start, end }) => sum + end - start, 0);
    expect(asked).toBe(size - countBytes(known));
    expect(await readdir(join(made.directory, '..'))).toEqual(['stage']);
  });

  it('does not fetch again what was finished, and believes it only while it is untouched', async () => {
    const made = await world({ 'a-small': noise(1_000), model: noise(SIZE), unpinned: noise(1_000) });
    made.server.fault('model', () => ({ status: 404 }));
    const [small, model] = made.manifest.files;
    const unpinned = [small, model, { path: 'unpinned' }].filter((file) => file !== undefined);
    const first = { connections: 1 };
    expect(await codeOf(made.download(first, unpinned))).toBe('ENTRY_NOT_FOUND');
    expect(await codeOf(made.download(first, unpinned))).toBe('ENTRY_NOT_FOUND');
    const asked = (): number => made.server.requests.filter(({ path }) => path === 'a-small').length;
    expect(asked()).toBe(1);
    await writeFile(join(made.directory, 'a-small'), noise(1_000));
    made.server.fault('model', () => undefined);
    expect(await contentOf(await made.download({}, unpinned))).toEqual(digestsOf(made.manifest));
    expect(asked()).toBe(2);
  });

  it('starts anew with a journal of another digest', async () => {
    const made = await world({ model: noise(SIZE) });
    await interrupt(made);
    const { journal } = journalOf(made);
    await writeFile(journal, (await readFile(journal, 'utf8')).replace(/"digest":"..../, '"digest":"0000'));
    const before = made.server.requests.length;
    expect(await contentOf(await made.download())).toEqual(digestsOf(made.manifest));
    expect(made.server.requests.slice(before).map(({ start }) => start)).toContain(0);
  });

  it('starts anew where the partial file is shorter than the journal says', async () => {
    const made = await world({ model: noise(SIZE) });
    await interrupt(made);
    const [partial = ''] = await listing(made.directory);
    await truncate(join(made.directory, partial), 1_000);
    expect(await contentOf(await made.download())).toEqual(digestsOf(made.manifest));
  });
});

describe('a download that is aborted', () => {
  it('stops at once with the reason, and keeps what it has', async () => {
    const made = await world({ model: noise(SIZE) });
    await interrupt(made);
    const known = await journalled(made);
    expect(countBytes(known)).toBeGreaterThan(0);
    const before = made.server.requests.length;
    expect(await contentOf(await made.download())).toEqual(digestsOf(made.manifest));
    expectNoOverlap(made, before, known);
  });

  it('does not begin when it was aborted before', async () => {
    const made = await world({ model: noise(1_000) });
    const reason = new Error('enough');
    await expect(made.download({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(made.server.requests).toEqual([]);
  });
});

describe('two downloads of the same stage', () => {
  it('come one after the other: no byte is fetched twice', async () => {
    const made = await world({ model: noise(SIZE), small: noise(1_000) });
    const child = startChild(made);
    const [stage, status] = await Promise.all([made.download(), once(child, 'exit')]);
    expect(status[0]).toBe(0);
    expect(await contentOf(stage)).toEqual(digestsOf(made.manifest));
    expect(made.server.requests.reduce((sum, { sent }) => sum + sent, 0)).toBe(SIZE + 1_000);
  });

  it('say whom they wait for, and stop waiting when told to', async () => {
    const made = await world({ model: noise(SIZE) });
    stallAfterParts(made, 0);
    const child = startChild(made);
    await until(() => made.server.requests.length > 0);
    const stop = new AbortController();
    const second = made.download({ signal: stop.signal });
    const waits = `wait for process ${String(child.pid)}, which downloads the same files`;
    await until(() => made.events.some((event) => event.type === 'step' && event.text === waits));
    stop.abort(new Error('enough'));
    await expect(second).rejects.toThrow('enough');
  });
});

/** Fetches some parts, then gives up. */
async function interrupt(made: World): Promise<void> {
  stallAfterParts(made, 4);
  const stop = new AbortController();
  const reason = new Error('interrupted');
  let received = 0;
  const download = made.download({
    signal: stop.signal,
    progress: (event) => {
      if (event.type === 'bytes') received += event.count;
      if (received > 12 * MIB) stop.abort(reason);
    },
  });
  await expect(download).rejects.toBe(reason);
  made.server.fault('model', () => undefined);
}

function expectNoOverlap({ server }: World, from: number, known: RangeSet): void {
  const again = server.requests
    .slice(from)
    .filter(({ path, start, end }) => path === 'model' && known.some((range) => start < range.end && end > range.start));
  expect(again.map(({ start, end }) => [start, end])).toEqual([]);
}
