// Which files of a source belong to the model: the `files` attribute, a list in which `!` excludes,
// or the two lists apart. wasm/glob.ts says what a pattern means.

import { FILE_PATTERNS_ATTRIBUTES } from '../../build/generated/spec-attributes';
import { allocate } from '../abi';
import { compileGlobs } from '../glob-match';
import { ARRAY, OBJECT, Value } from '../json/value';
import { List, newList } from '../list';
import { Output } from '../output';
import { sameBytes, Text } from '../text';
import { checkAttributes } from './attributes';
import { textList, wrongType } from './expect';

@unmanaged
export class Patterns {
  include: List<Text>;
  exclude: List<Text>;
  /** Compiled. */
  includes: List<Output>;
  excludes: List<Output>;

  get isEmpty(): bool {
    return this.include.count == 0 && this.exclude.count == 0;
  }
}

/** Every pattern is compiled, so that a malformed one is found here. */
export function parsePatterns(value: Value | null): Patterns {
  const patterns = changetype<Patterns>(allocate(offsetof<Patterns>()));
  patterns.include = newList<Text>();
  patterns.exclude = newList<Text>();
  if (value !== null && value.kind == ARRAY) {
    const texts = textList(value, '');
    for (let i = 0; i < texts.count; i++) {
      const text = texts.at(i);
      if (text.at(0) == 0x21) patterns.exclude.push(text.part(1, text.size));
      else patterns.include.push(text);
    }
  } else if (value !== null && value.kind == OBJECT) {
    checkAttributes(value, FILE_PATTERNS_ATTRIBUTES);
    patterns.include = listMember(value, 'include');
    patterns.exclude = listMember(value, 'exclude');
  } else if (value !== null) {
    wrongType(value, 'a list of patterns, or a set with `include` and `exclude`');
  }
  patterns.includes = compileGlobs(patterns.include);
  patterns.excludes = compileGlobs(patterns.exclude);
  return patterns;
}

function listMember(value: Value, name: string): List<Text> {
  const list = value.member(name);
  return list === null ? newList<Text>() : textList(list, 'a list of patterns');
}

export function samePatterns(a: Patterns, b: Patterns): bool {
  return sameTexts(a.include, b.include) && sameTexts(a.exclude, b.exclude);
}

function sameTexts(a: List<Text>, b: List<Text>): bool {
  if (a.count != b.count) return false;
  for (let i = 0; i < a.count; i++) if (!sameBytes(a.at(i), b.at(i))) return false;
  return true;
}

export function writePatterns(patterns: Patterns, to: Output): void {
  to.byte(0x7b).member('include');
  writeTexts(patterns.include, to);
  to.member('exclude');
  writeTexts(patterns.exclude, to);
  to.byte(0x7d);
}

/** A JSON list of texts. */
export function writeTexts(texts: List<Text>, to: Output): void {
  to.byte(0x5b);
  for (let i = 0; i < texts.count; i++) to.comma().quoted(texts.at(i));
  to.byte(0x5d);
}
