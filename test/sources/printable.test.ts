import { describe, expect, it } from 'vitest';
import { printable } from '../../src/sources/printable.ts';

describe('text from a server', () => {
  it('cannot act on a terminal', () => {
    expect(printable('a\u001b[31m\r\n\u009bb\u202ec\u2028\ud800')).toBe('a?[31m???b?c??');
  });

  it('keeps every letter, and its end when it is short enough', () => {
    expect(printable('modèle-模型 ✓')).toBe('modèle-模型 ✓');
    expect(printable('abcdef', 4)).toBe('abcd…');
  });
});
