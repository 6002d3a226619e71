// Chat templates: honest ones pass, and no way out of Jinja's sandbox does, wherever the template stands.

import { describe, expect, it } from 'vitest';
import { FileScanner } from '../../src/core/scan-file.ts';
import { BROKEN, ESCAPES, HONEST, UNUSUAL } from './templates.ts';

const scanner = new FileScanner();
const verdict = (template: string): string => scanner.scanBytes(Buffer.from(template), 'chat_template.jinja').verdict;

describe('an honest template', () => {
  it.each(Object.keys(HONEST))('in the manner of %s is clean', (family) => {
    const { findings, verdict } = scanner.scanBytes(Buffer.from(HONEST[family] ?? ''), 'chat_template.jinja');
    expect(findings).toEqual([]);
    expect(verdict).toBe('clean');
  });
});

describe('a template', () => {
  it.each(ESCAPES)('is malicious that says %s', (template) => {
    expect(verdict(template)).toBe('malicious');
    expect(verdict(`${HONEST.ChatML ?? ''}\n${template}\n${HONEST['Llama 2'] ?? ''}`)).toBe('malicious');
  });

  it.each(UNUSUAL)('is suspicious that says %s', (template) => {
    expect(verdict(template)).toBe('suspicious');
  });

  it.each(BROKEN)('is not accepted that is broken as %s', (template) => {
    expect(verdict(template)).toBe('unscannable');
  });

  it('is judged to its end whatever its length, and not beyond a megabyte', () => {
    const filler = HONEST['Qwen 3 with thoughts']?.repeat(500) ?? '';
    expect(filler.length).toBeGreaterThan(400_000);
    expect(verdict(filler)).toBe('clean');
    expect(verdict(`${filler}{{ x.__class__ }}`)).toBe('malicious');
    expect(verdict(filler.repeat(3))).toBe('unscannable');
  });
});
