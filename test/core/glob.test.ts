// File patterns: a table of what docs/spec.md says, and a comparison with an independent matcher (a
// translation to regular expressions) on random patterns and paths.

import { describe, expect, it } from 'vitest';
import { matchGlob, selectPaths } from '../../src/core/glob.ts';

type Row = readonly [pattern: string, matching: readonly string[], other: readonly string[]];

const TABLE: readonly Row[] = [
  ['config.json', ['config.json', 'a/config.json', 'a/b/config.json'], ['config.jsonl', 'xconfig.json', 'config.json/a']],
  ['*.safetensors', ['a.safetensors', 'onnx/b.safetensors', '.safetensors'], ['a.safetensors.index.json', 'a.safetensors/b']],
  ['/config.json', ['config.json'], ['a/config.json']],
  ['onnx/*', ['onnx/model.onnx'], ['onnx/a/model.onnx', 'x/onnx/model.onnx', 'onnx']],
  ['onnx/**', ['onnx/model.onnx', 'onnx/a/b.onnx'], ['onnx', 'xonnx/a']],
  ['onnx/', ['onnx/model.onnx', 'onnx/a/b.onnx'], ['onnx', 'x/onnx/a']],
  ['**/onnx/*', ['onnx/a', 'x/onnx/a', 'x/y/onnx/a'], ['xonnx/a', 'onnx/a/b']],
  ['a/**/z', ['a/z', 'a/b/z', 'a/b/c/z'], ['a/bz', 'az', 'b/a/z']],
  ['**', ['a', 'a/b', 'a/b/c.d'], []],
  ['a**z', ['az', 'abz', 'x/abz', 'a/b/z'], ['abzy']],
  ['model-0000?-of-00004.bin', ['model-00001-of-00004.bin'], ['model-00010-of-00004.bin', 'model-0000/-of-00004.bin']],
  ['?', ['a', 'é', '模', '😀', 'd/x'], ['ab', '']],
  ['[a-c]x', ['ax', 'cx'], ['dx', 'x', '-x']],
  ['[!a-c]x', ['dx', 'éx'], ['ax']],
  ['[^a-c]x', ['dx'], ['bx']],
  ['[]]x', [']x'], ['x', '[x']],
  ['[a-]x', ['ax', '-x'], ['bx']],
  ['[а-я].txt', ['ж.txt'], ['z.txt']],
  ['a[!b]c/d', ['axc/d'], ['a/c/d', 'abc/d']],
  ['*.{json,txt}', ['a.json', 'b/c.txt'], ['a.jsontxt', 'a.bin', 'a.']],
  ['{a,b/c}/*.bin', ['a/x.bin', 'b/c/x.bin'], ['b/x.bin', 'x/a/x.bin']],
  ['x{,.bak}', ['x', 'x.bak'], ['x.', 'x.ba']],
  ['{a{1,2},b}.txt', ['a1.txt', 'a2.txt', 'b.txt'], ['a.txt', 'a3.txt', 'b1.txt']],
  ['{**/a,b}', ['a', 'x/a', 'b'], ['x/b']],
  ['\\*', ['*'], ['a']],
  ['\\!x', ['!x'], ['x']],
  ['\\[a]', ['[a]'], ['a']],
  ['a\\{b,c}', ['a{b,c}'], ['ab']],
  ['a,b', ['a,b'], ['a']],
  ['a}', ['a}'], ['a']],
  ['*', ['a', 'a/b', '.hidden'], []],
  ['*/*', ['a/b'], ['a', 'a/b/c']],
  ['A', ['A'], ['a']],
];

