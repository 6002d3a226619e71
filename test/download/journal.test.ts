import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Journal, type JournalHeader, readJournal } from '../../src/download/journal.ts';

const header: JournalHeader = {
  path: 'model',
  size: 1_000,
  digest: 'ab',
  validator: { source: 'http://host/model', etag: '"1"' },
};

async function scratch(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'nix-ai-models-journal-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return join(directory, 'journal');
}

describe('Journal', () => {
  it('is read as it was written, its ranges grown together', async () => {
    const file = await scratch();
    const journal = await Journal.create(file, { header, ranges: [{ start: 0, end: 10 }] });
    await journal.append([{ start: 10, end: 20 }, { start: 500, end: 1_000 }]);
    await journal.close();
    const ranges = [{ start: 0, end: 20 }, { start: 500, end: 1_000 }];
    expect(await readJournal(file)).toEqual({ header, ranges });
    expect(await readdir(join(file, '..'))).toEqual(['journal']);
  });

  it('has no line that a crash has torn', async () => {
    const file = await scratch();
    await (await Journal.create(file, { header, ranges: [{ start: 0, end: 10 }] })).close();
    await appendFile(file, '[10,9');
    expect((await readJournal(file))?.ranges).toEqual([{ start: 0, end: 10 }]);
  });

  it.each([
    ['is empty', () => ''],
    ['has no first line yet', (text: string) => text.slice(0, 20)],
    ['is of another version', (text: string) => text.replace('"version":1', '"version":2')],
    ['names a range outside of the file', (text: string) => `${text}[0,1001]\n`],
    ['names a range that runs backwards', (text: string) => `${text}[20,10]\n`],
    ['is no JSON', () => 'null\nnot\njson\n'],
    ['has a line that is not a range', (text: string) => `${text}{"start":1}\n`],
    ['has a size that is no number', (text: string) => text.replace('1000', '"1000"')],
  ])('is not believed where it %s', async (_, damage) => {
    const file = await scratch();
    await (await Journal.create(file, { header, ranges: [{ start: 0, end: 10 }] })).close();
    await writeFile(file, damage(await readFile(file, 'utf8')));
    expect(await readJournal(file)).toBeUndefined();
  });
});
