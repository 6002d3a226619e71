// Names of files as hubs may send them.

import { describe, expect, it } from 'vitest';
import { ModelError } from '../../src/base/errors.ts';
import { checkPaths } from '../../src/core/check-paths.ts';

function refusal(paths: readonly string[]): ModelError {
  try {
    checkPaths(paths);
  } catch (error) {
    if (error instanceof ModelError) return error;
    throw error;
  }
  throw new Error(`accepted: ${JSON.stringify(paths)}`);
}

const deep = (levels: number): string => [...Array.from({ length: levels }, () => 'd'), 'f'].join('/');

describe('the names of an honest model', () => {
  it.each([
    [['config.json', 'model-00001-of-00002.safetensors', 'onnx/model.onnx', '.gitattributes']],
    [['a', 'b/a', 'b/b', 'ab']],
    [['模型/权重.bin', 'é.txt', 'e.txt', 'données/ü']],
    [['a.', 'x'].slice(1)],
    [['2024-01-01T00:00:00.json', 'a b.txt', '~x', 'console.py', 'auxiliary', 'com', 'com12', 'nul1']],
    [['a...b', '...a', '.git-info/x', 'x.git/y', '.gitmodules']],
    [[deep(59)]],
    [['n'.repeat(255)]],
  ])('are accepted: %j', (paths) => {
    expect(() => { checkPaths(paths); }).not.toThrow();
  });

  it('may be many', () => {
    const paths = Array.from({ length: 100_000 }, (_, i) => `shard-${i % 300}/Datei-ä${i}.bin`);
    expect(() => { checkPaths(paths); }).not.toThrow();
    expect(refusal([...paths, 'Shard-7/x']).message).toContain('case');
  });
});

describe('a hostile name', () => {
  it.each([
    ['', 'is empty'],
    ['/etc/passwd', 'absolute'],
    ['../x', '".."'],
    ['a/../../x', '".."'],
    ['a/..', '".."'],
    ['./x', '"."'],
    ['a/./x', '"."'],
    ['a//x', 'empty component'],
    ['a/', 'empty component'],
    ['a\0b', 'control'],
    ['a\nb', 'control'],
    ['a\x7fb', 'control'],
    ['a\u0085b', 'control'],
    ['a\u202egpj.exe', 'direction'],
    ['a\\..\\b', 'backslash'],
    ['C:/Windows/x', 'drive letter'],
    ['c:x', 'drive letter'],
    ['CON', 'device'],
    ['x/nul', 'device'],
    ['aux.json', 'device'],
    ['com1.tar.gz', 'device'],
    ['LPT9', 'device'],
    ['con .txt', 'device'],
    ['CONIN$', 'device'],
    ['a./b', 'dot or a space'],
    ['a /b', 'dot or a space'],
    ['b.', 'dot or a space'],
    ['...', 'dot or a space'],
    ['.git/config', '.git'],
    ['x/.GIT/hooks/post-checkout', '.git'],
    ['git~1/config', '.git'],
    ['x~nix~case~hack~1', 'Nix'],
    ['n'.repeat(256), '255'],
    [deep(60), '60'],
    [Array.from({ length: 20 }, () => 'p'.repeat(200)).join('/'), '2048'],
  ])('is refused: %j', (path, message) => {
    const error = refusal(['fine.txt', path]);
    expect(error.code).toBe('HOSTILE_NAME');
    expect(error.message).toContain(message);
    expect(error.remedies.length).toBeGreaterThan(0);
  });

  it('does not reach the terminal as it is', () => {
    const error = refusal(['\u001b[2Jx']);
    expect(error.message).toContain('\\x1b[2Jx');
    expect(JSON.stringify(error)).not.toContain('\\u001b');
  });

  it('is cut in the message when it is long', () => {
    expect(refusal([`/${'x'.repeat(5000)}`]).message.length).toBeLessThan(250);
  });

  it('that is no Unicode at all is refused', () => {
    expect(refusal(['a\ud800']).code).toBe('HOSTILE_NAME');
  });
});

describe('names that are one file on another system', () => {
  it.each([
    [['a', 'b', 'a'], 'twice'],
    [['README.md', 'readme.md'], 'case'],
    [['Dir/a', 'dir/b'], 'case'],
    [['x/Dir/a', 'x/y', 'x/dir/b'], 'case'],
    [['é.txt', 'e\u0301.txt'], 'accents'],
    [['Ä/x', 'a\u0308/y'], 'accents'],
    [['ÉCOLE', 'école'], 'case'],
    [['ΣΑΣ', 'σας'], 'case'],
    [['МОДЕЛЬ', 'модель'], 'case'],
    [['straße', 'STRASSE'], 'case'],
    [['한글', '한글'.normalize('NFD')], 'accents'],
    [['a', 'a/b'], 'below another file'],
    [['a/b/c', 'a/b'], 'below another file'],
    [['A', 'a/b'], 'below another file'],
  ])('are refused: %j', (paths, message) => {
    expect(refusal(paths).message).toContain(message);
    expect(refusal([...paths].reverse()).code).toBe('HOSTILE_NAME');
  });

  it('fold as the engine folds them, letter by letter', () => {
    const letters = Array.from({ length: 0x2000 - 0xa0 }, (_, i) => String.fromCodePoint(0xa0 + i));
    const folded = letters.filter((letter) => letter.toLowerCase().toUpperCase().toLowerCase().normalize('NFD') !== letter);
    expect(folded.length).toBeGreaterThan(1000);
    for (const letter of folded) {
      if (/[\u202a-\u202e\u2066-\u2069]/.test(letter)) continue;
      expect(refusal([letter, letter.toLowerCase().toUpperCase().toLowerCase().normalize('NFD')]).code).toBe('HOSTILE_NAME');
    }
  });

  it('come with the way to leave one out', () => {
    expect(refusal(['README.md', 'readme.md']).remedies[0]).toContain('files = [ "!readme.md" ]');
  });
});
