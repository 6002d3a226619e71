import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { nixProgress } from '../../src/store/nix-progress.ts';
import { privateStore } from './private-store.ts';

interface Message {
  readonly action: string;
  readonly id?: number;
  readonly type?: number;
  readonly fields?: unknown[];
}

function parse(lines: readonly string[]): unknown[] {
  return lines.map((line) => {
    expect(line.startsWith('@nix ')).toBe(true);
    return JSON.parse(line.slice('@nix '.length)) as unknown;
  });
}

test('a download becomes a file transfer with progress that Nix draws', () => {
  const toLines = nixProgress(() => 0);
  expect(parse(toLines({ type: 'start', path: 'a.bin', size: 100, resumed: 40 }))).toEqual([
    { action: 'start', id: 1, level: 3, type: 101, text: "downloading 'a.bin'", fields: ['a.bin'], parent: 0 },
    { action: 'result', id: 1, type: 105, fields: [40, 100, 0, 0] },
  ]);
  expect(parse(toLines({ type: 'done', path: 'a.bin', size: 100 }))).toEqual([
    { action: 'result', id: 1, type: 105, fields: [100, 100, 0, 0] },
    { action: 'stop', id: 1 },
  ]);
});

test('bytes are reported at most four times per second, and none are lost', () => {
  let now = 0;
  const toLines = nixProgress(() => now);
  toLines({ type: 'start', path: 'a', size: 100, resumed: 0 });
  const fields: unknown[] = [];
  for (let i = 1; i <= 100; i++) {
    now = i * 10;
    fields.push(...parse(toLines({ type: 'bytes', path: 'a', count: 1 })).map((line) => (line as { fields: unknown }).fields));
  }
  expect(fields).toEqual([25, 50, 75, 100].map((done) => [done, 100, 0, 0]));
});

test('files in parallel keep to their own activities', () => {
  const toLines = nixProgress(() => 0);
  toLines({ type: 'start', path: 'a', size: 1, resumed: 0 });
  toLines({ type: 'start', path: 'b', size: 2, resumed: 0 });
  expect(parse(toLines({ type: 'done', path: 'a', size: 1 }))[1]).toEqual({ action: 'stop', id: 1 });
  expect(parse(toLines({ type: 'done', path: 'b', size: 2 }))[1]).toEqual({ action: 'stop', id: 2 });
});

test('a second start of the same file goes on with its activity', () => {
  const toLines = nixProgress(() => 0);
  toLines({ type: 'start', path: 'a', size: 10, resumed: 0 });
  expect(parse(toLines({ type: 'start', path: 'a', size: 10, resumed: 4 }))).toEqual([
    { action: 'result', id: 1, type: 105, fields: [4, 10, 0, 0] },
  ]);
});

test('steps name the phase and retries warn', () => {
  const toLines = nixProgress(() => 0);
  expect(parse(toLines({ type: 'step', text: 'verify' }))).toEqual([{ action: 'setPhase', phase: 'verify' }]);
  expect(parse(toLines({ type: 'retry', path: 'a', attempt: 2, delayMs: 1500, reason: 'timeout' }))).toEqual([
    { action: 'msg', level: 1, msg: 'a: timeout, attempt 2 in 1.5 s' },
  ]);
});

test('events about a file that never started are passed over', () => {
  const toLines = nixProgress(() => 0);
  expect(toLines({ type: 'bytes', path: 'a', count: 1 })).toEqual([]);
  expect(toLines({ type: 'done', path: 'a', size: 1 })).toEqual([]);
});

test('Nix takes the lines of a builder for its own download display', async () => {
  const store = await privateStore();
  try {
    const toLines = nixProgress(() => 0);
    const lines = [
      ...toLines({ type: 'step', text: 'download' }),
      ...toLines({ type: 'start', path: 'a.bin', size: 100, resumed: 40 }),
      ...toLines({ type: 'done', path: 'a.bin', size: 100 }),
    ];
    const log = join(store.directory, 'log.txt');
    await writeFile(log, lines.join('\n') + '\n');
    const script = `while read -r line; do echo "$line" >&2; done < ${log}; echo > $out`;
    const expression = `derivation { name = "progress"; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" (builtins.getEnv "SCRIPT") ]; }`;
    const options = { sandbox: 'false', substituters: '', 'build-users-group': '' };
    const args = ['--no-out-link', '--log-format', 'internal-json', '-v', '--expr', expression];
    for (const [name, value] of Object.entries(options)) args.push('--option', name, value);
    const { stderr } = await promisify(execFile)('nix-build', args, { env: { ...store.environment, SCRIPT: script } });
    const messages = parse(stderr.split('\n').filter((text) => text.startsWith('@nix '))) as Message[];
    const transfer = messages.find(({ action, type }) => action === 'start' && type === 101);
    expect(transfer).toMatchObject({ text: "downloading 'a.bin'", fields: ['a.bin'] });
    const results = messages.filter(({ action, type, id }) => action === 'result' && type === 105 && id === transfer?.id);
    expect(results.map(({ fields }) => fields)).toEqual([[40, 100, 0, 0], [100, 100, 0, 0]]);
    expect(messages).toContainEqual(expect.objectContaining({ action: 'stop', id: transfer?.id }));
  } finally {
    await store.remove();
  }
});
