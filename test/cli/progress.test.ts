import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { progressBars } from '../../src/cli/progress-bars.ts';
import { progressLines } from '../../src/cli/progress-lines.ts';
import { formatBytes } from '../../src/cli/report.ts';

class Recorder extends Writable {
  text = '';
  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [1.5 * 2 ** 30, '1.5 GiB'],
    [140 * 2 ** 30, '140.0 GiB'],
  ])('%d bytes read as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe('progress lines', () => {
  it('say when a file is done or tried again, and sum up every ten seconds', () => {
    const stream = new Recorder();
    let now = 0;
    const progress = progressLines(stream, () => now);
    progress({ type: 'start', path: 'a', size: 2048, resumed: 1024 });
    progress({ type: 'bytes', path: 'a', count: 512 });
    now = 10_000;
    progress({ type: 'bytes', path: 'a', count: 512 });
    progress({ type: 'retry', path: 'a', attempt: 1, delayMs: 1500, reason: 'connection reset' });
    progress({ type: 'done', path: 'a', size: 2048 });
    expect(stream.text.split('\n')).toEqual([
      'resume a at 1.0 KiB',
      '       1.0 KiB received, 102 B/s',
      'retry  a in 1.5 s: connection reset',
      'done   a (2.0 KiB)',
      '',
    ]);
  });
});

describe('progress bars', () => {
  const terminal = (): Recorder & NodeJS.WriteStream =>
    Object.assign(new Recorder(), { columns: 60, isTTY: true }) as unknown as Recorder & NodeJS.WriteStream;

  it('show a share of the size, fit the terminal and are gone at the end', () => {
    const stream = terminal();
    let now = 0;
    const { progress, finish } = progressBars(stream, () => (now += 200));
    progress({ type: 'start', path: `${'long/'.repeat(30)}model.safetensors`, size: 1000, resumed: 250 });
    progress({ type: 'bytes', path: `${'long/'.repeat(30)}model.safetensors`, count: 250 });
    expect(stream.text).toContain('50% of 1000 B');
    const rows = stream.text.replaceAll(/\x1b\[[0-9]*[A-Z]/g, '').split('\n');
    expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(60);
    stream.text = '';
    finish();
    expect(stream.text).toBe('\x1b[2A\x1b[J');
  });
});