describe('a file pattern', () => {
  it.each(TABLE)('%s', (pattern, matching, other) => {
    for (const path of matching) expect([path, matchGlob(pattern, path)]).toEqual([path, true]);
    for (const path of other) expect([path, matchGlob(pattern, path)]).toEqual([path, false]);
  });

  it.each([
    ['', 'is empty'],
    ['[ab', 'without its `]`'],
    ['{a,b', 'without its `}`'],
    ['a{', 'without its `}`'],
    ['a\\', 'ends with a backslash'],
    ['[b-a]', 'runs backwards'],
    ['{'.repeat(9) + '}'.repeat(9), 'deeper than 8'],
    ['a'.repeat(1025), 'longer than 1024'],
  ])('that is malformed is an error, not a literal: %s', (pattern, message) => {
    expect(() => matchGlob(pattern, 'x')).toThrow(expect.objectContaining({
      code: 'SPEC_INVALID', message: expect.stringContaining(message) as string,
    }));
  });

  it('takes no exponential time, whatever a hub calls its files', () => {
    expect(matchGlob(`${'*a'.repeat(100)}b`, 'a'.repeat(2000))).toBe(false);
    expect(matchGlob(`${'**/'.repeat(100)}b`, 'a/'.repeat(1000))).toBe(false);
    expect(matchGlob('{a,a}'.repeat(100) + 'b', 'a'.repeat(100))).toBe(false);
  });

  it('agrees with an independent matcher on random patterns', () => {
    const parts = ['a', 'b', '.', '/', '*', '**', '**/', '?', '[ab]', '[!a]', '{a,b}', '{ab,}', '/'];
    const letters = ['a', 'b', '.', '/', 'a', 'b'];
    const random = generator(42);
    let matched = 0;
    for (let i = 0; i < 4000; i++) {
      const pattern = pick(random, parts, 1 + random(6));
      const expression = toRegExp(pattern);
      for (let j = 0; j < 8; j++) {
        const path = pick(random, letters, 1 + random(6));
        const wanted = expression.test(path);
        if (wanted) matched++;
        expect([pattern, path, matchGlob(pattern, path)]).toEqual([pattern, path, wanted]);
      }
    }
    expect(matched).toBeGreaterThan(1000);
  });
});

describe('choosing files', () => {
  const paths = ['config.json', 'model.safetensors', 'onnx/model.onnx', 'pytorch_model.bin'];

  it('takes all without patterns, what is included, and never what is excluded', () => {
    expect(selectPaths({ include: [], exclude: [] }, paths)).toEqual([true, true, true, true]);
    expect(selectPaths({ include: ['*.json', 'onnx/'], exclude: [] }, paths)).toEqual([true, false, true, false]);
    expect(selectPaths({ include: [], exclude: ['*.bin', 'onnx/'] }, paths)).toEqual([true, true, false, false]);
    expect(selectPaths({ include: ['model*'], exclude: ['*.onnx'] }, paths)).toEqual([false, true, false, false]);
  });

  it('of a long list is one call', () => {
    const many = Array.from({ length: 50_000 }, (_, i) => `folder-${i % 100}/file-${i}.${i % 2 === 0 ? 'bin' : 'txt'}`);
    expect(selectPaths({ include: ['*.bin'], exclude: ['folder-0/'] }, many).filter(Boolean)).toHaveLength(24_500);
  });
});

function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 16) % below;
  };
}

function pick(random: (below: number) => number, from: readonly string[], count: number): string {
  return Array.from({ length: count }, () => from[random(from.length)] ?? '').join('');
}

/** The same rules by the other route: text replacement and the engine's regular expressions. */
function toRegExp(pattern: string): RegExp {
  const anchored = pattern.includes('/');
  const body = (pattern.startsWith('/') ? pattern.slice(1) : pattern).replace(
    /(?<=^|\/)\*{2,}\/|\*{2,}|\*|\?|\[[^\]]+\]|[{},.]/g,
    (token, offset: number, text: string) => {
      if (token.startsWith('[')) return token.replace('[!', '[^/');
      if (/^\*{2,}\/$/.test(token) && (offset === 0 || text[offset - 1] === '/')) return '(?:.*/)?';
      if (/^\*{2,}/.test(token)) return token.endsWith('/') ? '.*/' : '.*';
      return { '*': '[^/]*', '?': '[^/]', '{': '(?:', '}': ')', ',': '|', '.': '\\.' }[token] ?? token;
    },
  );
  const tail = pattern.endsWith('/') && pattern !== '' ? '.*' : '';
  return new RegExp(`^${anchored ? '' : '(?:.*/)?'}${body}${tail}$`, 's');
}
