import { describe, expect, it } from 'vitest';
import { ModelError } from '../../../src/base/errors.ts';
import { candidatesFor, checkPrefix, folderOf, keysOf } from '../../../src/sources/objects/keys.ts';

describe('the keys of a model', () => {
  it.each([
    ['', ''],
    ['a', 'a/'],
    ['a/b/', 'a/b/'],
  ])('below "%s" begin with "%s"', (prefix, folder) => {
    expect(folderOf(prefix)).toBe(folder);
  });

  it('may be the prefix itself, where the path is its last part', () => {
    expect(keysOf('a/w.gguf', 'w.gguf')).toEqual(['a/w.gguf/w.gguf', 'a/w.gguf']);
    expect(keysOf('a/w.gguf', 'x')).toEqual(['a/w.gguf/x']);
    expect(keysOf('a/w.gguf/', 'w.gguf')).toEqual(['a/w.gguf/w.gguf']);
    expect(keysOf('', 'w.gguf')).toEqual(['w.gguf']);
  });

  it('are asked for by version first', () => {
    expect(candidatesFor({ path: 'w', version: '7' }, 'a', 'versionId')).toEqual([
      { key: 'a/w', query: { versionId: '7' } },
      { key: 'a/w', query: {} },
    ]);
  });
});

it.each(['..', 'a/..', './a', 'a/../b'])('a prefix "%s" is refused: a URL would lead elsewhere', (prefix) => {
  expect(() => {
    checkPrefix(prefix, 's3://bucket');
  }).toThrow(ModelError);
});
