import { expect, test } from 'vitest';
import { nixProgress } from '../../src/store/nix-progress.ts';

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
