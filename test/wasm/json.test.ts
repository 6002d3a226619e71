// The core's JSON reader against the engine's own, and where it is stricter on purpose. A spec's
// `meta` goes through the reader and the writer unchanged, which shows both.

import { describe, expect, it } from 'vitest';
import { ModelError } from '../../src/base/errors.ts';
import { coreInstance } from '../../src/core/instance.ts';

/** What the core understood of the text, as JSON again. */
function through(text: string | Uint8Array): unknown {
  const bytes = Buffer.concat([Buffer.from('{"source":"hf:a/b","meta":{"x":'), Buffer.from(text), Buffer.from('}}')]);
  const reply = new TextDecoder().decode(coreInstance().call('parsespec', bytes));
  return (JSON.parse(reply) as { meta: { x: unknown } }).meta.x;
}

function refusal(text: string | Uint8Array): ModelError {
  try {
    through(text);
  } catch (error) {
    if (error instanceof ModelError) return error;
    throw error;
  }
  throw new Error('accepted');
}

describe('JSON', () => {
  it.each([
    '0', '-0', '1.5', '-12.25e+10', '1E-2', '123456789', 'true', 'false', 'null', '""', '[]', '{}', ' [ 1 , 2 ] ',
    '{"a":{"b":[{}]}}', '"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\u0041\\u00e9\\u20ac"', '"\\ud83d\\ude00"', '"\\uD83D\\uDE00"',
    '"é€😀"', '"\\u0000"', '"\u007f"', '[[[[]]]]', '\t\r\n1', '{"":1}', '{"a":1,"b":1}', '"\\u001f"',
    `{${Array.from({ length: 500 }, (_, i) => `"k${i}":${i}`).join(',')}}`,
  ])('is read as the engine reads it: %s', (text) => {
    expect(through(text)).toEqual(JSON.parse(text));
  });

  it.each([
    '', '+1', '01', '1.', '.5', '1e', '1e+', '-', '0x1', 'NaN', 'Infinity', 'tru', 'nul', 'True', '"', '"\\x"', '"\\u12"',
    '"\\u12g4"', '"a\nb"', '"a\tb"', '[1,]', '[,1]', '[1 2]', '[', ']', '{"a"}', '{"a":}', '{"a":1,}', '{a:1}',
    "{'a':1}", '{"a":1 "b":2}', '1 2', '/**/1', '\u00a01', '\ufeff1', '"\\',
  ])('that the engine refuses is refused: %j', (text) => {
    expect(() => { JSON.parse(text); }).toThrow();
    expect(refusal(text).code).toBe('SPEC_INVALID');
  });

  it.each([
    ['a key twice', '{"a":1,"a":1}', 'twice'],
    ['a key twice, once escaped', '{"a":1,"\\u0061":1}', 'twice'],
    ['a key twice among many', `{${Array.from({ length: 50 }, (_, i) => `"k${i % 49}":1`).join(',')}}`, 'twice'],
    ['half a surrogate pair', '"\\ud83d"', 'surrogate'],
    ['the other half', '"\\ude00"', 'surrogate'],
    ['a pair in the wrong order', '"\\ude00\\ud83d"', 'surrogate'],
    ['half a pair before a letter', '"\\ud83d\\u0041"', 'surrogate'],
    ['128 levels', '['.repeat(126) + ']'.repeat(126), '127 levels'],
  ])('with %s is refused, though the engine takes it', (_, text, message) => {
    expect(() => { JSON.parse(text); }).not.toThrow();
    expect(refusal(text).message).toContain(message);
  });

  it('may nest 127 levels', () => {
    const text = '['.repeat(125) + ']'.repeat(125);
    expect(through(text)).toEqual(JSON.parse(text));
  });

  it.each([
    [[0xff]], [[0xc0, 0x80]], [[0xc1, 0xbf]], [[0xe0, 0x80, 0x80]], [[0xed, 0xa0, 0x80]],
    [[0xf0, 0x80, 0x80, 0x80]], [[0xf4, 0x90, 0x80, 0x80]], [[0xf5, 0x80, 0x80, 0x80]],
    [[0xe2, 0x82]], [[0x80]], [[0xc3]],
  ])('with bytes that are no UTF-8 is refused: %j', (bytes) => {
    const text = Buffer.from([0x22, ...bytes, 0x22]);
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(text)).toThrow();
    expect(refusal(text).message).toContain('UTF-8');
  });

  it('with any code point is read', () => {
    for (let code = 0x80; code < 0x110000; code += code < 0x3000 ? 1 : 0x3f1) {
      if (code >= 0xd800 && code < 0xe000) continue;
      expect(through(JSON.stringify(String.fromCodePoint(code)))).toBe(String.fromCodePoint(code));
    }
  });

  it('that is broken is complained about with line and column', () => {
    const call = (): unknown => coreInstance().call('parsespec', '{\n  "source": "é" x }');
    expect(call).toThrow(expect.objectContaining({ found: 'line 2, column 17, before `x`' }));
  });
});
