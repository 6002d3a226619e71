// GGUF inside a scan: good files pass, every broken rule is a finding, chat templates are judged, and
// what hides behind the tensors is found.

import { describe, expect, it } from 'vitest';
import { FileScanner } from '../../src/core/scan-file.ts';
import { BROKEN_GGUF, GOOD_GGUF, tensor } from '../core/gguf-cases.ts';
import { ggufFile, type Value } from '../core/gguf-file.ts';
import { bytes, EVIL, pickle } from './assemble.ts';
import { HONEST } from './templates.ts';
import { checkpoint, zip } from './zips.ts';

const scanner = new FileScanner();
const text = (value: string): Value => ({ type: 'string', value });

describe('a GGUF file', () => {
  it.each(GOOD_GGUF)('is clean with %s', (_, description) => {
    expect(scanner.scanBytes(ggufFile(description), 'm.gguf')).toMatchObject({ format: 'gguf', verdict: 'clean', findings: [] });
  });

  it.each(BROKEN_GGUF)('is not accepted %s', (_, description) => {
    const { verdict, findings } = scanner.scanBytes(ggufFile(description), 'm.gguf');
    expect(verdict).toBe('unscannable');
    expect(findings[0]?.rule).toMatch(/^gguf-/);
  });

  it('is read on until its header ends', () => {
    const vocabulary = (count: number): Buffer => ggufFile({
      metadata: [['tokenizer.ggml.tokens', { of: 'string', values: Array.from({ length: count }, (_, i) => `token ${i}`) }]],
      tensors: [tensor()],
    });
    for (const count of [3_000, 30_000, 100_000]) expect(scanner.scanBytes(vocabulary(count), 'm.gguf').verdict).toBe('clean');
    const file = vocabulary(100_000);
    expect(scanner.scanBytes(file.subarray(0, file.length - 10), 'm.gguf').verdict).toBe('unscannable');
    expect(scanner.scanBytes(file.subarray(0, 1_000_000), 'm.gguf').verdict).toBe('unscannable');
  });

  it('may end with zeros, and with nothing else', () => {
    const file = ggufFile({ tensors: [tensor()] });
    const report = (rest: Buffer | string): unknown => scanner.scanBytes(bytes(file, rest), 'm.gguf').findings;
    expect(report(Buffer.alloc(1000))).toEqual([]);
    expect(report(bytes(Buffer.alloc(10), 'x'))).toMatchObject([{ rule: 'trailing-data', offset: file.length + 10 }]);
    expect(report(Buffer.alloc(1_000_000))).toMatchObject([{ rule: 'trailing-data' }]);
    expect(scanner.scanBytes(bytes(file, checkpoint(pickle(EVIL))), 'm.gguf').verdict).toBe('malicious');
  });

  it('is found inside of archives, packed or not', () => {
    const bad = ggufFile({ tensors: [tensor()], cut: 1 });
    const report = scanner.scanBytes(zip([{ name: 'a', data: bad }, { name: 'b', data: bad, method: 8 }]), 'x.zip');
    expect(report.findings.map(({ member, rule }) => [member, rule])).toEqual([['a', 'gguf-header'], ['b', 'gguf-header']]);
  });

  it('is expected where a file is called so', () => {
    expect(scanner.scanBytes(bytes('version https://git-lfs.github.com/spec/v1\n'), 'm.gguf').verdict).toBe('unscannable');
  });
});

describe('the chat templates of a GGUF file', () => {
  const verdict = (...entries: [string, Value][]): string => scanner.scanBytes(ggufFile({ metadata: entries }), 'm.gguf').verdict;

  it('are clean when they are honest', () => {
    for (const template of Object.values(HONEST)) expect(verdict(['tokenizer.chat_template', text(template)])).toBe('clean');
  });

  it('are judged, those with a name of their own as well', () => {
    const evil = text("{{ ''.__class__ }}");
    expect(verdict(['tokenizer.chat_template', evil])).toBe('malicious');
    expect(verdict(['tokenizer.chat_template', text(HONEST.ChatML ?? '')], ['tokenizer.chat_template.tool_use', evil])).toBe('malicious');
    expect(verdict(['general.description', evil])).toBe('clean');
  });
});
