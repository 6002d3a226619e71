// The scalar build as C, which is how the evaluator plugin carries it: Debian's wasm2c accepts it,
// and what it makes computes what Node computes.

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assetPath } from '../../src/base/assets.ts';
import codes from '../../src/base/error-codes.json' with { type: 'json' };

/** wasm2c's C runtime, beside the command: /usr/share/wabt/wasm2c, or in wabt's store path. */
const wasm2c = spawnSync('sh', ['-c', 'command -v wasm2c'], { encoding: 'utf8' }).stdout.trim();
const RUNTIME = join(dirname(wasm2c), '../share/wabt/wasm2c');
const main = fileURLToPath(new URL('wasm2c/main.c', import.meta.url));
const gcc = spawnSync('gcc', ['--version']).error === undefined;
const ready = gcc && wasm2c !== '' && existsSync(RUNTIME);

describe.skipIf(!ready)('the core as C (skipped without wasm2c, its runtime and gcc)', () => {
  let directory = '';

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'core-as-c-'));
    const source = join(directory, 'core.c');
    execFileSync('wasm2c', ['-n', 'core', assetPath('core.scalar.wasm'), '-o', source]);
    const modern = readFileSync(join(directory, 'core.h'), 'utf8').includes('w2c_core_sha256');
    execFileSync('gcc', [
      ...['-O1', '-w', '-DWASM_RT_MEMCHECK_SIGNAL_HANDLER=0', `-I${RUNTIME}`, `-I${directory}`],
      ...(modern ? ['-DMODERN_NAMES'] : []),
      ...[main, source, join(RUNTIME, 'wasm-rt-impl.c'), '-lm', '-o', join(directory, 'core')],
    ]);
  });

  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  /** One line per message: sha256, sha512, status and text of hashtext. */
  function run(messages: readonly Uint8Array[]): string[] {
    const input = messages.flatMap((message) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(message.length);
      return [length, message];
    });
    const output = execFileSync(join(directory, 'core'), { input: Buffer.concat(input), encoding: 'utf8' });
    return output.trimEnd().split('\n');
  }

  it('gives the digests of node:crypto on every length from 0 to 300 and a large one', () => {
    const messages = Array.from({ length: 301 }, (_, length) => randomBytes(length));
    messages.push(randomBytes(1_000_000));
    const hash = (algorithm: string, data: Uint8Array): string => createHash(algorithm).update(data).digest('hex');
    const found = run(messages).map((line) => line.split(' ').slice(0, 2));
    expect(found).toEqual(messages.map((message) => [hash('sha256', message), hash('sha512', message)]));
  });

  it('reads a hash, and refuses what is none with a status', () => {
    const digest = createHash('sha256').update('x').digest();
    const sri = `sha256-${digest.toString('base64')}`;
    const lines = run([digest.toString('hex'), sri, 'no hash'].map((text) => Buffer.from(text)));
    const replies = lines.map((line) => line.split(' ').slice(2).join(' '));
    expect(replies.slice(0, 2)).toEqual([`0 ${sri}`, `0 ${sri}`]);
    expect(replies[2]).toBe(String(codes.ENCODING_INVALID.status));
  });
});
